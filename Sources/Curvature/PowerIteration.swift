import Kernels

/// The eigenvalue of largest magnitude by the power method: v ← Av/‖Av‖, λ̂ = vᵀAv.
///
/// It stops on the residual ‖Av − λ̂v‖, not on the change of the estimate, which becomes small long before the error
/// does. The value carries its sign: it is the largest algebraic eigenvalue only where it is positive.
public struct PowerIteration: Hashable, Sendable {
  /// The pair has converged when its residual is at most this times |λ̂|.
  public var tolerance: Double
  public var maximumProducts: Int

  public init(tolerance: Double = 1e-4, maximumProducts: Int = 1_000) {
    precondition(tolerance > 0 && maximumProducts > 0)
    self.tolerance = tolerance
    self.maximumProducts = maximumProducts
  }

  public struct Result: Hashable, Sendable {
    /// The value with its sign; its residual bounds its error against the nearest eigenvalue.
    public var pair: Eigenpair
    public var products: Int
  }

  /// - Parameters:
  ///   - seed: Keys the random start.
  ///   - start: The first vector, of any length; nil for a random one.
  /// - Throws: ``CurvatureError/notFinite(what:)``.
  public func eigenpair(
    of operation: any SymmetricOperator, seed: UInt64, start: [Double]? = nil, keepsVector: Bool = false
  ) throws(CurvatureError) -> Result {
    let dimension = operation.dimension
    let v = VectorStorage(count: dimension)
    let image = VectorStorage(count: dimension)
    if let start {
      precondition(start.count == dimension)
      for (index, value) in start.enumerated() { v.pointer[index] = value }
      scale(v.pointer, by: 1 / norm(v.pointer, count: dimension), count: dimension)
    } else {
      var stream = ProbeStream.power.stream(seed: seed)
      stream.fillUnitVector(v.pointer, count: dimension)
    }
    var products = 0
    while true {
      operation.apply(v.pointer, into: image.pointer)
      products += 1
      let value = dot(v.pointer, image.pointer, count: dimension)
      let length = norm(image.pointer, count: dimension)
      guard length.isFinite else { throw .notFinite(what: "a product of the operator") }
      let residual = residualNorm(image.pointer, minus: value, times: v.pointer, count: dimension)
      let hasConverged = residual <= tolerance * abs(value) || length == 0
      if hasConverged || products == maximumProducts {
        let pair = Eigenpair(
          value: value, residual: residual, converged: hasConverged, vector: keepsVector ? v.array : nil)
        return Result(pair: pair, products: products)
      }
      for index in 0..<dimension { v.pointer[index] = image.pointer[index] / length }
    }
  }
}
