import Experiments

/// The learning rate below which an optimizer's steps on the quadratic model of the loss converge, from λ_max at the end
/// of runs.
///
/// Weight decay that is added to the gradient adds its λ to every eigenvalue.
///
/// For full gradients along the steepest direction: 2/λ_max for gradient descent, 2(1 + μ)/λ_max with momentum,
/// 2(1 + μ)/((1 + 2μ)·λ_max) with Nesterov's. There −1 becomes an eigenvalue of the step's linear map: with T its trace and
/// D its determinant, 1 + T + D = 0. Optimizers that scale the gradient have no such limit in terms of λ_max: theirs is
/// that of the scaled matrix, which is not measured. Source: B. T. Polyak, "Some methods of speeding up the convergence of
/// iteration methods" (1964); J. Cohen et al., "Gradient Descent on Neural Networks Typically Occurs at the Edge of
/// Stability" (2021), appendix B.
public enum StabilityLimit: Hashable, Sendable {
  /// No run was probed, or λ_max is not positive.
  case notMeasured
  /// The optimizer scales the gradient.
  case notApplicable
  /// The median over the runs; `decaying` where weight decay λ is added to the gradient, and λ_max + λ counts for λ_max.
  case rate(Double, Formula, decaying: Bool)

  public enum Formula: String, Hashable, Sendable {
    case gradientDescent = "2/λ_max"
    case momentum = "2(1 + μ)/λ_max"
    case nesterov = "2(1 + μ)/((1 + 2μ)·λ_max)"

    /// Nil for an optimizer that scales the gradient.
    init?(optimizer: String) {
      switch OptimizerKind(rawValue: optimizer) {
      case .gradientDescent: self = .gradientDescent
      case .momentum: self = .momentum
      case .nesterov: self = .nesterov
      default: return nil
      }
    }

    /// With λ_max + λ for λ_max under weight decay λ.
    func text(decaying: Bool) -> String {
      decaying ? rawValue.replacing("λ_max", with: "(λ_max + λ)") : rawValue
    }

    /// The limit times λ_max.
    func factor(momentum: Double) -> Double {
      switch self {
      case .gradientDescent: 2
      case .momentum: 2 * (1 + momentum)
      case .nesterov: 2 * (1 + momentum) / (1 + 2 * momentum)
      }
    }
  }

  /// - Parameter runs: Of one configuration.
  init(_ runs: [RunSummary]) {
    let measured = runs.filter(\.hasLambdaMax)
    guard let run = measured.first else {
      self = .notMeasured
      return
    }
    guard let (formula, factor, decay) = Self.formula(run) else {
      self = .notApplicable
      return
    }
    let limit = SampleStatistics(measured.map { factor / ($0.endLambdaMax + decay) }).median
    self = .rate(limit, formula, decaying: decay > 0)
  }

  /// The formula of the run's optimizer, the limit times λ_max + λ, and λ, the weight decay that is added to the gradient;
  /// nil where the optimizer scales the gradient.
  static func formula(_ run: RunSummary) -> (formula: Formula, factor: Double, decay: Double)? {
    func value(_ name: String) -> HyperparameterValue? { run.hyperparameters.first { $0.name == name }?.value }
    return value("optimizer").flatMap { Formula(optimizer: $0.description) }.map { formula in
      (formula, formula.factor(momentum: value("momentum")?.scalar ?? 0), value("weight_decay")?.scalar ?? 0)
    }
  }

  public var limit: Double? { if case .rate(let value, _, _) = self { value } else { nil } }

  /// For machines.
  var name: String {
    switch self {
    case .notMeasured: "not_measured"
    case .notApplicable: "not_applicable"
    case .rate(_, let formula, let decaying): formula.text(decaying: decaying)
    }
  }

  /// Nil where nothing was measured.
  func sentence(_ optimizer: String) -> String? {
    switch self {
    case .notMeasured: nil
    case .notApplicable:
      "\(optimizer) scales the gradient: 2/λ_max, the limit of gradient descent, says nothing about its learning rates."
    case .rate(let value, let formula, let decaying):
      "\(formula.text(decaying: decaying)) where the best configuration ended is \(NumberText.significant(value, 3)): on the quadratic"
        + " model \(optimizer) is stable below."
    }
  }
}

extension RunSummary {
  /// λ_max at the final epoch, or at the best one where only that was probed; NaN where it was not measured.
  fileprivate var endLambdaMax: Double { [final, best].map(\.curvature.lambdaMax).first { !$0.isNaN } ?? .nan }

  /// Whether the run was probed and the loss is convex in some direction.
  var hasLambdaMax: Bool { endLambdaMax > 0 }
}

extension LearningRateSensitivity {
  /// The limit of each optimizer that has one.
  static func stability(_ ranking: Ranking) -> [JSON] {
    guard let sensitivity = LearningRateSensitivity(ranking) else { return [] }
    return sensitivity.optimizers.compactMap { optimizer in
      guard case .rate(let value, let formula, let decaying) = optimizer.stability else { return nil }
      return .object([
        "optimizer": .string(optimizer.name), "rate": .number(value),
        "formula": .string(formula.text(decaying: decaying)),
      ])
    }
  }
}
