/// How far to go along a direction.
public struct LineSearch: Hashable, Sendable {
  public var kind: Kind
  /// c₁ of the sufficient decrease φ(α) ≤ φ(0) + c₁αφ′(0).
  public var sufficientDecrease: Double
  /// c₂ of the curvature condition |φ′(α)| ≤ −c₂φ′(0): near 1 a loose search, near 0 one for the minimum.
  public var curvature: Double

  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Strong Wolfe conditions by safeguarded cubic and quadratic steps: Moré and Thuente (1994).
    case strongWolfe = "strong_wolfe"
    /// Strong Wolfe conditions by bracketing and zooming: Nocedal and Wright (2006), algorithms 3.5 and 3.6, with cubic
    /// interpolation.
    case strongWolfeZoom = "strong_wolfe_zoom"
    /// Halves the step until the loss has decreased enough.
    case backtracking
    /// Starts at the minimum along the line of the second-order model, α = −gᵀd/dᵀHd, and halves from there: exact for a
    /// quadratic loss, at one Hessian product.
    case quadratic
    /// Takes the first step without a look: not for methods that build on the gradient at its end.
    case none
  }

  public init(_ kind: Kind, sufficientDecrease: Double = 1e-4, curvature: Double = 0.9) {
    precondition(0 < sufficientDecrease && sufficientDecrease < curvature && curvature < 1)
    self.kind = kind
    self.sufficientDecrease = sufficientDecrease
    self.curvature = curvature
  }

  /// What a search came to.
  struct Result {
    /// α; nil where no step was found that satisfies the conditions.
    var point: LinePoint?
    var evaluations: Int
  }

  /// - Parameters:
  ///   - direction: d; one that is not of descent gives nil.
  ///   - first: α of the first trial.
  func search(
    _ objective: any Objective, from start: Iterate, along direction: [Double], first: Double
  ) -> Result {
    let line = LineFunction(objective, from: start, along: direction)
    guard line.slope < 0 else { return Result(point: nil, evaluations: 0) }
    let conditions = WolfeConditions(sufficientDecrease: sufficientDecrease, curvature: curvature)
    let point: LinePoint? =
      switch kind {
      case .strongWolfe:
        MoreThuenteSearch(line, conditions).run(first: first) ?? ZoomSearch(line, conditions).run(first: first)
      case .strongWolfeZoom: ZoomSearch(line, conditions).run(first: first)
      case .backtracking: backtrack(line, conditions, first: first)
      case .quadratic: backtrack(line, conditions, first: modelMinimum(line) ?? first)
      case .none: line.point(at: first)
      }
    return Result(point: point, evaluations: line.evaluations)
  }

  /// −gᵀd/dᵀHd; nil where the curvature along d is not positive.
  private func modelMinimum(_ line: LineFunction) -> Double? {
    let image = line.objective.curvature(.hessian, at: line.start.parameters).product(with: line.direction)
    let curvature = dot(line.direction, image)
    return curvature > 0 ? -line.slope / curvature : nil
  }

  /// Halves the step until the first Wolfe condition holds, at most 60 times.
  private func backtrack(_ line: LineFunction, _ conditions: WolfeConditions, first: Double) -> LinePoint? {
    var step = first
    for _ in 0..<60 {
      let bound = line.start.value + conditions.sufficientDecrease * step * line.slope
      if line.value(at: step) <= bound {
        let point = line.point(at: step)
        return point.isFinite ? point : nil
      }
      step /= 2
    }
    return nil
  }
}
