import Experiments
import Foundation
import Store

/// Runs trials as the tasks of Slurm job arrays: few tasks of many trials each, all into one directory of results.
///
/// Completion is what is on disk, never the scheduler's word: a task that is preempted, requeued or killed loses its runs
/// in flight, does the rest when it comes back, and what no task did the same command submits again.
public struct SlurmEngine: Sendable {
  public var client = SlurmClient()
  public var settings: SlurmSettings
  /// Threads of a task, and trials that it trains at a time.
  public var workers: Int

  public init(settings: SlurmSettings, workers: Int) {
    self.settings = settings
    self.workers = workers
  }

  /// What was handed over.
  public struct Outcome: Hashable, Sendable {
    public var total: Int
    /// Runs that were on disk already.
    public var recorded: Int
    public var pending: Int { total - recorded }
    /// Nil where nothing was left to run.
    public var submission: SlurmSubmission?
    /// What was damaged and done without, for the user.
    public var notices: [String] = []
  }

  /// Submits what has no record yet.
  ///
  /// - Parameters:
  ///   - file: What error messages of the tasks call the experiment file.
  ///   - arguments: The command line, for the manifest.
  /// - Throws: ``SlurmError/busy(directory:jobs:)`` where an earlier submission is not over; `StoreError`, `SweepConflict`.
  public func submit(
    _ sweep: PreparedSweep, directory: String, file: String, keeping weights: KeptWeights, synchronizes: Bool,
    arguments: [String]
  ) throws -> Outcome {
    let notices = try client.refuseWhileTasksWait(for: directory)
    let maximum = try client.maximumArraySize()
    let pending = try pendingTrials(of: sweep, directory, arguments)
    var outcome = Outcome(
      total: sweep.experiment.trials.count, recorded: sweep.experiment.trials.count - pending.count)
    outcome.notices = notices
    guard !pending.isEmpty else { return outcome }

    let folder = try SlurmSubmission.makeFolder(in: directory)
    var submission = SlurmSubmission(
      experimentText: sweep.experiment.sourceText, file: file, overrides: sweep.experiment.overrides,
      dataDirectory: Self.absolute(sweep.experiment.directory), weights: weights.rawValue, workers: workers,
      synchronizes: synchronizes, arguments: arguments, settings: settings,
      tasks: min(settings.tasks ?? 1, pending.count))
    // Written down before there is a job: one that is submitted just as this process is killed is found by it.
    let jobName = SlurmSubmission.makeJobName(for: sweep.experiment.name, settings)
    submission.jobName = jobName
    try submission.write(trials: pending, to: folder)
    try submission.write(to: folder)
    let script = "\(folder)/job.sh"
    try OutputFile.write(Array(Self.script(folder: Self.absolute(folder), jobName: jobName).utf8), to: script)
    for array in SlurmSubmission.arrays(tasks: submission.tasks, maximum: maximum) {
      let job = try client.submit(
        script: script, arguments: ["\(array.lowerBound)"],
        options: options(for: array, folder: Self.absolute(folder)) + ["--job-name=\(jobName)"])
      submission.jobs.append(.init(number: job, offset: array.lowerBound, count: array.count))
      try submission.write(to: folder)
    }
    outcome.submission = submission
    return outcome
  }

  /// Trials without a record, in the order in which they should start.
  private func pendingTrials(
    of sweep: PreparedSweep, _ directory: String, _ arguments: [String]
  ) throws -> [TrialIdentity] {
    var options = ResultStore.Options()
    options.access = .shared
    let store = try ResultStore.open(
      directory: directory, manifest: SweepManifest(sweep, arguments: arguments), options: options)
    let completed = store.completed
    try store.close()
    return TrialQueue(heaviestFirst: sweep.experiment.trials, cost: sweep.cost).identities
      .filter { !completed.contains($0) }
  }

  /// Ours first: what the user says may replace it.
  private func options(for array: Range<Int>, folder: String) -> [String] {
    [
      "--array=0-\(array.count - 1)", "--requeue", "--open-mode=append",
      "--output=\(folder.replacingOccurrences(of: "%", with: "%%"))/%A_%a.log", "--ntasks=1",
      "--cpus-per-task=\(workers)",
    ] + settings.arguments
  }

  /// `exec`, so that Slurm's signals reach the sweep itself.
  static func script(folder: String, jobName: String) -> String {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "sweep"
    return """
      #!/bin/sh
      # A task of a sweep; `sweep run --engine slurm` made and submitted this.
      \(SubmissionFolder.line(naming: jobName))
      exec \(quoted(program)) task \(quoted(folder)) "$(($1 + SLURM_ARRAY_TASK_ID))"

      """
  }

  /// A word of shell.
  static func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'" }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}
