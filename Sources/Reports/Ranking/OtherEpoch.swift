import Experiments

/// Runs that have no value of the metric at the epoch asked for, but at the other one: a probe of the curvature is measured
/// at the epochs that the experiment names.
public struct OtherEpoch: Hashable, Sendable {
  public let metric: Criterion.Metric
  /// The one at which they have it.
  public let epoch: SelectionRule.Epoch
  public let runs: Int
  /// All runs that did not diverge or fail.
  public let of: Int

  /// For example "12 of 12 runs have learning_rate_over_bound at the final epoch, and not at the best one: --epoch final".
  public var hint: String {
    let other: SelectionRule.Epoch = epoch == .final ? .best : .final
    return
      "\(runs) of \(of) runs \(runs == 1 ? "has" : "have") \(metric.rawValue) at the \(epoch.rawValue) epoch, and not at"
      + " the \(other.rawValue) one: --epoch \(epoch.rawValue)"
  }

  /// Nil where no run has a value at the other epoch alone.
  init?(_ runs: [RunSummary], _ criterion: Criterion) {
    guard !criterion.metric.isWholeRun else { return nil }
    let other = Criterion(metric: criterion.metric, epoch: criterion.epoch == .final ? .best : .final)
    let rankable = runs.filter(\.outcome.isRankable)
    let missing = rankable.count { criterion.rankedValue(of: $0).isNaN && !other.rankedValue(of: $0).isNaN }
    guard missing > 0 else { return nil }
    (metric, epoch, self.runs, of) = (criterion.metric, other.epoch, missing, rankable.count)
  }
}

extension Ranking {
  /// Nil where nothing is gained by reading the metric at the other epoch.
  public var otherEpoch: OtherEpoch? { OtherEpoch(table.runs, criterion) }

  /// What to say where no run can be ranked.
  public var nothingRanked: ReportError { .nothingRanked(otherEpoch) }

  /// Only where runs are left out of the ranking for it.
  func metricAtOtherEpoch() -> Warning? {
    otherEpoch.map { Warning(kind: .metricAtOtherEpoch, message: "\($0.hint) ranks them.") }
  }
}
