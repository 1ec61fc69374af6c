import Experiments

extension KeepProbabilityAnswer {
  /// What stands behind "this keep probability is the best".
  public struct Confidence: Hashable, Sendable {
    /// For each level, the probability that it is the best at its best configuration; see ``MeanPosterior``. NaN for a level without a configuration that kept all of its seeds.
    public let probabilityOfBest: [Double]
    /// The level with the most dropout whose best configuration is at most one standard error worse than the best: what
    /// the one-standard-error rule chooses. Source: L. Breiman et al., "Classification and Regression Trees" (1984),
    /// section 3.4.3; dropout is taken as the simpler model.
    public let oneStandardErrorChoice: Int?
  }

  /// A level's best configuration is corrected for being the best of at most so many: the best ones.
  static let candidatesPerLevel = 50
}

extension Ranking {
  /// Nil without two seeds, and where fewer than two levels have a configuration that kept all of them.
  func confidence(
    _ candidates: [KeepProbability: [Configuration]], levels: [KeepProbabilityAnswer.Level], winner: Int?
  ) -> KeepProbabilityAnswer.Confidence? {
    guard seeds >= 2, let best = winner.flatMap({ levels[$0].best }), best.isComplete else { return nil }
    let candidates = candidates.mapValues { configurations in
      configurations.prefix(KeepProbabilityAnswer.candidatesPerLevel).map(costs(of:))
    }
    let isCandidate = levels.map { candidates[$0.keepProbability] != nil }
    // One that has no rival is not better than anything.
    guard isCandidate.count(where: \.self) >= 2 else { return nil }
    let probabilities = MeanPosterior.probabilityOfBest(levels.map { candidates[$0.keepProbability] ?? [] })
    // The levels ascend: the first within reach has the most dropout.
    let bound = cost(best.statistics.mean) + best.statistics.standardError
    return .init(
      probabilityOfBest: zip(probabilities, isCandidate).map { $1 ? $0 : .nan },
      oneStandardErrorChoice: levels.firstIndex { level in
        level.best.map { $0.isComplete && cost($0.statistics.mean) <= bound } ?? false
      })
  }

  /// The configurations of an optimizer, or of all, that kept all of their seeds, by keep probability, the best first; none
  /// where there is one seed, which says nothing of a choice.
  func candidates(optimizer name: String?) -> [KeepProbability: [Configuration]] {
    guard seeds >= 2, let column = table.column("keep_probability") else { return [:] }
    let settings = column.values.map(\.keepProbability)
    let optimizer = table.column("optimizer")
    var candidates: [KeepProbability: [Configuration]] = [:]
    for configuration in configurations where configuration.isComplete {
      let code = column.codes[configuration.row]
      guard code >= 0, let setting = settings[Int(code)],
        name == nil || optimizer?[configuration.row]?.description == name
      else { continue }
      candidates[setting, default: []].append(configuration)
    }
    return candidates
  }

  /// What to add to the value of the best of these for having been chosen as it; see ``SelectionBias``. Nil with one seed.
  func selectionBias(amongComplete configurations: [Configuration]) -> Double? {
    guard seeds >= 2, !configurations.isEmpty else { return nil }
    return SelectionBias.bootstrap(configurations.map(costs(of:))).map {
      criterion.metric.higherIsBetter ? -$0 : $0
    }
  }

  /// The values of a complete configuration in the order of its seeds, the lower the better.
  func costs(of configuration: Configuration) -> [Double] { rows(of: configuration).map { cost(values[$0]) } }

  private func cost(_ value: Double) -> Double { criterion.metric.higherIsBetter ? -value : value }
}
