import Experiments
import RealModule

/// How much depends on the learning rate: for each optimizer and each rate the best of everything else, and where runs
/// begin to diverge.
public struct LearningRateSensitivity: Sendable {
  public let optimizers: [Optimizer]
  /// How much worse than the best, relatively, counts as tolerated.
  public let tolerance: Double
  let ranking: Ranking

  public struct Optimizer: Sendable {
    public let name: String
    /// Ascending.
    public let rates: [Rate]
    /// Index of the rate with the best configuration; nil where no run can be ranked.
    public let best: Int?
    /// The longest stretch of neighbouring rates around the best whose best configuration is within the tolerance.
    public let tolerated: ClosedRange<Int>?
    /// The largest rate below which, itself included, at most half of the runs at any rate diverged; nil where that is
    /// none.
    public let largestStable: Double?
    /// The smallest rate from which on more than half of the runs diverged at every rate; nil where that is none.
    public let smallestDivergent: Double?
    /// What λ_max at the end of the best configuration's probed runs says about the learning rate.
    public let stability: StabilityLimit

    /// Width of the tolerated stretch in decades.
    public var toleratedDecades: Double? {
      tolerated.map { .log10(rates[$0.upperBound].learningRate / rates[$0.lowerBound].learningRate) }
    }
  }

  public struct Rate: Sendable {
    public let learningRate: Double
    /// Nil where no run can be ranked.
    public let best: Ranking.Configuration?
    public let outcomes: OutcomeCounts
  }

  /// Nil where the runs have no learning rate.
  public init?(_ ranking: Ranking, tolerance: Double = 0.1) {
    guard let column = ranking.table.column("learning_rate") else { return nil }
    self.tolerance = tolerance
    self.ranking = ranking
    let optimizer = ranking.table.column("optimizer")
    let names = optimizer?.values.map(\.description) ?? ["all"]
    var rates = [[Int32: (best: Ranking.Configuration?, outcomes: OutcomeCounts)]](repeating: [:], count: names.count)
    for configuration in ranking.configurations where column.codes[configuration.row] >= 0 {
      let code = Int(optimizer?.codes[configuration.row] ?? 0)
      guard code >= 0 else { continue }
      var entry = rates[code][column.codes[configuration.row]] ?? (nil, OutcomeCounts())
      if entry.best == nil, configuration.isRanked { entry.best = configuration }
      entry.outcomes += configuration.outcomes
      rates[code][column.codes[configuration.row]] = entry
    }
    optimizers = names.indices.map { code in
      let levels = rates[code].sorted { $0.key < $1.key }.map { key, entry in
        Rate(
          learningRate: column.values[Int(key)].scalar ?? .nan, best: entry.best, outcomes: entry.outcomes)
      }
      return Optimizer(name: names[code], rates: levels, ranking, tolerance)
    }
  }
}

extension LearningRateSensitivity.Optimizer {
  fileprivate init(
    name: String, rates: [LearningRateSensitivity.Rate], _ ranking: Ranking, _ tolerance: Double
  ) {
    self.name = name
    self.rates = rates
    let best = rates.indices.filter { rates[$0].best != nil }
      .min { ranking.criterion.precedes(rates[$0].best!, rates[$1].best!) }
    self.best = best
    tolerated = best.map { best in
      let reference = rates[best].best!.statistics.mean
      let reach = tolerance * reference.magnitude
      func isTolerated(_ index: Int) -> Bool {
        guard let configuration = rates[index].best, configuration.lostSeeds <= rates[best].best!.lostSeeds else {
          return false
        }
        return (configuration.statistics.mean - reference).magnitude <= reach
      }
      var range = best...best
      while range.lowerBound > 0, isTolerated(range.lowerBound - 1) { range = range.lowerBound - 1...range.upperBound }
      while range.upperBound + 1 < rates.count, isTolerated(range.upperBound + 1) {
        range = range.lowerBound...range.upperBound + 1
      }
      return range
    }
    stability =
      best.map { best in
        StabilityLimit(ranking.rows(of: rates[best].best!).map { ranking.table.runs[$0] })
      } ?? .notMeasured
    let divergent = rates.map { $0.outcomes.diverged * 2 > $0.outcomes.total }
    largestStable =
      divergent.first == false ? rates[(divergent.firstIndex(of: true) ?? rates.count) - 1].learningRate : nil
    let last = divergent.lastIndex(of: false).map { $0 + 1 } ?? 0
    smallestDivergent = last < rates.count ? rates[last].learningRate : nil
  }
}
