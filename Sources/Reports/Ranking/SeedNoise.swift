extension Ranking {
  /// A rank that the seeds do not tell from the first.
  public struct RankInsideNoise: Sendable {
    /// From 2 on.
    public let rank: Int
    /// It minus the winner.
    public let comparison: MeanComparison
  }

  /// Which of the ranks 2 to `shown` are not told from the winner at a significance of 5 %, by paired t tests over the seeds
  /// with Holm's adjustment for all of them.
  public func ranksInsideNoise(shown: Int) -> [RankInsideNoise] {
    guard let winner else { return [] }
    let compared = configurations.prefix(shown).indices.dropFirst().compactMap { index -> RankInsideNoise? in
      guard configurations[index].isRanked else { return nil }
      return compare(configurations[index], with: winner).map { RankInsideNoise(rank: index + 1, comparison: $0) }
    }
    let adjusted = Multiplicity.holm(compared.map(\.comparison.pValue))
    return zip(compared, adjusted).filter { $0.1 >= 0.05 }.map(\.0)
  }

  /// Fewer than two seeds, or ranks that the seeds do not tell from the first.
  func seedNoise(_ winner: Configuration, shown: Int) -> Warning? {
    if winner.statistics.count < 2 {
      return Warning(
        kind: .tooFewSeeds,
        message: "The best configuration has a single seed: no difference here can be told from noise."
          + " Run at least two, better three or more.")
    }
    let ranks = ranksInsideNoise(shown: shown)
    guard let first = ranks.first else { return nil }
    let compared = configurations.prefix(shown).count(where: \.isRanked) - 1
    let adjustment = compared > 1 ? ", p-values adjusted for \(compared) comparisons" : ""
    let difference = first.comparison.difference.magnitude
    let behind =
      first.comparison.isExact && difference == 0
      ? "has the same values"
      : "is \(NumberText.measurement(difference, first.comparison.standardError)) behind (p-value"
        + " \(NumberText.pValue(first.comparison.pValue)) by itself)"
    return Warning(
      kind: .insideSeedNoise,
      message: "\(Self.list(ranks.map(\.rank))) not told from rank 1 by these seeds (of the first \(compared + 1)"
        + "\(adjustment)): rank \(first.rank) \(behind).")
  }

  /// For example "Ranks 2 to 5, 7 and 9 are" or "Rank 2 is".
  private static func list(_ ranks: [Int]) -> String {
    guard ranks.count > 1 else { return "Rank \(ranks[0]) is" }
    var runs: [ClosedRange<Int>] = []
    for rank in ranks {
      if let last = runs.last, last.upperBound == rank - 1 {
        runs[runs.count - 1] = last.lowerBound...rank
      } else {
        runs.append(rank...rank)
      }
    }
    let parts = runs.flatMap { run in
      switch run.count {
      case 1: ["\(run.lowerBound)"]
      case 2: ["\(run.lowerBound)", "\(run.upperBound)"]
      default: ["\(run.lowerBound) to \(run.upperBound)"]
      }
    }
    let text = parts.count == 1 ? parts[0] : parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1]
    return "Ranks \(text) are"
  }
}
