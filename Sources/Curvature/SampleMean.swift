/// A mean of independent numbers and how far it may be off.
public struct SampleMean: Hashable, Sendable {
  public let mean: Double
  /// s/√n with s² = Σ(x − x̄)²/(n − 1); NaN for fewer than two numbers.
  public let standardError: Double
  public let count: Int

  public init(_ values: some Collection<Double>) {
    count = values.count
    let total = values.reduce(0, +)
    let mean = total / Double(values.count)
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = count < 2 ? .nan : (squares / Double(count - 1) / Double(count)).squareRoot()
  }
}
