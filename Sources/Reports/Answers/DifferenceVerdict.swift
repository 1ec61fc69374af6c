/// What can be said of the difference of two settings, each at its best configuration.
public enum DifferenceVerdict: String, Hashable, Sendable {
  case differs
  case insideNoise = "inside the noise"
  /// Without noise: all seeds give the same difference, to rounding.
  case differsInAllSeeds = "differs, alike in all seeds"
  case equal
  /// They differ, but more epochs or other learning rates could turn it.
  case notConverged = "not converged: cannot be told"
  /// They differ, but are of other samples: the difference holds what other samples make of a mean, which seeds do not tell.
  case otherSamples = "other samples: cannot be told"
  /// They are of other losses or problems, of which no difference says anything.
  case otherProblem = "other losses or problems: cannot be compared"
  /// They differ, but conditions chose runs by their results.
  case chosenByResult = "chosen by result: cannot be told"
  /// Fewer than two seeds on a side.
  case unknown = "cannot be told from one seed"

  /// At a significance of 5 %; withheld as ``KeepProbabilityAnswer/Verdict`` is.
  ///
  /// - Parameters:
  ///   - pValue: Of the comparison, adjusted where there are several.
  ///   - sides: Whether each side could still be better than it is.
  ///   - obstacle: What keeps the sides from being compared at all; nil where nothing does.
  init(
    _ comparison: MeanComparison?, pValue: Double, _ sides: [Convergence], obstacle: DifferenceVerdict?
  ) {
    let withheld = obstacle ?? (sides.allSatisfy(\.isConverged) ? nil : .notConverged)
    guard let comparison else {
      self = .unknown
      return
    }
    if comparison.isExact {
      self = comparison.difference == 0 ? .equal : withheld ?? .differsInAllSeeds
    } else {
      self = pValue >= 0.05 ? .insideNoise : withheld ?? .differs
    }
  }
}
