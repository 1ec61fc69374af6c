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
