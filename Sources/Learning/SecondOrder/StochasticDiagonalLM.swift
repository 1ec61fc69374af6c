import Curvature
import Settings

/// ⟨h⟩ ← (1 − γ)⟨h⟩ + γh; wᵢ ← wᵢ − ηgᵢ/(⟨hᵢ⟩ + μ). LeCun et al. (1998), section 9.1.
public struct StochasticDiagonalLM: SecondOrderOptimizer {
  public static let name = "stochastic_diagonal_lm"
  public static let summary = "⟨h⟩ ← (1 − γ)⟨h⟩ + γh; wᵢ ← wᵢ − ηgᵢ/(⟨hᵢ⟩ + μ). LeCun et al. (1998), section 9.1."
  public static let settings: [Setting<Self>] = [
    .number("damping", \.damping, in: 1e-15..<Double.infinity, "μ, added to each ⟨h⟩"),
    .number("gamma", \.gamma, in: 1e-12..<1, "γ, the share of a batch's curvature in the running mean"),
  ]
  public static func gradients(of step: StepWork) -> Double { 2 }
  public static func updateOperations(of step: StepWork) -> Double { 12 }

  public var damping = 0.1
  public var gamma = 0.01

  public init() {}

  public var memory: SecondOrderMemory { .init(doubleVectors: 5, vectors: 13) }

  public func makeState() -> any SecondOrderState {
    StochasticDiagonalLMState(decay: gamma, damping: damping)
  }
}

/// ⟨h⟩ ← (1 − γ)⟨h⟩ + γh, then wᵢ ← wᵢ − ηgᵢ/(⟨hᵢ⟩ + μ): a learning rate for every parameter, from a running mean of
/// LeCun's diagonal over the batches.
///
/// LeCun et al. (1998), "Efficient BackProp", section 9.1: stochastic diagonal Levenberg–Marquardt. ⟨h⟩ starts as the
/// first batch's h.
public final class StochasticDiagonalLMState: SecondOrderState {
  private let decay: Double
  private let damping: Double
  private var mean: [Double]?

  /// - Parameters:
  ///   - decay: γ.
  ///   - damping: μ, which keeps the rates of flat directions bounded.
  public init(decay: Double = 0.01, damping: Double = 0.1) {
    precondition(damping > 0 && decay > 0 && decay <= 1)
    self.decay = decay
    self.damping = damping
  }

  public func update(
    _ point: inout Iterate, of objective: any Objective, learningRate: Double
  ) throws(CurvatureError) -> StepReport {
    var report = StepReport()
    let fresh = objective.squaredDiagonal(at: point.parameters)
    guard fresh.allSatisfy(\.isFinite) else { throw .notFinite(what: "the Hessian's diagonal") }
    let mean = mean.map { old in zip(old, fresh).map { (1 - decay) * $0 + decay * $1 } } ?? fresh
    self.mean = mean
    let direction = zip(point.gradient, mean).map { -$0 / ($1 + damping) }
    report.damping = damping
    report.move(learningRate, along: direction, &point)
    return report
  }
}
