import Settings

/// An optimizer that takes more from a loss than one gradient a step: curvature, or values along a line.
public protocol SecondOrderOptimizer: OptimizerPart {
  /// What the method keeps from step to step, and while a step is taken.
  var memory: SecondOrderMemory { get }

  /// What ends a run before its epochs do.
  var stopping: StoppingRule { get }

  /// The state at the start of a run.
  func makeState() -> any SecondOrderState
}

extension SecondOrderOptimizer {
  public static var isSecondOrder: Bool { true }

  /// Nothing.
  public var stopping: StoppingRule { StoppingRule(gradientTolerance: -1, stepTolerance: -1) }

  /// Products with a problem's matrix, and the sum that forms it.
  public static func matrixOperations(of step: StepWork) -> Double {
    let rows = step.matrixRows
    return 2 * step.matrixProduct + 2 * rows * rows * rows
  }
}

/// A method that compares losses and gradients at several points of a step, which must be of the same samples and masks.
public protocol BatchMethod: SecondOrderOptimizer {
  var batch: BatchSettings { get set }
}

/// What all batch methods have.
public struct BatchSettings: Hashable, Sendable {
  public var gradientTolerance = 1e-7
  public var stepTolerance = 1e-12
  public var isStochastic = false
  public var freezesMasks = false

  public init() {}
}

extension BatchMethod {
  public static var isBatchMethod: Bool { true }
  public var isStochastic: Bool { batch.isStochastic }
  public var freezesMasks: Bool { batch.freezesMasks }
  public var stopping: StoppingRule {
    StoppingRule(gradientTolerance: batch.gradientTolerance, stepTolerance: batch.stepTolerance)
  }
}

extension Setting where Root: BatchMethod {
  /// What ends a run.
  static var stops: [Self] {
    [
      .number(
        "gradient_tolerance", \.batch.gradientTolerance, in: 0..<Double.infinity,
        "‖∇E‖ at or below which a run has converged"),
      .number(
        "step_tolerance", \.batch.stepTolerance, in: 0..<1, "‖Δw‖ over 1 + ‖w‖ at or below which a run is stalled"),
    ]
  }

  /// How batches that differ from step to step are treated.
  static var batches: [Self] {
    [
      .truth("stochastic", \.batch.isStochastic, "take mini-batches, each step on a loss of its own"),
      .truth("frozen_masks", \.batch.freezesMasks, "keep a step's dropout masks for all of its evaluations"),
    ]
  }
}

/// A method that forms the matrix of second derivatives and factorises it.
public protocol DenseMatrixMethod: BatchMethod {}

extension DenseMatrixMethod {
  /// The matrix and its factor.
  public var memory: SecondOrderMemory { .init(doubleVectors: 8, vectors: 9, matrices: 2) }

  public static func gradients(of step: StepWork) -> Double {
    2 + 2 * step.parameters * step.parameters / step.gradientOperations
  }

  /// A third of P² for each parameter: the Cholesky factor.
  public static func updateOperations(of step: StepWork) -> Double { step.parameters * step.parameters / 3 }
}

extension Setting where Root: DenseMatrixMethod {
  /// α of the first attempt.
  static func damping(_ path: WritableKeyPath<Root, Double> & Sendable) -> Self {
    .number("damping", path, in: 0..<Double.infinity, "α, raised from here until the matrix is positive definite")
  }
}

/// A method whose steps a line search measures.
public protocol SearchingMethod: BatchMethod {
  var search: LineSearch { get set }
}

extension Setting where Root: SearchingMethod {
  /// c₁ and c₂ of the line searches, and what ends a run.
  static var wolfe: [Self] {
    [
      .number(
        "c1", \.search.sufficientDecrease, in: 1e-12..<0.1,
        "c₁, share of the foretold decrease that a step must reach"),
      .number(
        "c2", \.search.curvature, in: 0.1..<1, "c₂, share of the slope that may be left (strong Wolfe)"),
    ] + stops
  }

  /// - Parameter orNone: Whether a step may be taken without a look.
  static func search(orNone: Bool = false) -> Self {
    let kinds: [LineSearch.Kind] = [.backtracking, .strongWolfe, .strongWolfeZoom, .quadratic]
    return .choice(
      "line_search", \.search.kind, among: kinds + (orNone ? [.none] : []), "how the length of a step is found")
  }
}
