import Curvature

/// d = −g/(|h| + μ), h the diagonal of the Hessian, then a search along d.
///
/// Becker and LeCun (1988): Newton's step as if the Hessian were diagonal. |h| keeps it a direction of descent where the
/// curvature is negative, μ short where there is none.
public final class DiagonalNewton: SecondOrderOptimizer {
  public var memory: SecondOrderMemory { .init(doubleVectors: 5, vectors: 16) }

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

/// ⟨h⟩ ← (1 − γ)⟨h⟩ + γh, then wᵢ ← wᵢ − ηgᵢ/(⟨hᵢ⟩ + μ): a learning rate for every parameter, from a running mean of
/// LeCun's diagonal over the batches.
///
/// LeCun et al. (1998), "Efficient BackProp", section 9.1: stochastic diagonal Levenberg–Marquardt. ⟨h⟩ starts as the
/// first batch's h.
public final class StochasticDiagonalLM: SecondOrderOptimizer {
  public var memory: SecondOrderMemory { .init(doubleVectors: 5, vectors: 13) }

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
