import Curvature
import Kernels

/// The largest algebraic eigenvalue of a network's curvature, started on a few of the samples.
///
/// The principal vector of a small random share of the samples is near that of all of them, and costs that share of the
/// work. Each level starts Lanczos from the vector of the one before; the last one takes every sample, and its residual
/// is the one reported, so a sample that misleads costs products, not accuracy.
public struct PrincipalEigenvalue: Hashable, Sendable {
  /// Residual over |λ| at which the value has converged.
  public var tolerance: Double
  public var maximumProducts: Int
  /// What the number of samples is divided by, level by level.
  public var divisors: [Int]
  /// A level of fewer samples is left out.
  public var smallestSample: Int

  public init(
    tolerance: Double = 1e-3, maximumProducts: Int = 500, divisors: [Int] = [32, 4], smallestSample: Int = 128
  ) {
    precondition(tolerance > 0 && divisors.allSatisfy { $0 > 1 })
    self.tolerance = tolerance
    self.maximumProducts = maximumProducts
    self.divisors = divisors
    self.smallestSample = smallestSample
  }

  public struct Result: Hashable, Sendable {
    public var pair: Eigenpair
    /// Products over all samples.
    public var products: Int
    /// Products over shares of them.
    public var sampledProducts: Int
  }

  /// - Parameters:
  ///   - start: A vector near the principal one, such as that of an earlier probe; the levels are then left out.
  /// - Throws: ``CurvatureError/notFinite(what:)``.
  public func eigenpair<S: Scalar>(
    of surface: LossSurface<S>, form: CurvatureForm = .hessian, seed: UInt64, start: [Double]? = nil,
    keepsVector: Bool = false, memoryBudget: Int = LinearizationMemory.standard
  ) throws(CurvatureError) -> Result {
    var vector = start
    var sampled = 0
    for divisor in start == nil ? divisors : [] {
      let count = surface.sampleCount / divisor
      guard count >= smallestSample else { continue }
      let found = try search(
        LinearizedMatrix.make(surface.sample(of: count, seed: seed), form, memoryBudget), seed, vector,
        // Closer than the sampling error is no use to the next level.
        tolerance: max(tolerance, 1 / Double(count).squareRoot()))
      vector = found.largest.first?.vector
      sampled += found.products
    }
    let found = try search(
      LinearizedMatrix.make(surface, form, memoryBudget), seed, vector, tolerance: tolerance)
    guard var pair = found.largest.first else { throw .notFinite(what: "the principal eigenvalue") }
    if !keepsVector { pair.vector = nil }
    return Result(pair: pair, products: found.products, sampledProducts: sampled)
  }

  private func search(
    _ operation: any SymmetricOperator, _ seed: UInt64, _ start: [Double]?, tolerance: Double
  ) throws(CurvatureError) -> Lanczos.Result {
    try Lanczos(tolerance: tolerance, maximumProducts: maximumProducts).eigenpairs(
      of: operation, seed: seed, start: start, keepsVectors: true)
  }
}

/// Makes the operator of a form.
enum LinearizedMatrix {
  static func make<S>(
    _ surface: LossSurface<S>, _ form: CurvatureForm, _ memoryBudget: Int
  ) -> any LinearizedOperator<S> {
    switch form {
    case .hessian: HessianOperator(surface, memoryBudget: memoryBudget)
    case .gaussNewton: GaussNewtonOperator(surface, memoryBudget: memoryBudget)
    }
  }
}

extension LossSurface {
  /// The same loss over a random share of the samples, without dropout masks where there are some.
  func sample(of count: Int, seed: UInt64) -> LossSurface<S> {
    let chosen = CurvatureProbe.rows(count, of: sampleCount, seed: seed) ?? (0..<Int32(sampleCount)).map { $0 }
    return LossSurface(
      network: network, loss: loss, dropout: dropout, l2: l2, parameters: parameters, samples: samples,
      rows: chosen.map { rows?[Int($0)] ?? $0 })
  }
}
