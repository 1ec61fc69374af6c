import Curvature

/// Counts what a method asks of an objective, and times it.
///
/// A matrix or a diagonal that takes no products counts as those that take as many operations.
public final class CountedObjective: Objective {
  public let base: any Objective
  public private(set) var counts: EvaluationCounts
  public private(set) var times = EvaluationTimes()

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
    let started = ThreadClock.seconds
    defer { times.gradients += ThreadClock.seconds - started }
    return base.value(at: w, gradient: &gradient)
  }

  public func curvature(_ form: CurvatureForm, at w: [Double]) -> any CurvatureMatrix {
    CountedMatrix(timed { base.curvature(form, at: w) }, self)
  }

  public func squaredDiagonal(at w: [Double]) -> [Double] {
    counts.products += 1
    return timed { base.squaredDiagonal(at: w) }
  }

  /// Work on curvature that counts as these products, to whole ones.
  fileprivate func count<Result, Failure: Error>(
    products: Double, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    counts.products += max(1, Int(products.rounded()))
    return try timed(body)
  }

  private func timed<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let started = ThreadClock.seconds
    defer { times.products += ThreadClock.seconds - started }
    return try body()
  }
}

/// What was asked of an objective.
public struct EvaluationCounts: Hashable, Sendable {
  /// Losses without gradients.
  public var values = 0
  /// Gradients, each with its loss.
  public var gradients = 0
  /// Hessian- or Gauss–Newton-vector products, and matrices by the products that take as many operations.
  public var products = 0

  public init() {}
}

/// How long the thread computed what was asked of an objective, in seconds.
public struct EvaluationTimes: Hashable, Sendable {
  public var gradients = 0.0
  /// Products, matrices and diagonals, and what makes them ready.
  public var products = 0.0

  public init() {}
}

private struct CountedMatrix: CurvatureMatrix {
  let base: any CurvatureMatrix
  let objective: CountedObjective

  init(_ base: any CurvatureMatrix, _ objective: CountedObjective) {
    self.base = base
    self.objective = objective
  }

  var dimension: Int { base.dimension }
  var denseProducts: Double { base.denseProducts }
  var diagonalProducts: Double { base.diagonalProducts }

  func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    objective.count(products: 1) { base.apply(v, into: result) }
  }

  func denseMatrix(limit: Int) throws(CurvatureError) -> SymmetricMatrix {
    try objective.count(products: denseProducts) { () throws(CurvatureError) in try base.denseMatrix(limit: limit) }
  }

  func diagonal() -> [Double] { objective.count(products: diagonalProducts) { base.diagonal() } }
}
