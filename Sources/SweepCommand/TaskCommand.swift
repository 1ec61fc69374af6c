import ArgumentParser
import Experiments
import Harness
import Reports
import Store

/// What a task of a Slurm job runs: its share of a submission.
struct TaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Run one task of a sweep that was submitted to Slurm.", shouldDisplay: false)

  @Argument(help: .init("The folder of the submission.", valueName: "folder"))
  var folder: String

  @Argument(help: .init("The task, from 0.", valueName: "task"))
  var task: Int

  func run() throws {
    SignalTrap.prepare()
    let display = SweepDisplay.standardError(format: .text, wording: LevelText.wording)
    var trap: SignalTrap?
    try exitOnFailure {
      let submission = try SlurmSubmission.read(folder)
      let workers = try display.workersWithThreads(upTo: submission.workers)
      var experiment = try ExperimentFile.parse(
        text: submission.experimentText, file: submission.file, overrides: submission.overrides,
        parts: .current)
      experiment.directory = submission.dataDirectory
      let weights = KeptWeights(rawValue: submission.weights) ?? .best
      let sweep = try PreparedSweep(experiment, keeping: weights)
      let stop = StopFlag()
      trap = SignalTrap { _ in
        stop.raise()
        display.logger.notice("Stopping; finished runs are kept.")
      }
      var options = ResultStore.Options(trials: experiment.trials.count)
      options.synchronization = submission.synchronizes ? .everyRecord : .never
      options.access = .shared
      // results/NAME/slurm/1 belongs to results/NAME.
      let directory = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
      var run = SweepRun(
        sweep, directory: directory, engine: LocalEngine(workers: workers), storeOptions: options,
        arguments: submission.arguments)
      do {
        run.share = try submission.trials(of: task, folder: folder)
      } catch let error as SlurmError {
        display.logger.warning("\(error). This task takes its share of all runs of the sweep instead")
        run.share = submission.share(of: task, in: sweep)
      }
      let outcome = try run.run(keeping: weights, stop: stop, display: display) {
        Winner.runs(of: Ranking(RunTable($0), by: Criterion(experiment.selection)))
      }
      display.logger.info("\(Quantity.count(outcome.progress.finished, "run")) done")
    }
    if let status = trap?.exitStatus { throw ExitCode(status) }
  }
}
