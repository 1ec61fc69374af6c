/// What can be said of the difference of two settings, each at its best configuration.
public enum DifferenceVerdict: String, Hashable, Sendable {
  case differs
  case insideNoise = "inside the noise"
  /// Without noise: all seeds give the same difference, to rounding.
  case differsInAllSeeds = "differs, alike in all seeds"
  case equal
  /// They differ, but more epochs or other learning rates could turn it.
  case notConverged = "not converged: cannot be told"
  /// Fewer than two seeds on a side.
  case unknown = "cannot be told from one seed"

  /// At a significance of 5 %; withheld as ``KeepProbabilityAnswer/Verdict`` is.
  ///
  /// - Parameters:
  ///   - pValue: Of the comparison, adjusted where there are several.
  ///   - sides: Whether each side could still be better than it is.
  init(_ comparison: MeanComparison?, pValue: Double, _ sides: [Convergence]) {
    let isConverged = sides.allSatisfy(\.isConverged)
    guard let comparison else {
      self = .unknown
      return
    }
    if comparison.isExact {
      self = comparison.difference == 0 ? .equal : isConverged ? .differsInAllSeeds : .notConverged
    } else {
      self = pValue >= 0.05 ? .insideNoise : isConverged ? .differs : .notConverged
    }
  }
}
