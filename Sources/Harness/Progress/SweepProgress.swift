import Experiments

/// Where a sweep stands: counts, the best run so far, and how much of the work is done. A value without a clock: times
/// are seconds since the sweep began, given by the caller.
public struct SweepProgress: Sendable {
  public let name: String
  /// Runs of the experiment, those of earlier invocations included.
  public let total: Int
  /// Runs that an earlier invocation had recorded.
  public let resumed: Int
  public let selection: SelectionRule
  /// Expected cost of what this invocation has to run, in any unit.
  public let plannedCost: Double

  public private(set) var running = 0
  public private(set) var finished = 0
  public private(set) var diverged = 0
  public private(set) var failed = 0
  public private(set) var finishedCost = 0.0
  public private(set) var best: Best?

  /// The run with the best value of the selection metric.
  public struct Best: Hashable, Sendable {
    public var value: Double
    public var identity: TrialIdentity
    public var hyperparameters: [Hyperparameter]
  }

  public init(name: String, total: Int, resumed: Int = 0, selection: SelectionRule, plannedCost: Double) {
    self.name = name
    self.total = total
    self.resumed = resumed
    self.selection = selection
    self.plannedCost = plannedCost
  }

  /// Runs recorded, by this invocation or earlier ones.
  public var done: Int { resumed + finished }

  public mutating func start() { running += 1 }

  /// A run left without a record.
  public mutating func abandon() { running -= 1 }

  public mutating func finish(_ run: RunSummary, cost: Double) {
    running -= 1
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
    if let best, !selection.isBetter((value, run.identity), than: (best.value, best.identity)) { return }
    best = Best(value: value, identity: run.identity, hyperparameters: run.hyperparameters)
  }

  /// Runs a second of this invocation.
  public func rate(at seconds: Double) -> Double? {
    finished > 0 && seconds > 0 ? Double(finished) / seconds : nil
  }

  /// Seconds left if the work goes on at the pace so far, by cost and not by count: heavy runs start first. Nil before
  /// the first run has finished.
  public func timeLeft(at seconds: Double) -> Double? {
    guard finishedCost > 0 else { return nil }
    return max(0, seconds * (plannedCost - finishedCost) / finishedCost)
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
