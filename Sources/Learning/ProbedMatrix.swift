import Curvature

/// The matrix that a probe looks at, in the forms the probe needs it in.
public struct ProbedMatrix {
  let operation: CountingOperator
  /// The diagonal block of a layer.
  let layer: (Int) -> any SymmetricOperator
  /// Nil where there is nothing cheaper than the matrix itself.
  let diagonal: () -> [Double]?
  /// LeCun's approximation; nil where there is none.
  let squaredDiagonal: () -> [Double]?

  /// A network's matrix by directional passes.
  init<Operator: LinearizedOperator & CurvatureMatrix>(
    network operation: Operator, squaredDiagonal: @escaping (Operator) -> [Double]? = { _ in nil }
  ) {
    self.operation = CountingOperator(operation)
    layer = { operation.layer($0) }
    diagonal = { operation.diagonal() }
    self.squaredDiagonal = { squaredDiagonal(operation) }
  }

  /// A matrix of which only the products are known.
  init(
    products operation: any SymmetricOperator, layer: @escaping (any SymmetricOperator, Int) -> any SymmetricOperator
  ) {
    self.operation = CountingOperator(operation)
    self.layer = { layer(operation, $0) }
    diagonal = { nil }
    squaredDiagonal = { nil }
  }

  /// A matrix without layers.
  init(unlayered matrix: any CurvatureMatrix) {
    operation = CountingOperator(matrix)
    layer = { _ in matrix }
    diagonal = { matrix.diagonal() }
    squaredDiagonal = { nil }
  }

  /// P products: the asymmetry is that of all of the matrix.
  func dense(limit: Int) throws(CurvatureError) -> SymmetricMatrix { try SymmetricMatrix(operation, limit: limit) }
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
