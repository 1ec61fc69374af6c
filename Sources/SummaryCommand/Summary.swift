import ArgumentParser
import Experiments
import Settings
import Store

struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Rank the runs of a sweep by validation loss, and say what they show.",
    usage: """
      summary <results> [options of rank]
      summary <subcommand> <results> ...
      """,
    discussion: """
      `summary RESULTS` prints the ranking of configurations (everything but the seed) over their seeds, which keep \
      probability is best, what stands against believing it, and what the test set says about the winner. The options \
      of the ranking are listed by `summary rank --help`.

      A keep probability is the share of units that stay; the dropout rate is 1 minus it.

      Examples:
        summary results/digits
        summary results/digits --top 30 --where optimizer=adam --where 'learning_rate<=0.01'
        summary results/digits --where keep_probability=0.5,0.8 --by validation_accuracy --epoch final
        summary results/digits --group optimizer,batch_size
        summary results/digits --runs --csv > runs.csv
        summary results/digits --json | python3 -m json.tool
        summary results/digits --x gradients --by train_loss
        summary effects results/digits --where optimizer=adam
        summary profile results/digits results/spirals --unit seconds
        summary watch results/digits

      A directory of several sweeps, such as `summary results`, is listed.

      Exit status: 0, 64 wrong usage, 65 the data cannot answer or some are damaged, 66 no such results, 73 cannot create \
      a file, 74 cannot write, or some results could not be read. What an answer is given without is named in it and on \
      standard error.
      """,
    version: "ravine \(Ravine.version)",
    subcommands: [
      RankCommand.self, SpectrumCommand.self, EffectsCommand.self, BudgetCommand.self, TargetCommand.self,
      ProfileCommand.self, SensitivityCommand.self, PairsCommand.self, ReportCommand.self, CompareCommand.self,
      WatchCommand.self, ExportCommand.self,
    ], defaultSubcommand: RankCommand.self)
}

/// The command line of `summary`.
public enum SummaryProgram {
  /// Runs what the process' arguments say. An answer that lacks what could not be read is given, but not with status 0.
  public static func run() {
    ProgramOutput.prepare()
    do {
      var command = try Summary.parseAsRoot()
      try command.run()
      OpenedResults.warn()
      if let status = OpenedResults.unread.exitStatus { throw ExitCode(status) }
    } catch {
      Summary.exit(withError: error)
    }
  }
}
