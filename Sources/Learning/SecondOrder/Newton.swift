import Curvature
import Settings

/// d = −(H + αI)⁻¹g by Cholesky, α raised until it succeeds. Newton, with a line search.
public struct Newton: SearchingMethod, DenseMatrixMethod {
  public static let name = "newton"
  public static let summary = "d = −(H + αI)⁻¹g by Cholesky, α raised until it succeeds. Newton, with a line search."
  public static let settings: [Setting<Self>] =
    [.damping(\.damping)] + Setting.wolfe + [
      .choice("regularization", \.regularization, "raise α until H + αI is positive definite"),
      .search(orNone: true),
    ] + Setting.batches

  /// Whether α is raised.
  public enum Regularization: String, CaseIterable, Hashable, Sendable {
    case raised
    case none
  }

  public var damping: Double = 0
  public var regularization = Regularization.raised
  public var search = LineSearch(.backtracking)
  public var batch = BatchSettings()

  public init() {}

  public func conflict(loss: String, isSquaredError: Bool) -> SettingConflict? {
    guard regularization == .none, search.kind != .none else { return nil }
    return SettingConflict(
      "without regularization newton's direction may lead uphill, where no line search finds a step",
      accepted: "line_search: none, or regularization: raised")
  }

  public func makeState() -> any SecondOrderState {
    NewtonState(isRegularized: regularization == .raised, damping: damping, search: search)
  }
}

/// Δw = −(A + αI)⁻¹g, A the Hessian or the Gauss–Newton matrix.
///
/// With the Hessian it is Newton's method, algorithm 1 of the lecture with a factorisation for the inverse; with the
/// Gauss–Newton matrix, which for squared error is the square Jacobian, it is Gauss–Newton's. Regularised, α is raised
/// until Cholesky's factorisation succeeds, so that the direction is one of descent. Plain, the step solves A·Δw = −g
/// whatever the signs of A's eigenvalues: it goes to the nearest stationary point, which may be a saddle.
public final class NewtonState: SecondOrderState {
  private let form: CurvatureForm
  private let isRegularized: Bool
  private let damping: Double
  private let search: LineSearch

  /// - Parameters:
  ///   - damping: α of the first attempt of every step; plain Newton takes it as it is.
  ///   - search: Plain Newton wants none, because its direction may lead uphill.
  public init(
    form: CurvatureForm = .hessian, isRegularized: Bool = true, damping: Double = 0,
    search: LineSearch = LineSearch(.backtracking)
  ) {
    precondition(damping >= 0 && (isRegularized || search.kind == .none))
    self.form = form
    self.isRegularized = isRegularized
    self.damping = damping
    self.search = search
  }

  public func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport {
    var report = StepReport()
    let matrix = try objective.curvature(form, at: point.parameters).denseMatrix(limit: .max)
    let direction: [Double]
    if isRegularized {
      let factor = try CholeskyFactor(matrix, damping: damping)
      direction = factor.solve(point.gradient).map { -$0 }
      report.damping = factor.damping
      report.innerIterations = factor.attempts
    } else {
      direction = try matrix.solve(point.gradient, damping: damping).map { -$0 }
      report.damping = damping
      report.innerIterations = 1
    }
    report.go(search, objective, along: direction, first: learningRate, &point)
    return report
  }
}
