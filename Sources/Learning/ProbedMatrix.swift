import Curvature
import Kernels

/// The matrix that a probe looks at, in the forms the probe needs it in.
struct ProbedMatrix<S: Scalar> {
  let surface: LossSurface<S>
  let operation: CountingOperator
  private let linearized: (any LinearizedOperator<S>)?

  init(_ kind: CurvatureProbe.Matrix, _ surface: LossSurface<S>, memoryBudget: Int) {
    self.surface = surface
    switch kind {
    case .hessian: linearized = HessianOperator(surface, memoryBudget: memoryBudget)
    case .gaussNewton: linearized = GaussNewtonOperator(surface, memoryBudget: memoryBudget)
    case .finiteDifferences: linearized = nil
    }
    operation = CountingOperator(linearized ?? FiniteDifferenceOperator(surface))
  }

  func layer(_ index: Int) -> any SymmetricOperator {
    if let linearized { return linearized.layer(index) }
    let layer = surface.network.layers[index]
    return BlockOperator(
      operation.base, range: layer.kernelOffset..<layer.kernelOffset + layer.parameterCount)
  }

  /// P products: the asymmetry is that of all of the matrix.
  func dense(limit: Int) throws(CurvatureError) -> SymmetricMatrix { try SymmetricMatrix(operation, limit: limit) }

  func diagonal() -> [Double]? { linearized?.diagonal() }

  func squaredDiagonal() -> [Double]? { (linearized as? GaussNewtonOperator<S>)?.squaredDiagonal() }
}

/// Counts the products with an operator.
final class CountingOperator: SymmetricOperator {
  let base: any SymmetricOperator
  private(set) var products = 0

  init(_ base: any SymmetricOperator) { self.base = base }

  var dimension: Int { base.dimension }

  func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    products += 1
    base.apply(v, into: result)
  }
}
