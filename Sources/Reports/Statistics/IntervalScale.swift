import RealModule

/// The scale on which a mean's interval is symmetric, so that no end of it leaves the range of what is measured.
///
/// By the delta method the standard error of g(x̄) is |g′(x̄)| times that of x̄; the ends of the interval around g(x̄) are
/// taken back by g⁻¹. Source: G. W. Oehlert, "A note on the delta method", The American Statistician 46 (1992).
public enum IntervalScale: String, Hashable, Sendable {
  case linear
  /// For what is over 0: x̄·exp(±r/x̄), r the reach of the linear interval.
  case log
  /// For shares: the odds x̄/(1 − x̄) times exp(±r/(x̄(1 − x̄))).
  case logit

  /// The interval of half the width `reach` on the linear scale; cut to the range where the mean lies on its edge.
  func interval(around mean: Double, reach: Double) -> Interval {
    switch self {
    case .linear: return Interval(lower: mean - reach, upper: mean + reach)
    case .log:
      guard mean > 0 else { return Interval(lower: max(0, mean - reach), upper: max(0, mean + reach)) }
      let factor = Double.exp(reach / mean)
      return Interval(lower: mean / factor, upper: mean * factor)
    case .logit:
      guard mean > 0, mean < 1 else {
        return Interval(lower: min(1, max(0, mean - reach)), upper: min(1, max(0, mean + reach)))
      }
      let factor = Double.exp(reach / (mean * (1 - mean)))
      return Interval(lower: mean / (mean + (1 - mean) * factor), upper: mean / (mean + (1 - mean) / factor))
    }
  }

  /// In words, for what is not linear.
  var words: String? {
    switch self {
    case .linear: nil
    case .log: "log scale"
    case .logit: "logit scale"
    }
  }
}

extension Criterion.Metric {
  /// By the range of the metric: shares lie in [0, 1]; losses, times and counts are not below 0.
  var intervalScale: IntervalScale {
    switch self {
    case .validationAccuracy, .trainAccuracy: .logit
    case .validationLoss, .trainLoss, .trainingSeconds, .totalSeconds, .steps, .gradients, .products, .epochs,
      .negativeEigenvalues, .conditionNumber:
      .log
    case .lambdaMax, .lambdaMin, .learningRateOverBound, .curvatureTrace: .linear
    }
  }
}
