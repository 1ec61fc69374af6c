import RealModule

/// Variances of several samples, each drawn towards what they have in common, as far as they have anything in common.
///
/// With s²ⱼ of ν degrees of freedom each, and true variances whose inverse is scaled χ² around 1/s²₀ with ν₀ degrees of freedom,
/// the variance of sample j given s²ⱼ is (ν₀s²₀ + νs²ⱼ)/(ν₀ + ν). ν₀ and s²₀ are those that give the ln s²ⱼ the mean and the
/// variance that they have: where the s²ⱼ differ by no more than equal variances would, ν₀ is infinite, and all are s²₀,
/// their mean.
///
/// Source: G. K. Smyth, "Linear models and empirical Bayes methods for assessing differential expression in microarray
/// experiments", Statistical Applications in Genetics and Molecular Biology 3 (2004), section 6.2.
enum ModeratedVariances {
  /// - Parameters:
  ///   - variances: Of each sample; those of 0 stay 0 and say nothing of the others.
  ///   - degreesOfFreedom: Of each variance, at least 1.
  static func estimate(_ variances: [Double], degreesOfFreedom: Double) -> [Double] {
    let positive = variances.filter { $0 > 0 }
    guard positive.count >= 2 else { return variances }
    let offset = digamma(degreesOfFreedom / 2) - .log(degreesOfFreedom / 2)
    let logarithms = SampleStatistics(positive.map { .log($0) - offset })
    let spread = logarithms.standardDeviation * logarithms.standardDeviation - trigamma(degreesOfFreedom / 2)
    guard spread > 0 else {
      let mean = SampleStatistics(positive).mean
      return variances.map { $0 > 0 ? mean : 0 }
    }
    let prior = 2 * inverseTrigamma(spread)
    let center = Double.exp(logarithms.mean + digamma(prior / 2) - .log(prior / 2))
    return variances.map { $0 > 0 ? (prior * center + degreesOfFreedom * $0) / (prior + degreesOfFreedom) : 0 }
  }

  /// The derivative of ln Γ for x > 0: DLMF 5.5.2 up to 10, from there 5.11.2.
  static func digamma(_ x: Double) -> Double {
    var (x, sum) = (x, 0.0)
    while x < 10 {
      sum -= 1 / x
      x += 1
    }
    let inverse = 1 / (x * x)
    let series =
      inverse * (1 / 12.0 - inverse * (1 / 120.0 - inverse * (1 / 252.0 - inverse * (1 / 240.0 - inverse / 132))))
    return sum + .log(x) - 0.5 / x - series
  }

  /// The derivative of ``digamma(_:)`` for x > 0: DLMF 5.15.5 up to 10, from there 5.15.8.
  static func trigamma(_ x: Double) -> Double {
    var (x, sum) = (x, 0.0)
    while x < 10 {
      sum += 1 / (x * x)
      x += 1
    }
    let inverse = 1 / (x * x)
    let series =
      inverse * (1 / 6.0 - inverse * (1 / 30.0 - inverse * (1 / 42.0 - inverse * (1 / 30.0 - inverse * 5 / 66))))
    return sum + 1 / x + 0.5 * inverse + series / x
  }

  /// x with ψ′(x) = y for y > 0: ψ′ falls from ∞ to 0, and between 1/x and 1/x + 1/x².
  static func inverseTrigamma(_ y: Double) -> Double {
    var lower = 1 / y
    var upper = (1 + (1 + 4 * y).squareRoot()) / (2 * y)
    while true {
      let middle = lower + (upper - lower) / 2
      guard middle > lower, middle < upper else { return middle }
      if trigamma(middle) > y { lower = middle } else { upper = middle }
    }
  }
}
