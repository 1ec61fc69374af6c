/// What each effect explains of a response's variance, without what the seeds' noise makes of it.
///
/// The effect f̂_U of the means over S seeds holds the seeds' noise too: the mean square of it is V_U + s²_U/S, s²_U the
/// variance over the seeds of the effects that each seed has by itself. So V_U = (S·V̂_U(means) − mean of V̂_U(seed))/(S − 1),
/// which is the mean of the products of two seeds' effects, is free of it: of noise alone its expectation is 0, and it is
/// negative as often as not. Whatever runs of one seed have in common, and however noise differs between configurations,
/// makes no difference to that. On balanced data it is the expected mean squares' estimate in the mixed model with
/// the seed as random factor, each effect's error its interaction with the seed. Source: S. R. Searle, G. Casella, C. E.
/// McCulloch, "Variance Components" (1992), chapter 4.
public struct VarianceComponents: Hashable, Sendable {
  /// V_U of each term of the grid; may be negative.
  public let variances: [Double]
  /// P(F ≥ V̂_U(means)·(S − 1)/(mean of V̂_U(seed) − V̂_U(means))) with ν and ν(S − 1) degrees of freedom, of the repeated
  /// measures' analysis of variance; NaN for a term without degrees of freedom, and for one that all seeds agree on to
  /// rounding: there is no noise to test it against.
  public let pValues: [Double]
  /// Mean over the points of the variance over the seeds, with S − 1.
  public let seedVariance: Double

  /// - Parameter values: Of each seed, two or more, of each group, the response at each of its points.
  public init(_ grid: NestedGrid, _ values: [[[Double]]]) {
    precondition(values.count >= 2, "of one seed, noise cannot be told from effects")
    let seeds = Double(values.count)
    let means = grid.groups.indices.map { group in
      values[0][group].indices.map { point in SampleStatistics(values.map { $0[group][point] }).mean }
    }
    let ofMeans = grid.variances(means)
    // The mean of V̂_U(seed) − V̂_U(means), as the effects of each seed's deviations: effects are linear in the response.
    let ofDeviations = values.map { seed in
      grid.variances(zip(seed, means).map { zip($0, $1).map { $0 - $1 } })
    }
    let size = values.joined().joined().reduce(0) { max($0, $1.magnitude) }
    func rounded(_ variance: Double) -> Double {
      Rounding.covers(variance.magnitude.squareRoot(), of: size) ? 0 : variance
    }
    let noise = ofMeans.indices.map { term in
      rounded(max(0, ofDeviations.reduce(0) { $0 + $1[term] } / seeds))
    }
    variances = zip(ofMeans, noise).map { rounded($0 - $1 / (seeds - 1)) }
    pValues = grid.terms.indices.map { term in
      let degrees = Double(grid.terms[term].degreesOfFreedom)
      guard degrees > 0, noise[term] > 0 else { return .nan }
      return FDistribution(degrees, degrees * (seeds - 1)).upperTail(ofMeans[term] * (seeds - 1) / noise[term])
    }
    let within = grid.groups.indices.map { group in
      let deviations = values[0][group].indices.map { point in
        SampleStatistics(values.map { $0[group][point] }).standardDeviation
      }
      return deviations.meanSquare
    }
    seedVariance = within.reduce(0, +) / Double(within.count)
  }
}

/// Fisher's distribution of a ratio of two mean squares.
struct FDistribution {
  let numerator: Double
  let denominator: Double

  init(_ numerator: Double, _ denominator: Double) { (self.numerator, self.denominator) = (numerator, denominator) }

  /// P(F > f) = I_x(ν₂/2, ν₁/2), x = ν₂/(ν₂ + ν₁f) (DLMF 8.17, Abramowitz and Stegun 26.6.2). NaN: 0 of 0, which is nothing.
  func upperTail(_ f: Double) -> Double {
    if f.isNaN { return 1 }
    guard f.isFinite else { return 0 }
    let total = denominator + numerator * f
    return IncompleteBeta.regularized(
      denominator / total, complement: numerator * f / total, denominator / 2, numerator / 2)
  }
}
