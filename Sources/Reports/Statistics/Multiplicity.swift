/// p-values of several comparisons made at once.
public enum Multiplicity {
  /// Holm's step-down adjustment: the j-th smallest of m p-values becomes max over i ≤ j of (m − i + 1)·pᵢ, at most 1.
  ///
  /// Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979).
  public static func holm(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var largest = 0.0
    for (position, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
      largest = max(largest, min(1, Double(pValues.count - position) * pValues[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}

/// How much better the winner of many looks than it is, from its own validation results.
public enum SelectionBias {
  /// (1/S)·Σ_s [v_s(ĉ) − v_s(ĉ_s)]: what the overall winner ĉ loses on each seed to the winner ĉ_s of that seed alone.
  ///
  /// Added to the winner's mean, it corrects for the choice. Source: R. J. Tibshirani, R. Tibshirani, "A bias correction
  /// for the minimum error rate in cross-validation", Ann. Appl. Stat. 3 (2009), with seeds in place of folds.
  /// - Parameter costs: Of each candidate on each of the same seeds, the lower the better.
  public static func tibshirani(_ costs: [[Double]]) -> Double {
    guard let seeds = costs.first?.count, seeds > 0 else { return .nan }
    let winner = costs.min { SampleStatistics($0).mean < SampleStatistics($1).mean }!
    let losses = (0..<seeds).map { seed in winner[seed] - costs.lazy.map { $0[seed] }.min()! }
    return losses.reduce(0, +) / Double(seeds)
  }
}
