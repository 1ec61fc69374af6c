import Curvature
import Kernels

/// Newton's direction by conjugate gradients on A·d = −g, left before it is exact: products only, no matrix.
///
/// Nocedal and Wright (2006), algorithm 7.1: the inner iteration ends where ‖A·d + g‖ ≤ min(½, √‖g‖)·‖g‖, or where it
/// meets a direction of no positive curvature, with what it has by then, −g in the first iteration.
public final class TruncatedNewton: SecondOrderOptimizer {
  public var memory: SecondOrderMemory { .init(doubleVectors: 6, vectors: 9) }

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
