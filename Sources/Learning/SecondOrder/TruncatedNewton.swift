import Curvature
import Kernels
import Settings

/// d by conjugate gradients on Hd = −g, to min(½, √‖g‖)·‖g‖. Nocedal and Wright (2006), algorithm 7.1.
public struct TruncatedNewton: SearchingMethod {
  public static let name = "truncated_newton"
  public static let summary =
    "d by conjugate gradients on Hd = −g, to min(½, √‖g‖)·‖g‖. Nocedal and Wright (2006), algorithm 7.1."
  public static let otherNames = ["newtoncg", "tnc", "hessianfree", "hf"]
  public static let settings: [Setting<Self>] =
    [
      .whole("maximum_inner", \.maximumInner, in: 1..<1_000_000, "products an inner iteration may take")
    ] + Setting.wolfe + [
      .choice("matrix", \.matrix, "whose products the inner iteration takes"), .search(),
    ] + Setting.batches
  /// Iterations that a step usually takes.
  private static let typicalInner = 20.0
  public static func gradients(of step: StepWork) -> Double { 2 + 1.3 * typicalInner }
  public static func updateOperations(of step: StepWork) -> Double { 10 * typicalInner }

  public var maximumInner = 250
  public var matrix = CurvatureForm.hessian
  public var search = LineSearch(.strongWolfe)
  public var batch = BatchSettings()

  public init() {}

  public var memory: SecondOrderMemory { .init(doubleVectors: 6, vectors: 9) }

  public func makeState() -> any SecondOrderState {
    TruncatedNewtonState(form: matrix, maximumInnerIterations: maximumInner, search: search)
  }
}

/// Newton's direction by conjugate gradients on A·d = −g, left before it is exact: products only, no matrix.
///
/// Nocedal and Wright (2006), algorithm 7.1: the inner iteration ends where ‖A·d + g‖ ≤ min(½, √‖g‖)·‖g‖, or where it
/// meets a direction of no positive curvature, with what it has by then, −g in the first iteration.
public final class TruncatedNewtonState: SecondOrderState {
  private let form: CurvatureForm
  private let maximumInnerIterations: Int
  private let search: LineSearch

  public init(
    form: CurvatureForm = .hessian, maximumInnerIterations: Int = 250, search: LineSearch = LineSearch(.strongWolfe)
  ) {
    precondition(maximumInnerIterations > 0)
    self.form = form
    self.maximumInnerIterations = maximumInnerIterations
    self.search = search
  }

  public func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport {
    var report = StepReport()
    let matrix = objective.curvature(form, at: point.parameters)
    let direction = try solve(matrix, point.gradient, &report.innerIterations)
    report.go(search, objective, along: direction, first: learningRate, &point)
    return report
  }

  private func solve(
    _ matrix: any CurvatureMatrix, _ gradient: [Double], _ iterations: inout Int
  ) throws(CurvatureError) -> [Double] {
    let size = gradient.count
    let length = norm(gradient)
    let tolerance = min(0.5, length.squareRoot()) * length
    var solution = [Double](repeating: 0, count: size)
    var residual = gradient
    var direction = gradient.map { -$0 }
    var square = dot(residual, residual)
    while iterations < maximumInnerIterations {
      let image = matrix.product(with: direction)
      iterations += 1
      let curvature = dot(direction, image)
      guard curvature.isFinite else { throw .notFinite(what: "a curvature product") }
      if curvature <= 0 { return iterations == 1 ? direction : solution }
      let step = square / curvature
      addScaled(step, direction, to: &solution, count: size)
      addScaled(step, image, to: &residual, count: size)
      let next = dot(residual, residual)
      if next.squareRoot() <= tolerance { break }
      let ratio = next / square
      for index in 0..<size { direction[index] = ratio * direction[index] - residual[index] }
      square = next
    }
    return solution
  }
}
