import Experiments

/// Which keep probability is best: every other hyperparameter is a nuisance, tuned for each keep probability by itself.
public struct KeepProbabilityAnswer: Sendable {
  public let overall: Scope
  /// One an optimizer, in alphabetical order; empty where there is only one.
  public let optimizers: [Scope]

  /// The keep probabilities within all runs, or within those of one optimizer.
  public struct Scope: Sendable {
    /// Nil: all optimizers.
    public let optimizer: String?
    /// Ascending.
    public let levels: [Level]
    /// Index of the best level; nil where no run can be ranked.
    public let winner: Int?
    public let contrast: Contrast?
    /// Nil without two seeds, and where fewer than two levels have a configuration that kept all of them.
    public let confidence: Confidence?
  }

  public struct Level: Sendable {
    public let keepProbability: KeepProbability
    /// As many as tell it from the other levels.
    fileprivate let digits: Int
    public fileprivate(set) var outcomes = OutcomeCounts()
    public fileprivate(set) var configurations = 0
    /// The configuration that ranks best; nil where none can be ranked.
    public fileprivate(set) var best: Ranking.Configuration?
    /// The best single run, which may belong to another configuration.
    public fileprivate(set) var bestRow: Int?
    /// Of the best configuration; nil where none can be ranked.
    public fileprivate(set) var convergence: Convergence?
  }

  /// The best dropout setting against no dropout, each at its own best nuisance hyperparameters.
  public struct Contrast: Sendable {
    public let dropout: KeepProbability
    /// Its name, as that of its level.
    public let label: String
    /// Dropout minus no dropout, as chosen; nil without two seeds each.
    public let comparison: MeanComparison?
    /// The same corrected for either side being the best of its configurations, which flatters the side with more of them,
    /// or with noisier ones: each mean plus its ``SelectionBias``. Nil without ``comparison``, and where a side's best
    /// configuration lost seeds.
    public let corrected: MeanComparison?
    /// By the corrected difference, where there is one.
    public let verdict: Verdict
    /// How many configurations each side was the best of.
    public let candidates: (dropout: Int, none: Int)
    /// Whether each side could still be better than it is.
    public let convergence: (dropout: Convergence?, none: Convergence?)
  }

  public enum Verdict: String, Hashable, Sendable {
    case dropoutHelps = "dropout_helps"
    case dropoutHurts = "dropout_hurts"
    /// The difference is not larger than its noise.
    case insideNoise = "inside_noise"
    /// Larger than its noise, but more epochs or other learning rates could turn it.
    case notConverged = "not_converged"
    /// Larger than its noise, but conditions chose runs by their results.
    case chosenByResult = "chosen_by_result"
    /// Fewer than two seeds on a side.
    case unknown
  }

  /// Nil where the runs carry no keep probability.
  public init?(_ ranking: Ranking) {
    let table = ranking.table
    guard let column = table.column("keep_probability") else { return nil }
    let settings = column.values.map(\.keepProbability)
    guard settings.contains(where: { $0 != nil }) else { return nil }
    let digits = column.byLevel.digits
    let optimizer = table.column("optimizer")
    let names = optimizer?.values.map(\.description) ?? []
    var scopes = [[KeepProbability: Level]](repeating: [:], count: 1 + names.count)
    for configuration in ranking.configurations {
      let code = column.codes[configuration.row]
      guard code >= 0, let setting = settings[Int(code)] else { continue }
      scopes[0][setting, default: Level(keepProbability: setting, digits: digits)].add(configuration, ranking)
      if let code = optimizer?.codes[configuration.row], code >= 0 {
        scopes[1 + Int(code)][setting, default: Level(keepProbability: setting, digits: digits)].add(
          configuration, ranking)
      }
    }
    overall = Scope(optimizer: nil, levels: scopes[0], ranking)
    optimizers =
      names.count > 1 ? names.indices.map { Scope(optimizer: names[$0], levels: scopes[1 + $0], ranking) } : []
  }
}

extension KeepProbabilityAnswer.Level {
  /// For example "0.5": see ``KeepProbability/label``.
  public var label: String { keepProbability.label(digits) }

  /// The same as a dropout rate.
  public var rateLabel: String { keepProbability.rateLabel(digits) }

  /// Takes in a configuration; they come best first.
  fileprivate mutating func add(_ configuration: Ranking.Configuration, _ ranking: Ranking) {
    configurations += 1
    outcomes += configuration.outcomes
    guard let row = configuration.bestRow else { return }
    if best == nil { best = configuration }
    guard let known = bestRow else {
      bestRow = row
      return
    }
    let (value, best) = (ranking.values[row], ranking.values[known])
    if ranking.criterion.isBetter(value, than: best) || (value == best && row < known) { bestRow = row }
  }
}

extension KeepProbabilityAnswer.Scope {
  fileprivate init(
    optimizer: String?, levels: [KeepProbability: KeepProbabilityAnswer.Level], _ ranking: Ranking
  ) {
    self.optimizer = optimizer
    self.levels = levels.values.sorted { $0.keepProbability < $1.keepProbability }.map { level in
      var level = level
      level.convergence = level.best.map { ranking.convergence(of: $0, level: "keep_probability") }
      return level
    }
    winner = self.levels.best(ranking) { _ in true }
    let candidates = ranking.candidates(optimizer: optimizer)
    contrast = .init(self.levels, candidates, ranking)
    confidence = ranking.confidence(candidates, levels: self.levels, winner: winner)
  }
}

extension KeepProbabilityAnswer.Contrast {
  /// Nil where the levels have no dropout to compare, or nothing without dropout to compare it with.
  fileprivate init?(
    _ levels: [KeepProbabilityAnswer.Level], _ candidates: [KeepProbability: [Ranking.Configuration]],
    _ ranking: Ranking
  ) {
    guard let dropout = levels.best(ranking, where: { !$0.isNone }),
      let reference = levels.best(ranking, where: \.isNone),
      let first = levels[dropout].best, let second = levels[reference].best
    else { return nil }
    self.dropout = levels[dropout].keepProbability
    label = levels[dropout].label
    let comparison = ranking.compare(first, with: second)
    self.comparison = comparison
    corrected =
      first.isComplete && second.isComplete
      ? comparison.flatMap { Self.corrected($0, candidates, ranking) } : nil
    let none = levels[reference].configurations
    self.candidates = (levels.reduce(0) { $0 + $1.configurations } - none, none)
    convergence = (levels[dropout].convergence, levels[reference].convergence)
    let isConverged = [dropout, reference].allSatisfy { levels[$0].convergence?.isConverged ?? true }
    if let tested = corrected ?? comparison {
      if !tested.isLargerThanNoise() {
        verdict = .insideNoise
      } else if ranking.table.isChosenByResult {
        verdict = .chosenByResult
      } else if !isConverged {
        verdict = .notConverged
      } else {
        verdict =
          ranking.criterion.isBetter(tested.difference, than: 0) ? .dropoutHelps : .dropoutHurts
      }
    } else {
      verdict = .unknown
    }
  }

  private static func corrected(
    _ comparison: MeanComparison, _ candidates: [KeepProbability: [Ranking.Configuration]], _ ranking: Ranking
  ) -> MeanComparison? {
    // Without noise the choice was not by luck.
    guard !comparison.isExact else { return comparison }
    let sides = [false, true].map { isNone in
      candidates.filter { $0.key.isNone == isNone }.values.flatMap(\.self).sorted(by: ranking.criterion.precedes)
    }
    let biases = sides.compactMap(ranking.selectionBias(amongComplete:))
    return biases.count == 2 ? comparison.shifted(by: biases[0] - biases[1]) : nil
  }
}

extension KeepProbabilityAnswer.Contrast {
  /// What the verdict is by.
  public var tested: MeanComparison? { corrected ?? comparison }
}

extension [KeepProbabilityAnswer.Level] {
  /// The level whose best configuration ranks first among those with a fitting keep probability.
  fileprivate func best(_ ranking: Ranking, where isIncluded: (KeepProbability) -> Bool) -> Int? {
    indices.filter { self[$0].best != nil && isIncluded(self[$0].keepProbability) }
      .min { ranking.criterion.precedes(self[$0].best!, self[$1].best!) }
  }
}
