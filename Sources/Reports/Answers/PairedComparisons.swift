import Experiments

/// Every value of a hyperparameter against every other, each at its best configuration: which differences are larger than
/// their noise over seeds, with all comparisons taken together.
public struct PairedComparisons: Sendable {
  public let key: String
  /// The best configuration of each value, in the order of the ranking.
  public let levels: [Level]
  public let pairs: [Pair]
  let ranking: Ranking

  public struct Level: Sendable {
    public let value: String
    public let best: Ranking.Configuration
  }

  public struct Pair: Sendable {
    /// Indices into `levels`: the better one first.
    public let first: Int
    public let second: Int
    /// First minus second; nil without two seeds each.
    public let comparison: MeanComparison?
    /// Holm's; NaN without a comparison.
    public let adjustedPValue: Double

    /// At a significance of 5 %, all comparisons taken together.
    public var verdict: String {
      guard let comparison else { return "cannot be told from one seed" }
      if comparison.isExact { return comparison.difference == 0 ? "equal" : "differs, alike in all seeds" }
      return adjustedPValue < 0.05 ? "differs" : "inside the noise"
    }
  }

  /// Dropout settings of networks of different depth are one value, as in ``KeepProbabilityAnswer``.
  ///
  /// - Throws: ``ReportError/unknownKey``; ``ReportError/seedsCompared`` for the seed, over which differences are taken.
  public init(_ ranking: Ranking, of key: String) throws(ReportError) {
    let column = try ranking.table.requiredColumn(key).byLevel
    guard key != "seed" else { throw .seedsCompared(ranking.table.columns.map(\.name).filter { $0 != "seed" }) }
    self.key = key
    self.ranking = ranking
    var seen: Set<Int32> = []
    levels = ranking.configurations.filter { $0.isRanked && seen.insert(column.codes[$0.row]).inserted }
      .map { Level(value: column.text($0.row), best: $0) }
    var comparisons: [(Int, Int, MeanComparison?)] = []
    for first in levels.indices {
      for second in levels.indices.dropFirst(first + 1) {
        comparisons.append((first, second, ranking.compare(levels[first].best, with: levels[second].best)))
      }
    }
    var adjusted = Multiplicity.holm(comparisons.compactMap { $0.2?.pValue })[...]
    pairs = comparisons.map { first, second, comparison in
      Pair(
        first: first, second: second, comparison: comparison,
        adjustedPValue: comparison == nil ? .nan : adjusted.removeFirst())
    }
  }
}
