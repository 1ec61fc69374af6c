import Experiments
import Settings

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
  /// No run was probed, λ_max is not positive, or nothing is known of the optimizer.
  case notMeasured
  /// The optimizer scales the gradient.
  case notApplicable
  /// The median over the runs; `decaying` where weight decay λ is added to the gradient, and λ_max + λ counts for λ_max.
  case rate(Double, StabilityBound, decaying: Bool)

  /// - Parameter runs: Of one configuration.
  init(_ runs: [RunSummary]) {
    let measured = runs.filter(\.hasLambdaMax)
    guard let run = measured.first else {
      self = .notMeasured
      return
    }
    guard let optimizer = run.optimizer else {
      self = .notMeasured
      return
    }
    guard let bound = optimizer.stability else {
      self = .notApplicable
      return
    }
    let decay = optimizer.coupledWeightDecay
    let limit = SampleStatistics(measured.map { bound.factor / ($0.endLambdaMax + decay) }).median
    self = .rate(limit, bound, decaying: decay > 0)
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

extension StabilityBound {
  /// With λ_max + λ for λ_max under weight decay λ.
  func text(decaying: Bool) -> String {
    decaying ? formula.replacing("λ_max", with: "(λ_max + λ)") : formula
  }
}

extension [Hyperparameter] {
  /// The optimizer of a run; nil for one that this program does not know.
  var optimizer: (any OptimizerPart)? {
    func value(_ name: String) -> HyperparameterValue? { first { $0.name == name }?.value }
    guard case .text(let name)? = value("optimizer"), let kind = Parts.current.optimizer(named: name) else {
      return nil
    }
    // A run that was stored before a setting was there has its default.
    return kind.make(
      kind.settings.map { setting in
        value(setting.name).flatMap { SettingValue($0, in: setting.domain) } ?? setting.standard
      })
  }
}

extension RunSummary {
  var optimizer: (any OptimizerPart)? { hyperparameters.optimizer }

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
