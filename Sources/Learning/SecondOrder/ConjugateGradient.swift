import Curvature
import Settings

/// d ← −g + βd, then a search along d. Fletcher and Reeves (1964); Polak and Ribière (1969).
public struct ConjugateGradient: SearchingMethod {
  public static let name = "conjugate_gradient"
  public static let summary =
    "d ← −g + βd, then a search along d. Fletcher and Reeves (1964); Polak and Ribière (1969)."
  public static let otherNames = ["cg", "ncg", "nonlinearcg", "conjugategradients"]
  public static let settings: [Setting<Self>] =
    Setting.wolfe + [
      .choice("formula", \.formula, among: [.polakRibiere, .fletcherReeves], "β; polak_ribiere not below zero"),
      .search(),
    ] + Setting.batches
  public static func gradients(of step: StepWork) -> Double { 2 }
  public static func updateOperations(of step: StepWork) -> Double { 12 }
  public static func matrixOperations(of step: StepWork) -> Double { 2 * step.matrixProduct }

  public var formula = ConjugateGradientState.Formula.polakRibiere
  public var search = LineSearch(.strongWolfe, curvature: 0.4)
  public var batch = BatchSettings()

  public init() {}

  public var memory: SecondOrderMemory { .init(doubleVectors: 8, vectors: 2, linearizes: false) }

  public func makeState() -> any SecondOrderState {
    ConjugateGradientState(formula, search: search)
  }
}

/// d ← −g + βd, then a search along d: no curvature is asked for.
///
/// Fletcher and Reeves (1964): β = ‖g⁺‖²/‖g‖², and −g every P steps, P the dimension: without these restarts, which
/// their paper has, small steps follow small steps (Powell, 1977). Polak and Ribière (1969), kept from going negative:
/// β = max(0, (g⁺ − g)ᵀg⁺/‖g‖²), with −g where the new direction is not steep enough (Gilbert and Nocedal, 1992).
public final class ConjugateGradientState: SecondOrderState {
  private let formula: Formula
  private let search: LineSearch
  /// βd, of the step to come; nil at the start and after a failure.
  private var momentum: [Double]?
  /// Steps since d was −g.
  private var age = 0
  private var trial = FirstTrial()

  public enum Formula: String, CaseIterable, Hashable, Sendable {
    case fletcherReeves = "fletcher_reeves"
    case polakRibiere = "polak_ribiere"
  }

  public init(_ formula: Formula, search: LineSearch = LineSearch(.strongWolfe, curvature: 0.4)) {
    precondition(search.kind != .none)
    self.formula = formula
    self.search = search
  }

  public func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport {
    let start = point
    var report = StepReport()
    let steepest = start.gradient.map { -$0 }
    var directions = [steepest]
    if let momentum {
      let conjugate = sum(steepest, 1, momentum)
      if dot(conjugate, start.gradient) < 0 { directions.insert(conjugate, at: 0) }
    }
    for direction in directions where report.isStalled {
      let first = learningRate * trial.length(at: start, slope: dot(direction, start.gradient))
      report.go(search, objective, along: direction, first: first, &point)
      guard !report.isStalled else { continue }
      age = direction == steepest ? 1 : age + 1
      momentum = nextMomentum(direction, from: start, to: point)
    }
    if report.isStalled { momentum = nil } else { trial.last = start.value }
    return report
  }

  private func nextMomentum(_ direction: [Double], from start: Iterate, to end: Iterate) -> [Double]? {
    let square = dot(start.gradient, start.gradient)
    let newSquare = dot(end.gradient, end.gradient)
    let beta: Double
    switch formula {
    case .fletcherReeves:
      if age >= start.parameters.count { return nil }
      beta = newSquare / square
    case .polakRibiere:
      beta = max(0, (newSquare - dot(start.gradient, end.gradient)) / square)
      let slope = beta * dot(direction, end.gradient) - newSquare
      if slope > -0.01 * newSquare { return nil }
    }
    return direction.map { beta * $0 }
  }
}

/// α of the first trial: min(1, 2.02(φ(0) − φ_prev)/φ′(0)), φ_prev the loss one step before, and at the start
/// φ(0) + ‖g‖/2. Nocedal and Wright (2006), equation 3.60, as in SciPy.
struct FirstTrial {
  /// E(w) before the last step.
  var last: Double?

  func length(at point: Iterate, slope: Double) -> Double {
    let previous = last ?? point.value + point.gradientNorm / 2
    let guess = 2.02 * (point.value - previous) / slope
    return guess > 0 ? min(1, guess) : 1
  }
}
