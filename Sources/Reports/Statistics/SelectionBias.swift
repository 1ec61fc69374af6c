import RandomNumbers

/// How much better the winner of many looks than it is, from its own validation results.
public enum SelectionBias {
  public static let draws = 1000

  /// At most this many of the best candidates are chosen among in a draw.
  static let candidates = 1000

  /// What to add to the mean of the winner ĉ over S seeds: how far the winner ĉ* of a resample of the seeds lies, on average,
  /// under its own mean over all of them, in units of the winner's noise.
  ///
  /// With x̄ the means over the seeds and x̄* those over S seeds drawn with replacement, the same for all candidates, the draw
  /// is x̃ = x̄ + √(S/(S − 1))·(x̄* − x̄), whose variance around x̄ is s²/S, ĉ* is the candidate with the smallest x̃, and the
  /// bias the mean of r(ĉ*)·(x̄ − x̃)(ĉ*). To each draw (x̃ − x̄)(ĉ) is added, whose mean is 0: it is nothing then where ĉ wins
  /// again. With few seeds and many equal candidates a part of the bias stays, since the means of the sample differ already:
  /// docs/statistics.md has by how much.
  ///
  /// r(j) = s(ĉ)/s(j) makes of a rival's luck the winner's: a winner that varies little is not lucky by what a noisy rival would
  /// have been. The s² are ``ModeratedVariances``, without which the few seeds' own s would make rivals of equal noise
  /// unequal; where the winner's s² is so small that chance has it in one of forty, it counts as it is.
  ///
  /// Sources: B. Efron, R. J. Tibshirani, "An introduction to the bootstrap" (1993), chapter 10, for the bias; J. N. K. Rao,
  /// C. F. J. Wu, "Resampling inference with complex survey data", JASA 83 (1988), for the factor.
  ///
  /// - Parameter costs: Of each candidate on each of the same seeds, the lower the better.
  /// - Returns: At least 0; nil for fewer than two seeds.
  public static func bootstrap(_ costs: [[Double]]) -> Double? {
    guard let seeds = costs.first?.count, seeds >= 2 else { return nil }
    precondition(costs.allSatisfy { $0.count == seeds })
    let rivals = rivals(costs, seeds: seeds)
    let ratios = ratios(rivals.map { SampleStatistics($0.costs).standardDeviation }, seeds: seeds)
    var stream = RandomStream(RandomKey(seed: 0, purpose: .resampling))
    let factor = factor(seeds: seeds)
    var weights = [Double](repeating: 0, count: seeds)
    var bias = 0.0
    for _ in 0..<draws {
      // What a seed counts in x̃, less what it counts in x̄.
      for seed in weights.indices { weights[seed] = -factor / Double(seeds) }
      for _ in 0..<seeds { weights[stream.nextIndex(below: seeds)] += factor / Double(seeds) }
      let shifts = rivals.map { rival in
        weights.indices.reduce(0) { $0 + weights[$1] * rival.costs[$1] }
      }
      let best = rivals.indices.min { rivals[$0].mean + shifts[$0] < rivals[$1].mean + shifts[$1] }!
      bias += shifts[0] - ratios[best] * shifts[best]
    }
    return max(0, bias / Double(draws))
  }

  /// The winner's deviation in those of all rivals, of which it is the first.
  private static func ratios(_ deviations: [Double], seeds: Int) -> [Double] {
    let variances = deviations.map { $0 * $0 }
    let degrees = Double(seeds - 1)
    let moderated = ModeratedVariances.estimate(variances, degreesOfFreedom: degrees)
    let distribution = FDistribution(degrees, degrees * Double(deviations.count))
    let isUnusual = variances[0] > 0 && distribution.upperTail(variances[0] / moderated[0]) > 0.975
    let winner = isUnusual ? variances[0] : moderated[0]
    return moderated.indices.map { index in
      index == 0 || moderated[index] == 0 ? 1 : (winner / moderated[index]).squareRoot()
    }
  }

  private static func factor(seeds: Int) -> Double { (Double(seeds) / Double(seeds - 1)).squareRoot() }

  /// The winner, and the candidates that some draw could choose in its place, costs less their mean: those that are not behind the winner in every draw,
  /// whose x̃ differs from the winner's by at least the smallest difference on a seed.
  private static func rivals(_ costs: [[Double]], seeds: Int) -> [(mean: Double, costs: [Double])] {
    let means = costs.map { SampleStatistics($0).mean }
    let order = costs.indices.sorted { (means[$0], $0) < (means[$1], $1) }
    let winner = order[0]
    let possible = order.filter { candidate in
      let behind = means[candidate] - means[winner]
      let smallest = zip(costs[candidate], costs[winner]).reduce(Double.infinity) { min($0, $1.0 - $1.1) }
      return behind + factor(seeds: seeds) * (smallest - behind) <= 0
    }
    return possible.prefix(candidates).map { index in (means[index], costs[index].map { $0 - means[index] }) }
  }
}
