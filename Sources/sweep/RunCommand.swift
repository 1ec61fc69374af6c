import ArgumentParser
import Experiments
import Harness
import Store

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Train every configuration that has no result yet.",
    discussion: """
      The same command again goes on where it stopped. Ctrl-C stops: finished runs are kept, those in flight are not. \
      Exit codes are those of sysexits.h: 64 usage, 65 bad data, 66 no input, 73 cannot create, 74 input or output, \
      75 busy; 128 + the signal where a signal stopped it.
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: .init("Where results go: a folder of the experiment's name is made in it.", valueName: "folder"))
  var output = "results"

  @Option(help: .init("Log as text or json, one line an event, instead of a progress display.", valueName: "format"))
  var logFormat: ConsoleLogHandler.Format?

  @Flag(help: "Wait after each run until its record is on the device: safe against power failure, and slower.")
  var fsync = false

  @Flag(help: "Refuse to start from nothing: there must be results to go on with.")
  var resume = false

  func run() throws {
    let display = SweepDisplay.standardError(format: logFormat)
    let stop = StopFlag()
    let trap = SignalTrap { _ in
      stop.raise()
      display.logger.notice("Stopping; finished runs are kept. Once more ends at once.")
    }
    try exitOnFailure {
      let experiment = try options.load()
      for warning in experiment.warnings { display.logger.warning("\(warning)") }
      let directory = "\(output)/\(experiment.name)"
      if resume, (try? ResultReader(path: directory)) == nil { throw NothingToResume(directory: directory) }
      let sweep = try PreparedSweep(experiment, keeping: options.weights)
      let outcome = try sweepRun(sweep, directory).run(
        keeping: options.weights, stop: stop, display: display
      ) { try Winner.runs(of: $0, by: experiment.selection) }
      try ClosingReport(outcome, sweep: sweep, directory: directory).print()
    }
    if let status = trap.exitStatus { throw ExitCode(status) }
  }

  private func sweepRun(_ sweep: PreparedSweep, _ directory: String) -> SweepRun {
    var storeOptions = ResultStore.Options()
    storeOptions.synchronization = fsync ? .everyRecord : .never
    return SweepRun(
      sweep, directory: directory, engine: LocalEngine(workers: options.workerCount), storeOptions: storeOptions,
      arguments: CommandLine.arguments)
  }
}

extension ConsoleLogHandler.Format: ExpressibleByArgument {}
