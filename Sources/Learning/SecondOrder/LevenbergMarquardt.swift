import Curvature
import Kernels
import Settings

/// (A + μI)h = −g, μ by the gain ratio. Levenberg (1944), Marquardt (1963), Nielsen (1999).
public struct LevenbergMarquardt: DenseMatrixMethod {
  public static let name = "levenberg_marquardt"
  public static let summary = "(A + μI)h = −g, μ by the gain ratio. Levenberg (1944), Marquardt (1963), Nielsen (1999)."
  public static let otherNames = ["lm", "marquardt", "levmar"]
  public static let settings: [Setting<Self>] =
    [.number("tau", \.tau, in: 1e-15..<1e15, "τ, the first μ over the largest diagonal element")] + Setting.stops + [
      .matrix(\.matrix)
    ]
    + Setting.batches
  public static let hasLearningRate = false

  public var tau = 1e-3
  public var matrix = GaussNewtonMatrix.squareJacobian
  public var batch = BatchSettings()

  public init() {}

  public func conflict(loss: String, isSquaredError: Bool) -> SettingConflict? {
    matrix.conflict(Self.name, loss, isSquaredError)
  }

  public func makeState() -> any SecondOrderState {
    LevenbergMarquardtState(initialDamping: tau)
  }
}

/// (A + μI)h = −g, A the Gauss–Newton matrix: between Gauss–Newton's step, μ → 0, and a short one along −g, μ → ∞.
///
/// Levenberg (1944), Marquardt (1963), with Nielsen's damping (1999): μ₀ = τ·max aᵢᵢ; the gain ratio
/// ρ = (E(w) − E(w + h))/½hᵀ(μh − g) says how good the quadratic model was. Where ρ > 0 the step is taken,
/// μ ← μ·max(⅓, 1 − (2ρ − 1)³) and ν ← 2; otherwise μ ← μν, ν ← 2ν, and it is tried again.
public final class LevenbergMarquardtState: SecondOrderState {
  private let initialDamping: Double
  private let maximumAttempts = 60
  private var mu: Double?
  private var nu = 2.0

  /// - Parameter initialDamping: τ, large where the start is far from the minimum.
  public init(initialDamping: Double = 1e-3) {
    precondition(initialDamping > 0)
    self.initialDamping = initialDamping
  }

  public func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport {
    var report = StepReport()
    let matrix = try objective.curvature(.gaussNewton, at: point.parameters).denseMatrix(limit: .max)
    let largest = matrix.diagonal.reduce(0, max)
    var damping = mu ?? initialDamping * (largest > 0 ? largest : 1)
    for _ in 0..<maximumAttempts where damping.isFinite {
      let factor = try CholeskyFactor(matrix, damping: damping)
      damping = factor.damping
      let step = factor.solve(point.gradient).map { -$0 }
      report.innerIterations += 1
      report.evaluations += 1
      report.damping = damping
      let place = sum(point.parameters, 1, step)
      let gain = point.value - objective.value(at: place)
      let predicted = 0.5 * (damping * dot(step, step) - dot(step, point.gradient))
      let ratio = gain / predicted
      if ratio > 0 && gain > 0 {
        point = Iterate(objective, at: place)
        report.evaluations += 1
        report.stepLength = 1
        report.movement = norm(step)
        let bend = 2 * ratio - 1
        mu = damping * max(1 / 3, 1 - bend * bend * bend)
        nu = 2
        return report
      }
      damping *= nu
      nu *= 2
    }
    mu = damping
    return report
  }
}
