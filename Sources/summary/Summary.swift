import ArgumentParser
import Experiments
import Glibc
import Reports
import Store

@main
struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Rank the runs of a sweep by validation loss.",
    discussion: """
      Prints the ranking of configurations (everything but the seed) over their seeds, which keep probability is
      best, what stands against believing it, and what the test set says about the winner.

      A keep probability is the share of units that stay; the dropout rate is 1 minus it.

      Examples:
        summary results/digits
        summary results/digits --top 30 --where optimizer=adam --where 'learning_rate<=0.01'
        summary results/digits --where keep_probability=0.5,0.8 --by validation_accuracy --epoch final
        summary results/digits --group optimizer,batch_size
        summary results/digits --runs --csv > runs.csv
        summary results/digits --json | python3 -m json.tool

      Exit status: 0, 64 wrong usage, 65 the data cannot answer, 66 no such results, 74 cannot write.
      """)

  @Argument(help: "The directory a sweep wrote.")
  var results: String

  @Option(help: ArgumentHelp("Rows to show (default: 10; all with --csv and --json).", valueName: "n"))
  var top: Int?

  @Option(help: "Rank by this metric instead of the experiment's own.")
  var by: Criterion.Metric?

  @Option(help: "Read the metric at this epoch; best: the one the experiment's rule chose.")
  var epoch: SelectionRule.Epoch?

  @Option(
    help: ArgumentHelp(
      "Aggregate over everything but these hyperparameters, separated by commas.", valueName: "key[,key...]"))
  var group: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Keep only such runs; may be given more than once. Also !=, <, <=, >, >=; commas separate alternatives.",
      valueName: "key=value"))
  var conditions: [String] = []

  @Flag(help: "Rank single runs instead of configurations over their seeds.")
  var runs = false

  @Flag(help: "Write JSON.")
  var json = false

  @Flag(help: "Write CSV: the ranking only.")
  var csv = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1, not \(top).") }
    if json && csv { throw ValidationError("--json and --csv exclude each other.") }
    if runs && group != nil { throw ValidationError("--runs and --group exclude each other.") }
    _ = try options()
  }

  func run() throws {
    let report = try makeReport()
    var output = StandardOutput()
    if json {
      report.writeJSON(to: &output)
    } else if csv {
      report.writeCSV(to: &output)
    } else {
      report.report(into: &output)
    }
    output.flush()
    if let failure = output.failure {
      throw complain("cannot write the report: \(String(cString: strerror(failure)))", status: EX_IOERR)
    }
  }

  private func options() throws -> SummaryReport.Options {
    var options = SummaryReport.Options()
    options.top = top
    options.ranksRuns = runs
    options.metric = by
    options.epoch = epoch
    options.groupKeys = group?.split(separator: ",").map(String.init) ?? []
    do {
      options.conditions = try conditions.map { text throws(ReportError) in try Condition(text) }
    } catch {
      throw ValidationError("--where: \(error)")
    }
    return options
  }

  private func makeReport() throws -> SummaryReport {
    let sweep = try loadResults(results)
    do {
      return try SummaryReport(sweep, options: options())
    } catch let error as ReportError {
      throw complain("\(results): \(error)", status: error.isUsage ? EX_USAGE : EX_DATAERR)
    }
  }
}

extension ReportError {
  /// Whether the question is wrong, not the data.
  fileprivate var isUsage: Bool {
    switch self {
    case .unknownKey, .malformedCondition, .notANumber: true
    case .nothingLeft: false
    }
  }
}

extension Criterion.Metric: ExpressibleByArgument {}
extension SelectionRule.Epoch: ExpressibleByArgument {}
