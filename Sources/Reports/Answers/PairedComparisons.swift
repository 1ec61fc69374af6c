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
    /// Whether it could still be better than it is.
    public let convergence: Convergence
  }

  public struct Pair: Sendable {
    /// Indices into `levels`: the better one first.
    public let first: Int
    public let second: Int
    /// First minus second; nil without two seeds each.
    public let comparison: MeanComparison?
    /// Holm's; NaN without a comparison.
    public let adjustedPValue: Double

    /// All comparisons taken together.
    public let verdict: DifferenceVerdict
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
      .map { best in
        var convergence = ranking.convergence(of: best, level: key)
        // A rate is what it is: no other could be better for it.
        if key == "learning_rate" { convergence.learningRateEdge = nil }
        return Level(value: column.text(best.row), best: best, convergence: convergence)
      }
    var comparisons: [(Int, Int, MeanComparison?)] = []
    for first in levels.indices {
      for second in levels.indices.dropFirst(first + 1) {
        comparisons.append((first, second, ranking.compare(levels[first].best, with: levels[second].best)))
      }
    }
    var adjusted = Multiplicity.holm(comparisons.compactMap { $0.2?.pValue })[...]
    let levels = levels
    pairs = comparisons.map { first, second, comparison in
      let pValue = comparison == nil ? .nan : adjusted.removeFirst()
      return Pair(
        first: first, second: second, comparison: comparison, adjustedPValue: pValue,
        verdict: .init(
          comparison, pValue: pValue, [levels[first].convergence, levels[second].convergence],
          obstacle: ranking.table.isChosenByResult ? .chosenByResult : nil))
    }
  }
}
