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
    /// The experiment's runs on disk, in the order of identity; empty for a share while others of the experiment are
    /// missing.
    public var runs: [RunSummary] = []

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
    let identities = sweep.experiment.trials.identities
    let store = try ResultStore.open(
      directory: directory, manifest: SweepManifest(sweep, arguments: arguments, identities: identities),
      options: storeOptions)
    do {
      var outcome = try run(into: store, identities, keeping: weights, stop: stop, display: display)
      // What comes now needs memory and no engine.
      sweep.library.releaseEngines()
      if share == nil || (outcome.isComplete && !stop.isRaised) {
        outcome.runs = try recordedRuns(store, identities)
      }
      if outcome.isComplete, !stop.isRaised, share == nil || outcome.runs.count == identities.count {
        try lookAtTestSet(store, selectWinner(outcome.runs), identities, display)
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
    into store: ResultStore, _ identities: [TrialIdentity], keeping weights: KeptWeights, stop: StopFlag,
    display: SweepDisplay
  ) throws -> Outcome {
    for notice in store.notices { display.logger.warning("\(notice)") }
    let completed = store.completed
    let mine = identities.enumerated().filter { share?.contains($0.element) ?? true }
    let total = mine.count
    let pending = sweep.experiment.trials.selecting(
      mine.filter { !completed.contains($0.element) }.map(\.offset))
    var progress = SweepProgress(
      name: sweep.experiment.name, total: total, resumed: total - pending.count, selection: sweep.experiment.selection,
      plannedCost: pending.configurations.reduce(0) { $0 + sweep.cost(of: $1.trial) * Double($1.indices.count) },
      workers: min(engine.workers, max(1, pending.count)))
    let found = store.takeFoundRuns()
    if !found.isEmpty {
      let own = share ?? Set(identities)
      for run in found where own.contains(run.identity) { progress.consider(run) }
    }
    display.begin(progress, workers: engine.workers, directory: directory)

    let monitor = display.monitor(progress, label: sweep.label(display.wording))
    defer { display.end(monitor) }
    let append: @Sendable (TrialRecord) throws -> Void = { record in
      try store.append(record)
      if case .failed(let message) = record.outcome {
        display.logger.warning("run \(record.identity.short) failed: \(message)")
      }
    }
    // A commit that fails is said by the next record.
    let settle: @Sendable () -> Void = { try? store.waitForCommits() }
    try train(pending, done: completed, keeping: weights, settle: settle, display, monitor, stop, append)
    return Outcome(
      total: progress.total, resumed: progress.resumed, progress: monitor.current, seconds: monitor.seconds)
  }

  /// Trains the trials: first those that were in no crash of an earlier process, then the others one at a time, so that
  /// the next crash is known to be the doing of one.
  private func train(
    _ pending: TrialList, done: Set<TrialIdentity>, keeping weights: KeptWeights,
    settle: @escaping @Sendable () -> Void, _ display: SweepDisplay, _ monitor: ProgressMonitor, _ stop: StopFlag,
    _ append: @escaping @Sendable (TrialRecord) throws -> Void
  ) throws {
    var limits = TrialLimits()
    limits.crashes = try RunningTrials.crashes(directory: directory, done: done).trials
    // Without it the sweep goes on as well: some file systems map no files, and a full disk is said by the journal.
    let running = try? RunningTrials(directory: directory, workers: engine.workers)
    let identities = pending.identities
    let isSuspect = identities.map { limits.crashes[$0] != nil }
    let suspects = pending.selecting(identities.indices.filter { isSuspect[$0] })
    if !suspects.isEmpty {
      let count = Quantity.count(suspects.count, "run")
      display.logger.warning("an earlier process crashed while \(count) were under way: they come last, one at a time")
    }
    let unsuspected = suspects.isEmpty ? pending : pending.selecting(identities.indices.filter { !isSuspect[$0] })
    var alone = engine
    alone.workers = 1
    for (engine, trials) in [(engine, unsuspected), (alone, suspects)] where !trials.isEmpty && !stop.isRaised {
      _ = try engine.run(
        trials, of: sweep, keeping: weights, limits: limits, running: running, settle: settle, monitor, stop, append)
    }
  }

  /// The experiment's runs on disk, in the order of identity. Read again where others write as well.
  private func recordedRuns(_ store: ResultStore, _ identities: [TrialIdentity]) throws -> [RunSummary] {
    let runs = try store.summaries ?? ResultReader(path: directory).summaries()
    // The directory may hold runs that another grid of the same experiment asked for.
    let own = Set(identities)
    return runs.allSatisfy { own.contains($0.identity) } ? runs : runs.filter { own.contains($0.identity) }
  }

  private func lookAtTestSet(
    _ store: ResultStore, _ winner: [TrialIdentity], _ identities: [TrialIdentity], _ display: SweepDisplay
  ) throws {
    // Without a test share there is nothing to look at.
    guard let first = sweep.experiment.trials.first, sweep.library.size(for: first).test > 0 else { return }
    let reader = try ResultReader(path: directory)
    let rule = sweep.experiment.selection
    let before = try reader.testEvaluation
    let isCurrent = before?.selection == rule && before?.runs.map(\.identity) == winner.map(\.description)
    guard !winner.isEmpty, !isCurrent else { return }
    let tested = before?.results(by: rule) ?? [:]
    let untested = winner.filter { tested[$0.description] == nil }
    if !untested.isEmpty {
      display.logger.info("Looking at the test set for the winner, \(Quantity.count(untested.count, "seed"))")
    }
    let new = try testEvaluation(of: untested, identities, reader)
    let results = tested.merging(new.map { ($0.identity, $0) }) { first, _ in first }
    let runs = winner.compactMap { results[$0.description] }
    try store.write(
      before?.followed(by: rule, winner: runs, new: new)
        ?? TestEvaluation(selection: rule, runs: runs, mayLackLooks: try reader.hasLostTestEvaluation))
  }

  private func testEvaluation(
    of runs: [TrialIdentity], _ identities: [TrialIdentity], _ reader: ResultReader
  ) throws -> [TestEvaluation.Run] {
    let wanted = Set(runs)
    let places = Dictionary(
      identities.enumerated().lazy.filter { wanted.contains($0.element) }.map { ($0.element, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    let plan = sweep.plan
    let bytes = places.values.reduce(0) { $0 + plan.recordBytes(of: sweep.experiment.trials[$1]) }
    guard FreeMemory.has(bytes) else { throw TooLittleMemory(bytes: bytes) }
    let weights = try reader.weights(of: wanted)
    let trials = runs.compactMap { identity in
      places[identity].map { (trial: sweep.experiment.trials[$0], stored: weights[identity] ?? Weights()) }
    }
    return try engine.testEvaluation(of: trials, in: sweep)
  }
}
