import Experiments
import Logging
import Store
import Synchronization

/// One invocation of a sweep: opens its results, runs what is missing, and leaves them closed.
public struct SweepRun: Sendable {
  public var sweep: PreparedSweep
  public var directory: String
  public var engine: LocalEngine
  public var storeOptions: ResultStore.Options
  public var arguments: [String]
  /// The trials that this invocation is to run, of those of the experiment; nil for all. Others run the rest, and
  /// whoever ends last looks at the test set.
  public var share: Set<TrialIdentity>?

  public init(
    _ sweep: PreparedSweep, directory: String, engine: LocalEngine, storeOptions: ResultStore.Options = .init(),
    arguments: [String] = []
  ) {
    self.sweep = sweep
    self.directory = directory
    self.engine = engine
    self.storeOptions = storeOptions
    self.arguments = arguments
  }

  /// How an invocation ended.
  public struct Outcome: Sendable {
    /// Runs of the experiment, or of this invocation's share.
    public var total: Int
    /// Those that were recorded before this invocation.
    public var resumed: Int
    public var progress: SweepProgress
    public var seconds: Double

    public var isComplete: Bool { progress.done == total }
  }

  /// Runs every trial that has no record yet.
  ///
  /// - Parameters:
  ///   - weights: Which weights each run keeps.
  ///   - selectWinner: Picks the runs that the test set is looked at for, from all runs of the experiment; called only
  ///     once every trial has a record.
  /// - Throws: `StoreError`, `SweepConflict`.
  public func run(
    keeping weights: KeptWeights, stop: StopFlag, display: SweepDisplay,
    selectWinner: ([RunSummary]) throws -> [TrialIdentity]
  ) throws -> Outcome {
    let store = try ResultStore.open(
      directory: directory, manifest: SweepManifest(sweep, arguments: arguments), options: storeOptions)
    do {
      let outcome = try run(into: store, keeping: weights, stop: stop, display: display)
      if outcome.isComplete, !stop.isRaised, try share == nil || recordedRuns().count == sweep.experiment.trials.count {
        try lookAtTestSet(store, selectWinner, display)
      }
      try store.close()
      return outcome
    } catch {
      // What was recorded is safe already; the first error is the one to report.
      try? store.close()
      throw error
    }
  }

  private func run(
    into store: ResultStore, keeping weights: KeptWeights, stop: StopFlag, display: SweepDisplay
  ) throws -> Outcome {
    for notice in store.notices { display.logger.warning("\(notice)") }
    let completed = store.completed
    let mine = sweep.experiment.trials.identities.enumerated().filter { share?.contains($0.element) ?? true }
    let total = mine.count
    let pending = sweep.experiment.trials.selecting(
      mine.filter { !completed.contains($0.element) }.map(\.offset))
    var progress = SweepProgress(
      name: sweep.experiment.name, total: total, resumed: total - pending.count, selection: sweep.experiment.selection,
      plannedCost: pending.configurations.reduce(0) { $0 + sweep.cost(of: $1.trial) * Double($1.indices.count) })
    if progress.resumed > 0 {
      for run in try recordedRuns() where share?.contains(run.identity) ?? true { progress.consider(run) }
    }
    display.begin(progress, workers: engine.workers, directory: directory)

    let monitor = display.monitor(progress, label: sweep.label)
    defer { display.end(monitor) }
    try engine.run(pending, of: sweep, keeping: weights, monitor: monitor, stop: stop) { record in
      try store.append(record)
      if case .failed(let message) = record.outcome {
        display.logger.warning("run \(record.identity.short) failed: \(message)")
      }
    }
    return Outcome(
      total: progress.total, resumed: progress.resumed, progress: monitor.current, seconds: monitor.seconds)
  }

  /// The experiment's runs on disk, in the order of identity.
  private func recordedRuns() throws -> [RunSummary] {
    let identities = Set(sweep.experiment.trials.identities)
    return try ResultReader(path: directory).summaries().filter { identities.contains($0.identity) }
  }

  private func lookAtTestSet(
    _ store: ResultStore, _ selectWinner: ([RunSummary]) throws -> [TrialIdentity], _ display: SweepDisplay
  ) throws {
    // Without a test share there is nothing to look at.
    guard let first = sweep.experiment.trials.first, sweep.library.size(for: first).test > 0 else { return }
    let winner = try selectWinner(recordedRuns())
    let reader = try ResultReader(path: directory)
    let known = try reader.testEvaluation
    let rule = sweep.experiment.selection
    guard !winner.isEmpty, known?.selection != rule || known?.runs.map(\.identity) != winner.map(\.description) else {
      return
    }
    let winners = Set(winner)
    let places = sweep.experiment.trials.identities.enumerated().filter { winners.contains($0.element) }
    let trials = Dictionary(
      uniqueKeysWithValues: places.map { ($0.element, sweep.experiment.trials[$0.offset]) })
    display.logger.info("Looking at the test set for the winner, \(Quantity.count(winner.count, "seed"))")
    let chosen = try winner.compactMap { identity in
      try trials[identity].map { (trial: $0, stored: try reader.record(identity).weights) }
    }
    let runs = try engine.testEvaluation(of: chosen, in: sweep)
    try store.write(TestEvaluation(selection: rule, runs: runs))
  }
}
