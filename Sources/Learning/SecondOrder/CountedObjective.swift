import Curvature

/// Counts what a method asks of an objective.
///
/// A dense matrix counts as the products that would give it, one a parameter, and a diagonal as one product.
public final class CountedObjective: Objective {
  public let base: any Objective
  public private(set) var counts: EvaluationCounts

  public init(_ base: any Objective, counts: EvaluationCounts = EvaluationCounts()) {
    self.base = base
    self.counts = counts
  }

  public var dimension: Int { base.dimension }

  public func value(at w: [Double]) -> Double {
    counts.values += 1
    return base.value(at: w)
  }

  public func value(at w: [Double], gradient: inout [Double]) -> Double {
    counts.gradients += 1
    return base.value(at: w, gradient: &gradient)
  }

  public func curvature(_ form: CurvatureForm, at w: [Double]) -> any CurvatureMatrix {
    CountedMatrix(base.curvature(form, at: w)) { [self] in counts.products += $0 }
  }

  public func squaredDiagonal(at w: [Double]) -> [Double] {
    counts.products += 1
    return base.squaredDiagonal(at: w)
  }
}

/// What was asked of an objective.
public struct EvaluationCounts: Hashable, Sendable {
  /// Losses without gradients.
  public var values = 0
  /// Gradients, each with its loss.
  public var gradients = 0
  /// Hessian- or Gauss–Newton-vector products.
  public var products = 0

  public init() {}
}

private struct CountedMatrix: CurvatureMatrix {
  let base: any CurvatureMatrix
  let count: (Int) -> Void

  init(_ base: any CurvatureMatrix, _ count: @escaping (Int) -> Void) {
    self.base = base
    self.count = count
  }

  var dimension: Int { base.dimension }

  func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    count(1)
    base.apply(v, into: result)
  }

  func denseMatrix(limit: Int) throws(CurvatureError) -> SymmetricMatrix {
    count(dimension)
    return try base.denseMatrix(limit: limit)
  }

  func diagonal() -> [Double] {
    count(1)
    return base.diagonal()
  }
}
