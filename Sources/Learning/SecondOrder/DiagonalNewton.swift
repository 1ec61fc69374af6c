import Curvature
import Settings

/// dᵢ = −gᵢ/(|hᵢᵢ| + μ), then a search along d. Becker and LeCun (1988).
public struct DiagonalNewton: SearchingMethod {
  public static let name = "diagonal_newton"
  public static let summary = "dᵢ = −gᵢ/(|hᵢᵢ| + μ), then a search along d. Becker and LeCun (1988)."
  public static let settings: [Setting<Self>] =
    [
      .number("damping", \.damping, in: 1e-15..<Double.infinity, "μ, added to each |h|")
    ] + Setting.wolfe + [
      .choice("diagonal", \.diagonal, "the Hessian's, or LeCun's by squares"), .search(orNone: true),
    ] + Setting.batches
  public static func gradients(of step: StepWork) -> Double { 3 }
  public static func updateOperations(of step: StepWork) -> Double { 12 }

  public var diagonal = DiagonalNewtonState.Diagonal.exact
  public var damping = 1e-3
  public var search = LineSearch(.backtracking)
  public var batch = BatchSettings()

  public init() {}

  public var memory: SecondOrderMemory { .init(doubleVectors: 5, vectors: 16) }

  public func makeState() -> any SecondOrderState {
    DiagonalNewtonState(diagonal, damping: damping, search: search)
  }
}

/// d = −g/(|h| + μ), h the diagonal of the Hessian, then a search along d.
///
/// Becker and LeCun (1988): Newton's step as if the Hessian were diagonal. |h| keeps it a direction of descent where the
/// curvature is negative, μ short where there is none.
public final class DiagonalNewtonState: SecondOrderState {
  private let diagonal: Diagonal
  private let damping: Double
  private let search: LineSearch

  public enum Diagonal: String, CaseIterable, Hashable, Sendable {
    /// The Hessian's own.
    case exact
    /// LeCun's approximation by squares: cheap, never negative.
    case squares
  }

  /// - Parameter damping: μ.
  public init(
    _ diagonal: Diagonal = .exact, damping: Double = 1e-3, search: LineSearch = LineSearch(.backtracking)
  ) {
    precondition(damping > 0)
    self.diagonal = diagonal
    self.damping = damping
    self.search = search
  }

  public func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport {
    var report = StepReport()
    let curvatures =
      switch diagonal {
      case .exact: objective.curvature(.hessian, at: point.parameters).diagonal()
      case .squares: objective.squaredDiagonal(at: point.parameters)
      }
    guard curvatures.allSatisfy(\.isFinite) else { throw .notFinite(what: "the Hessian's diagonal") }
    report.damping = damping
    let direction = zip(point.gradient, curvatures).map { -$0 / (abs($1) + damping) }
    report.go(search, objective, along: direction, first: learningRate, &point)
    return report
  }
}
