/// The difference of two means with its noise, by Student's paired or Welch's unpaired t test.
///
/// What the values differ by in rounding alone is no difference, and no noise.
public struct MeanComparison: Hashable, Sendable {
  public enum Method: String, Hashable, Sendable {
    /// Both settings ran with the same seeds: the differences seed by seed are the sample.
    case paired
    /// No shared seeds: unequal variances.
    case welch
    /// Paired, with the variance over samples added, of which all seeds share the same: a difference on new ones.
    case pairedNewSamples = "paired_new_samples"
  }

  public let method: Method
  /// Sizes of the two samples; equal when paired.
  public let counts: [Int]
  /// First mean minus second.
  public let difference: Double
  public let standardError: Double
  public let degreesOfFreedom: Double

  /// Paired test of equally long samples in the same order of seeds; nil for fewer than two pairs.
  public static func paired(_ first: [Double], _ second: [Double]) -> Self? {
    precondition(first.count == second.count, "paired samples have the same seeds")
    let differences = SampleStatistics(zip(first, second).map { $0 - $1 })
    guard differences.count >= 2 else { return nil }
    let size = (first + second).reduce(0) { max($0, $1.magnitude) }
    let hasNoise = !Rounding.covers(differences.maximum - differences.minimum, of: size)
    return Self(
      method: .paired, counts: [first.count, first.count],
      difference: hasNoise ? differences.mean : exact(differences.mean, of: size),
      standardError: hasNoise ? differences.standardError : 0, degreesOfFreedom: Double(first.count - 1))
  }

  /// A difference without noise.
  private static func exact(_ difference: Double, of size: Double) -> Double {
    Rounding.covers(difference, of: size) ? 0 : difference
  }

  /// Welch's test, with the degrees of freedom of Welch and Satterthwaite; nil where a sample has fewer than two values.
  ///
  /// Source: B. L. Welch, Biometrika 34 (1947).
  public static func welch(_ first: SampleStatistics, _ second: SampleStatistics) -> Self? {
    guard first.count >= 2, second.count >= 2 else { return nil }
    let variances = [first, second].map { $0.standardError * $0.standardError }
    let total = variances[0] + variances[1]
    let scale = zip(variances, [first, second]).reduce(0) { $0 + $1.0 * $1.0 / Double($1.1.count - 1) }
    let ratio = total * total / scale
    return Self(
      method: .welch, counts: [first.count, second.count],
      difference: total > 0
        ? first.mean - second.mean
        : exact(first.mean - second.mean, of: max(first.mean.magnitude, second.mean.magnitude)),
      standardError: total.squareRoot(),
      // No noise at all, or too much for Double: the degrees of freedom of equal variances.
      degreesOfFreedom: ratio > 0 && ratio.isFinite ? ratio : Double(first.count + second.count - 2))
  }

  /// With something added to the difference, whose own noise is taken for none.
  func shifted(by shift: Double) -> Self {
    Self(
      method: method, counts: counts, difference: difference + shift, standardError: standardError,
      degreesOfFreedom: degreesOfFreedom)
  }

  /// Whether every seed gives the same difference to rounding: there is no noise to test it against.
  public var isExact: Bool { standardError == 0 }

  /// Two-sided p-value. Where no noise was measured: 1 for equal means, 0 for different ones.
  public var pValue: Double {
    if standardError == 0 { return difference == 0 ? 1 : 0 }
    return StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedPValue(difference / standardError)
  }

  /// Nil where no noise was measured: that is not to know the difference without error.
  public func confidenceInterval(level: Double = 0.95) -> Interval? {
    guard !isExact else { return nil }
    let reach = StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + level) / 2) * standardError
    return Interval(lower: difference - reach, upper: difference + reach)
  }

  /// Whether the difference is larger than its noise at the given significance.
  public func isLargerThanNoise(significance: Double = 0.05) -> Bool { pValue < significance }
}
