/// Location and spread of a sample. Sums run in the order of the values, so equal input gives equal bits.
public struct SampleStatistics: Hashable, Sendable {
  public let count: Int
  /// x̄ = Σx/n; NaN for an empty sample.
  public let mean: Double
  /// √(Σ(x − x̄)²/(n − 1)); NaN for fewer than two values, 0 where they differ by rounding alone.
  public let standardDeviation: Double
  public let median: Double
  public let minimum: Double
  public let maximum: Double

  /// Values must be finite: what cannot be compared is left out by the caller.
  public init(_ values: some Collection<Double>) {
    count = values.count
    guard !values.isEmpty else {
      (mean, standardDeviation, median, minimum, maximum) = (.nan, .nan, .nan, .nan, .nan)
      return
    }
    let size = Double(count)
    let rough = values.reduce(0, +) / size
    // The second pass takes away what rounding left in the first.
    let mean = rough + values.reduce(0) { $0 + ($1 - rough) } / size
    self.mean = mean
    let sorted = values.sorted()
    minimum = sorted[0]
    maximum = sorted[count - 1]
    let isConstant = Rounding.covers(maximum - minimum, of: max(maximum.magnitude, minimum.magnitude))
    standardDeviation =
      count < 2
      ? .nan : isConstant ? 0 : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (size - 1)).squareRoot()
    let middle = count / 2
    median =
      count.isMultiple(of: 2) ? sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2 : sorted[middle]
  }

  /// s/√n; NaN for fewer than two values.
  public var standardError: Double { standardDeviation / Double(count).squareRoot() }

  /// Student's interval x̄ ± t(n − 1, (1 + level)/2)·s/√n, on a scale that keeps it in the range of what is measured; nil for
  /// fewer than two values, and for equal ones, which show no noise and say nothing of how much there is.
  public func confidenceInterval(level: Double = 0.95, on scale: IntervalScale = .linear) -> Interval? {
    guard count >= 2, standardDeviation != 0 else { return nil }
    let reach = StudentT(degreesOfFreedom: Double(count - 1)).quantile((1 + level) / 2) * standardError
    return scale.interval(around: mean, reach: reach)
  }
}

/// What means of the same numbers may differ by where they are added in another order.
enum Rounding {
  /// Relative: 512 units in the last place, the error of 512 additions at worst and of 2¹⁸ at their typical size.
  static let tolerance = 512 * Double.ulpOfOne

  /// Whether a difference of values of this magnitude is none.
  static func covers(_ difference: Double, of magnitude: Double) -> Bool {
    difference.magnitude <= tolerance * magnitude
  }

  /// Ascending values, those that differ from the first of a stretch by rounding alone set to it.
  static func merged(_ ascending: [Double]) -> [Double] {
    var first = ascending.first ?? .nan
    return ascending.map { value in
      if !covers(value - first, of: max(value.magnitude, first.magnitude)) { first = value }
      return first
    }
  }
}

/// The two ends of a confidence interval.
public struct Interval: Hashable, Sendable {
  public let lower: Double
  public let upper: Double
}
