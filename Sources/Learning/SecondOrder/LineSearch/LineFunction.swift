import Kernels

/// E along a line: φ(α) = E(w + αd), φ′(α) = ∇E(w + αd)ᵀd.
final class LineFunction {
  let objective: any Objective
  let start: Iterate
  let direction: [Double]
  /// φ′(0).
  let slope: Double
  /// Losses taken, with or without gradients.
  private(set) var evaluations = 0

  init(_ objective: any Objective, from start: Iterate, along direction: [Double]) {
    self.objective = objective
    self.start = start
    self.direction = direction
    slope = dot(start.gradient, direction)
  }

  func value(at step: Double) -> Double {
    evaluations += 1
    return objective.value(at: sum(start.parameters, step, direction))
  }

  func point(at step: Double) -> LinePoint {
    evaluations += 1
    let iterate = Iterate(objective, at: sum(start.parameters, step, direction))
    return LinePoint(step: step, slope: dot(iterate.gradient, direction), iterate: iterate)
  }

  var origin: LinePoint { LinePoint(step: 0, slope: slope, iterate: start) }
}

/// A point of a line, with loss and gradient.
struct LinePoint {
  /// α.
  var step: Double
  /// φ′(α).
  var slope: Double
  var iterate: Iterate

  /// φ(α).
  var value: Double { iterate.value }
  var isFinite: Bool { value.isFinite && slope.isFinite }
}

/// The strong Wolfe conditions: φ(α) ≤ φ(0) + c₁αφ′(0) and |φ′(α)| ≤ −c₂φ′(0).
struct WolfeConditions {
  var sufficientDecrease: Double
  var curvature: Double

  func hasDecreased(_ point: LinePoint, from line: LineFunction) -> Bool {
    point.value <= line.start.value + sufficientDecrease * point.step * line.slope
  }

  func isFlat(_ point: LinePoint, on line: LineFunction) -> Bool {
    point.slope.magnitude <= -curvature * line.slope
  }
}
