/// A mean whose variance is a sum of independent parts, each estimated from a sample of its own.
public struct MeanEstimate: Hashable, Sendable {
  public let mean: Double
  /// √ΣVᵢ.
  public let standardError: Double
  /// (ΣVᵢ)²/Σ(Vᵢ²/νᵢ). Source: F. E. Satterthwaite, "An approximate distribution of estimates of variance components",
  /// Biometrics Bulletin 2 (1946).
  public let degreesOfFreedom: Double
  public let scale: IntervalScale

  /// A part of the variance of a mean.
  struct Part {
    /// s²/n.
    var variance: Double
    var degreesOfFreedom: Double
  }

  /// Nil without parts.
  init?(mean: Double, _ parts: [Part], scale: IntervalScale = .linear) {
    guard let smallest = parts.map(\.degreesOfFreedom).min(), smallest > 0 else { return nil }
    let total = parts.reduce(0) { $0 + $1.variance }
    let ratio = total * total / parts.reduce(0) { $0 + $1.variance * $1.variance / $1.degreesOfFreedom }
    self.mean = mean
    standardError = total.squareRoot()
    // No noise at all, or too much for Double.
    degreesOfFreedom = ratio > 0 && ratio.isFinite ? ratio : smallest
    self.scale = scale
  }

  /// Nil where no noise was measured.
  public func confidenceInterval(level: Double = 0.95) -> Interval? {
    guard standardError != 0 else { return nil }
    let reach = StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + level) / 2) * standardError
    return scale.interval(around: mean, reach: reach)
  }
}

extension MeanEstimate.Part {
  /// Of a mean over seeds; nil for fewer than two.
  init?(seeds: SampleStatistics) {
    guard seeds.count >= 2 else { return nil }
    self.init(variance: seeds.standardError * seeds.standardError, degreesOfFreedom: Double(seeds.count - 1))
  }
}
