import ArgumentParser
import Experiments
import Harness
import Reports
import Store

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Train every configuration that has no result yet.",
    discussion: """
      The same command again goes on where it stopped. Ctrl-C stops: finished runs are kept, those in flight are not. \
      With --engine slurm the runs are dealt out to the tasks of job arrays, and the command ends when these are \
      submitted; `sweep status` shows how far they are, `sweep cancel` ends them. \
      Exit codes are those of sysexits.h: 64 usage, 65 bad data, 66 no input, 69 no Slurm, 71 too few threads or no memory \
      for the test set, 73 cannot create, 74 input or output, 75 busy; 128 + the signal where a signal stopped it.
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

  @Option(help: "Where runs are trained: in this process, or by tasks of Slurm.")
  var engine = EngineName.local

  @OptionGroup(title: "Slurm Options")
  var slurm: SlurmOptions

  func validate() throws {
    if output.isEmpty { throw ValidationError("--output is empty; accepted: a folder, such as results or .") }
    if engine == .local, slurm.isGiven { throw ValidationError("options for Slurm need --engine slurm") }
  }

  func run() throws {
    SignalTrap.prepare()
    let display = SweepDisplay.standardError(format: logFormat, wording: LevelText.wording)
    var trap: SignalTrap?
    try exitOnFailure {
      let workers = try display.workersWithThreads(upTo: engine == .local ? options.workerCount : 1)
      let experiment = try options.load()
      for warning in experiment.warnings { display.logger.warning("\(warning)") }
      let directory = "\(output)/\(experiment.name)"
      if resume { try requireResults(in: directory) }
      let sweep = try options.prepare(experiment)
      // Until here there is nothing to keep, and a signal ends the process as it does any other.
      let stop = StopFlag()
      trap = SignalTrap { _ in
        stop.raise()
        display.logger.notice("Stopping; finished runs are kept. Once more ends at once.")
      }
      if engine == .local { try keepOut(of: directory, display) }
      if engine == .slurm, try submit(sweep, directory, display) { return }
      var ranking: Ranking?
      func rank(_ runs: [RunSummary]) -> Ranking { Ranking(RunTable(runs), by: Criterion(experiment.selection)) }
      let run = sweepRun(sweep, directory, workers: workers)
      let outcome = try run.run(keeping: options.weights, stop: stop, display: display) { runs in
        let whole = rank(runs)
        ranking = whole
        return Winner.runs(of: whole)
      }
      try ClosingReport(outcome, ranking ?? rank(outcome.runs), sweep: sweep, directory: directory).print()
    }
    if let status = trap?.exitStatus { throw ExitCode(status) }
  }

  /// Ends where there is nothing to go on with. What cannot be read is not nothing.
  private func requireResults(in directory: String) throws {
    do {
      _ = try ResultReader(path: directory)
    } catch StoreError.notResults {
      throw NothingToResume(directory: directory)
    }
  }

  /// Ends where tasks of Slurm wait for these results: they would find them taken.
  private func keepOut(of directory: String, _ display: SweepDisplay) throws {
    do {
      for notice in try SlurmClient().refuseWhileTasksWait(for: directory) { display.logger.warning("\(notice)") }
    } catch let error as SlurmError {
      if case .busy = error { throw error }
      display.logger.warning("whether Slurm still has tasks of this sweep is not known: \(error)")
    }
  }

  /// Hands what is left to Slurm; false where nothing is.
  private func submit(_ sweep: PreparedSweep, _ directory: String, _ display: SweepDisplay) throws -> Bool {
    var settings = sweep.experiment.slurm.overridden(by: slurm.settings)
    if let memory = options.memory { settings.memory = memory.slurmText }
    // The cores of this machine say nothing about the nodes.
    let outcome = try SlurmEngine(settings: settings, workers: options.workers ?? 1).submit(
      sweep, directory: directory, file: options.file ?? "experiments/default.yaml", keeping: options.weights,
      synchronizes: fsync, arguments: CommandLine.arguments)
    for notice in outcome.notices { display.logger.warning("\(notice)") }
    guard let submission = outcome.submission else { return false }
    let jobs = submission.jobs.map { "\($0.number)" }.joined(separator: ", ")
    print(
      "\(sweep.experiment.name): \(Quantity.count(outcome.pending, "run")) of \(Quantity.grouped(outcome.total)) as "
        + "\(Quantity.count(submission.tasks, "task")) of job\(submission.jobs.count == 1 ? "" : "s") \(jobs)")
    print("Progress: sweep status \(directory)")
    return true
  }

  private func sweepRun(_ sweep: PreparedSweep, _ directory: String, workers: Int) -> SweepRun {
    var storeOptions = ResultStore.Options(trials: sweep.experiment.trials.count)
    storeOptions.synchronization = fsync ? .everyRecord : .never
    return SweepRun(
      sweep, directory: directory, engine: LocalEngine(workers: workers), storeOptions: storeOptions,
      arguments: CommandLine.arguments)
  }
}

extension ConsoleLogHandler.Format: ExpressibleByArgument {}
