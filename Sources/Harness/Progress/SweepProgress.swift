import Experiments

/// Where a sweep stands: counts, the best run so far, and how much of the work is done, that of the runs that are being
/// trained included. A value without a clock: times are seconds since the sweep began, given by the caller.
public struct SweepProgress: Sendable {
  public let name: String
  /// Runs of the experiment, those of earlier invocations included.
  public let total: Int
  /// Runs that an earlier invocation had recorded.
  public let resumed: Int
  public let selection: SelectionRule
  /// Runs at a time.
  public let workers: Int
  /// Expected cost of what this invocation has to run, in any unit.
  public let plannedCost: Double
  /// The costs of this invocation's runs, in the order in which they start; empty where that is not known.
  public var order: [Double] = []

  public private(set) var finished = 0
  public private(set) var diverged = 0
  public private(set) var failed = 0
  private var started = 0
  private var startedCost = 0.0
  private var finishedCost = 0.0
  /// By identity: the runs that are being trained.
  private var inTraining: [TrialIdentity: RunningRun] = [:]
  /// Seconds that workers have spent on runs, up to when one last began or ended.
  private var workedSeconds = 0.0
  private var changed = 0.0
  private var bestFinished: Best?

  /// The run with the best value of the selection metric.
  public struct Best: Hashable, Sendable {
    public var value: Double
    public var identity: TrialIdentity
    public var hyperparameters: [Hyperparameter]
    /// Of a run that is being trained: the epochs it has behind it.
    public var epoch: Int?
  }

  public init(
    name: String, total: Int, resumed: Int = 0, selection: SelectionRule, plannedCost: Double, workers: Int = 1
  ) {
    self.name = name
    self.total = total
    self.resumed = resumed
    self.selection = selection
    self.plannedCost = plannedCost
    self.workers = workers
  }

  /// Runs recorded, by this invocation or earlier ones.
  public var done: Int { resumed + finished }

  public var running: Int { inTraining.count }

  /// The runs that are being trained, the one that began first before the others.
  public var runningRuns: [RunningRun] {
    inTraining.values.sorted { ($0.began, $0.identity) < ($1.began, $1.identity) }
  }

  // MARK: What happens

  public mutating func start(_ run: RunningRun) {
    passTime(to: run.began)
    inTraining[run.identity] = run
    started += 1
    startedCost += run.cost
  }

  /// A run has trained an epoch, or measured a probe.
  public mutating func advance(_ identity: TrialIdentity, to state: RunState) {
    inTraining[identity]?.state = state
  }

  /// A run left without a record.
  public mutating func abandon(_ identity: TrialIdentity, at seconds: Double) {
    passTime(to: seconds)
    inTraining[identity] = nil
  }

  public mutating func finish(_ run: RunSummary, cost: Double, at seconds: Double) {
    passTime(to: seconds)
    inTraining[run.identity] = nil
    finished += 1
    finishedCost += cost
    switch run.outcome {
    case .diverged: diverged += 1
    case .failed: failed += 1
    case .completed, .stoppedEarly, .converged, .stalled: consider(run)
    }
  }

  /// Takes a run into account for ``best`` only: one that an earlier invocation recorded.
  public mutating func consider(_ run: RunSummary) {
    guard run.outcome.isRankable, let value = selection.value(of: run), value.isFinite else { return }
    if let best = bestFinished, !selection.isBetter((value, run.identity), than: (best.value, best.identity)) { return }
    bestFinished = Best(value: value, identity: run.identity, hyperparameters: run.hyperparameters)
  }

  private mutating func passTime(to seconds: Double) {
    workedSeconds += Double(inTraining.count) * max(0, seconds - changed)
    changed = max(changed, seconds)
  }

  // MARK: What it comes to

  /// The best so far, finished or not: one that is being trained may still diverge, and is then none.
  public var best: Best? {
    inTraining.values.reduce(bestFinished) { best, run in
      guard let value = run.state.value, value.isFinite else { return best }
      if let best, !selection.isBetter((value, run.identity), than: (best.value, best.identity)) { return best }
      return Best(
        value: value, identity: run.identity, hyperparameters: run.hyperparameters, epoch: run.state.epochs)
    }
  }

  /// The part of the work that is done, from 0 to 1; what earlier invocations recorded counts as the mean of the rest.
  public var share: Double {
    guard total > 0 else { return 1 }
    let pending = total - resumed
    guard pending > 0, plannedCost > 0 else { return Double(done) / Double(total) }
    return min(1, (Double(resumed) + Double(pending) * doneCost / plannedCost) / Double(total))
  }

  private var doneCost: Double { inTraining.values.reduce(finishedCost) { $0 + $1.cost * $1.share } }

  /// Runs a second of this invocation.
  public func rate(at seconds: Double) -> Double? {
    finished > 0 && seconds > 0 ? Double(finished) / seconds : nil
  }

  /// Seconds left: each run that is being trained goes on at its own pace, and whoever is free first takes the next run,
  /// at the pace of all so far. Nil before the first epoch.
  ///
  /// Early stopping is not foreseen, but in the pace of the runs that have ended.
  public func timeLeft(at seconds: Double) -> Double? {
    let worked = workedSeconds + Double(inTraining.count) * max(0, seconds - changed)
    let work = doneCost
    guard work > 0, worked > 0 else { return nil }
    let pace = worked / work
    var free = inTraining.values.map { $0.secondsLeft(at: seconds, pace: pace) }
    free += Array(repeating: 0, count: max(0, workers - free.count))
    let queued = order.dropFirst(started)
    if queued.count <= Self.simulatedRuns, !order.isEmpty {
      for cost in queued {
        guard let next = free.indices.min(by: { free[$0] < free[$1] }) else { break }
        free[next] += cost * pace
      }
      return free.max() ?? 0
    }
    // With so many to come nobody waits long for others: all share the work.
    let rest = max(0, plannedCost - startedCost) * pace
    return max(free.max() ?? 0, (free.reduce(0, +) + rest) / Double(max(1, free.count)))
  }

  /// Runs that are dealt out one by one to find out when the last one ends.
  private static let simulatedRuns = 256
}

/// A run that is being trained.
public struct RunningRun: Hashable, Sendable {
  public var identity: TrialIdentity
  public var hyperparameters: [Hyperparameter]
  /// Expected, in the sweep's unit.
  public var cost: Double
  /// Epochs and probes that it has before it, and the part of its cost that the probes are.
  public var plannedEpochs: Int
  public var plannedProbes: Int
  public var probeShare: Double
  /// Seconds since the sweep began.
  public var began: Double
  public var state = RunState()

  public init(
    _ identity: TrialIdentity, _ hyperparameters: [Hyperparameter] = [], cost: Double, plannedEpochs: Int = 1,
    plannedProbes: Int = 0, probeShare: Double = 0, began: Double
  ) {
    self.identity = identity
    self.hyperparameters = hyperparameters
    self.cost = cost
    self.plannedEpochs = plannedEpochs
    self.plannedProbes = plannedProbes
    self.probeShare = probeShare
    self.began = began
  }

  /// The part of its work that is done.
  var share: Double {
    func part(_ done: Int, of planned: Int) -> Double { planned > 0 ? min(1, Double(done) / Double(planned)) : 0 }
    return (1 - probeShare) * part(state.epochs, of: plannedEpochs) + probeShare * part(state.probes, of: plannedProbes)
  }

  /// - Parameter pace: Seconds for a unit of cost, where the run has not shown its own yet.
  func secondsLeft(at seconds: Double, pace: Double) -> Double {
    let elapsed = max(0, seconds - began)
    guard share > 0 else { return max(0, cost * pace - elapsed) }
    // Between two epochs the last one is gone by already.
    return max(0, state.reached.map { ($0 - began) / share - elapsed } ?? elapsed * (1 - share) / share)
  }
}

/// How far a run is.
public struct RunState: Hashable, Sendable {
  public var epochs = 0
  /// Probes of the curvature.
  public var probes = 0
  /// What the sweep selects by, at the epoch its rule names among those so far; nil where nothing was measured.
  public var value: Double?
  /// When it was so far, in seconds since the sweep began.
  public var reached: Double?

  public init(epochs: Int = 0, probes: Int = 0, value: Double? = nil, reached: Double? = nil) {
    self.epochs = epochs
    self.probes = probes
    self.value = value
    self.reached = reached
  }
}

extension SelectionRule {
  /// What the rule compares: the metric at the epoch it names. Nil where the run has no such epoch.
  func value(of run: RunSummary) -> Double? {
    let metrics = epoch == .final ? run.final : run.best
    return metric == .validationLoss ? metrics.validationLoss : metrics.validationAccuracy
  }

  /// Whether the first is better; equal values are ordered by identity, so that the best does not depend on time.
  func isBetter(_ first: (Double, TrialIdentity), than second: (Double, TrialIdentity)) -> Bool {
    if first.0 == second.0 { return first.1 < second.1 }
    return metric == .validationLoss ? first.0 < second.0 : first.0 > second.0
  }
}
