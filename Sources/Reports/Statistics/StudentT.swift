import RealModule

/// Student's t distribution with ν > 0 degrees of freedom, not necessarily an integer.
public struct StudentT: Hashable, Sendable {
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0 && degreesOfFreedom.isFinite, "degrees of freedom must be positive")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(T > t) = ½ I_x(ν/2, ½), x = ν/(ν + t²), for t ≥ 0 (DLMF 8.17, Abramowitz and Stegun 26.7.1).
  public func upperTail(_ t: Double) -> Double {
    if t.isNaN { return .nan }
    guard t >= 0 else { return 1 - upperTail(-t) }
    let square = t * t
    guard square.isFinite else { return 0 }
    let total = degreesOfFreedom + square
    return 0.5
      * IncompleteBeta.regularized(
        degreesOfFreedom / total, complement: square / total, degreesOfFreedom / 2, 0.5)
  }

  /// P(|T| > |t|), the p-value of a two-sided test.
  public func twoSidedPValue(_ t: Double) -> Double { min(1, 2 * upperTail(t.magnitude)) }

  /// P(T ≤ t).
  public func cumulative(_ t: Double) -> Double { t < 0 ? upperTail(-t) : 1 - upperTail(t) }

  /// (1 + t²/ν)^(−(ν+1)/2) / (√ν·B(ν/2, ½)).
  public func density(_ t: Double) -> Double {
    let nu = degreesOfFreedom
    return .exp(-IncompleteBeta.logBeta(nu / 2, 0.5) - 0.5 * .log(nu) - (nu + 1) / 2 * .log(onePlus: t * t / nu))
  }

  /// The t with P(T ≤ t) = `probability`, for 0 < probability < 1.
  ///
  /// The upper tail is convex and falls for t ≥ 0, so Newton's method started at 0 climbs to the root from the left and
  /// never oversteps it.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile's probability lies inside (0, 1)")
    if probability < 0.5 { return -upperQuantile(tail: probability) }
    return upperQuantile(tail: 1 - probability)
  }

  private func upperQuantile(tail: Double) -> Double {
    var t = 0.0
    for _ in 0..<1000 {
      let step = (upperTail(t) - tail) / density(t)
      let next = t + step
      if !(next > t) { break }
      t = next
      if step < 4 * t.ulp { break }
    }
    return t
  }
}
