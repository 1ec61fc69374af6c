extension OptimizerKind {
  /// Whether a step takes more from the loss than one gradient.
  public var isSecondOrder: Bool {
    switch self {
    case .gradientDescent, .momentum, .nesterov, .adagrad, .adadelta, .rmsprop, .adam, .adamw, .nadam, .lion: false
    case .newton, .gaussNewton, .levenbergMarquardt, .truncatedNewton, .conjugateGradient, .bfgs, .lbfgs,
      .diagonalNewton, .stochasticDiagonalLM:
      true
    }
  }

  /// Whether a step compares losses and gradients at several points, which must then be of the same samples and masks.
  public var isBatchMethod: Bool { isSecondOrder && self != .stochasticDiagonalLM }

  /// η where none is given: the method's own step. Nil where it has to be given.
  public var defaultLearningRate: Double? { isBatchMethod ? 1 : nil }

  /// Whether η is the method's to scale; Levenberg–Marquardt's damping is all there is to its step.
  public var hasLearningRate: Bool { self != .levenbergMarquardt }

  /// Choices of this optimizer in the order they are documented and stored.
  public var choices: [Choice] {
    switch self {
    case .newton: [.regularization, .search("backtracking", orNone: true)] + Choice.batchMethod
    case .gaussNewton: [.matrix, .search("backtracking", orNone: true)] + Choice.batchMethod
    case .levenbergMarquardt: [.matrix] + Choice.batchMethod
    case .truncatedNewton: [.product, .search("strong_wolfe")] + Choice.batchMethod
    case .conjugateGradient: [.formula, .search("strong_wolfe")] + Choice.batchMethod
    case .bfgs: [.search("strong_wolfe")] + Choice.batchMethod
    case .lbfgs: [.search("strong_wolfe_zoom")] + Choice.batchMethod
    case .diagonalNewton: [.diagonal, .search("backtracking", orNone: true)] + Choice.batchMethod
    default: []
    }
  }

  var secondOrderHyperparameters: [Hyperparameter] {
    switch self {
    case .newton: [.damping("α, raised from here until the matrix is positive definite", 0)] + wolfe(0.9)
    // Networks have fewer independent outputs than weights: without α the matrix is singular but for rounding, and Cholesky
    // succeeds on what is none.
    case .gaussNewton: [.damping("α, raised from here until the matrix is positive definite", 1e-5)] + wolfe(0.9)
    case .levenbergMarquardt:
      [.init("tau", 1e-3, in: 1e-15..<1e15, "τ, the first μ over the largest diagonal element")] + Hyperparameter.stops
    case .truncatedNewton:
      [.init("maximum_inner", 250, in: 1..<1e6, isWhole: true, "products an inner iteration may take")] + wolfe(0.9)
    case .conjugateGradient: wolfe(0.4)
    case .bfgs: wolfe(0.9)
    case .lbfgs: [.init("memory", 10, in: 1..<1e4, isWhole: true, "m, steps that are remembered")] + wolfe(0.9)
    case .diagonalNewton:
      [.init("damping", 1e-3, in: 1e-15..<Double.infinity, "μ, added to each |h|")] + wolfe(0.9)
    case .stochasticDiagonalLM:
      [
        .init("damping", 0.1, in: 1e-15..<Double.infinity, "μ, added to each ⟨h⟩"),
        .init("gamma", 0.01, in: 1e-12..<1, "γ, the share of a batch's curvature in the running mean"),
      ]
    default: []
    }
  }

  /// c₁ and c₂ of the line searches, and what ends a run.
  private func wolfe(_ curvature: Double) -> [Hyperparameter] {
    [
      .init("c1", 1e-4, in: 1e-12..<0.1, "c₁, share of the foretold decrease that a step must reach"),
      .init("c2", curvature, in: 0.1..<1, "c₂, share of the slope that may be left (strong Wolfe)"),
    ] + Hyperparameter.stops
  }
}

extension OptimizerKind.Hyperparameter {
  static func damping(_ summary: String, _ value: Double) -> Self {
    Self("damping", value, in: 0..<Double.infinity, summary)
  }

  static let stops = [
    Self("gradient_tolerance", 1e-7, in: 0..<Double.infinity, "‖∇E‖ at or below which a run has converged"),
    Self("step_tolerance", 1e-12, in: 0..<1, "‖Δw‖ over 1 + ‖w‖ at or below which a run is stalled"),
  ]
}

extension OptimizerKind.Choice {
  static let regularization = Self("regularization", ["raised", "none"], "raise α until H + αI is positive definite")
  static let matrix = Self("matrix", ["square_jacobian", "generalized"], "JᵀJ, or JᵀH_L J with the loss' own Hessian")
  static let product = Self("matrix", ["hessian", "gauss_newton"], "whose products the inner iteration takes")
  static let formula = Self("formula", ["polak_ribiere", "fletcher_reeves"], "β; polak_ribiere not below zero")
  static let diagonal = Self("diagonal", ["exact", "squares"], "the Hessian's, or LeCun's by squares")

  static func search(_ standard: String, orNone: Bool = false) -> Self {
    let all = ["backtracking", "strong_wolfe", "strong_wolfe_zoom", "quadratic"] + (orNone ? ["none"] : [])
    return Self("line_search", [standard] + all.filter { $0 != standard }, "how the length of a step is found")
  }

  static let batchMethod = [
    Self(truth: "stochastic", "take mini-batches for what they are not"),
    Self(truth: "frozen_masks", "keep a step's dropout masks for all of its evaluations"),
  ]
}
