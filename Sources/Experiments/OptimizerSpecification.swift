/// An optimizer with all of its hyperparameters resolved.
public struct OptimizerSpecification: Hashable, Sendable {
  public var kind: OptimizerKind
  /// η, before the schedule's factor.
  public var learningRate: Double
  /// Every hyperparameter of `kind` except the learning rate, by its name in ``OptimizerKind/hyperparameters``.
  public var values: [String: Double]
  /// What was chosen of each of ``OptimizerKind/choices``, by its name.
  public var choices: [String: String]

  /// Fills what is left out with the defaults of `kind`.
  ///
  /// - Parameter learningRate: Needed where `kind` has no ``OptimizerKind/defaultLearningRate``.
  public init(
    _ kind: OptimizerKind, learningRate: Double? = nil, values: [String: Double] = [:],
    choices: [String: String] = [:]
  ) {
    self.kind = kind
    guard let rate = learningRate ?? kind.defaultLearningRate else {
      preconditionFailure("\(kind.rawValue) has no learning rate of its own")
    }
    self.learningRate = rate
    let defaults = kind.hyperparameters.map { ($0.name, $0.defaultValue) }
    self.values = Dictionary(defaults, uniquingKeysWith: { first, _ in first }).merging(values) { $1 }
    let options = kind.choices.map { ($0.name, $0.options[0]) }
    self.choices = Dictionary(options, uniquingKeysWith: { first, _ in first }).merging(choices) { $1 }
  }

  public subscript(name: String) -> Double { values[name]! }

  public func choice(_ name: String) -> String { choices[name]! }

  /// λ of a weight decay that is added to the gradient; 0 for one that is decoupled from it.
  public var coupledWeightDecay: Double { kind.decouplesWeightDecay ? 0 : values["weight_decay"] ?? 0 }

  /// Whether a choice between true and false is there and true.
  public func isSet(_ name: String) -> Bool { choices[name] == "true" }
}

public enum OptimizerKind: String, Hashable, Sendable, CaseIterable, Codable {
  case gradientDescent = "gradient_descent"
  case momentum
  case nesterov
  case adagrad
  case adadelta
  case rmsprop
  case adam
  case adamw
  case nadam
  case lion
  case newton
  case gaussNewton = "gauss_newton"
  case levenbergMarquardt = "levenberg_marquardt"
  case truncatedNewton = "truncated_newton"
  case conjugateGradient = "conjugate_gradient"
  case bfgs
  case lbfgs
  case diagonalNewton = "diagonal_newton"
  case stochasticDiagonalLM = "stochastic_diagonal_lm"

  /// Whether weights shrink by themselves instead of λw being added to the gradient.
  public var decouplesWeightDecay: Bool { self == .adamw || self == .lion }

  /// A hyperparameter an optimizer takes beside its learning rate.
  public struct Hyperparameter: Hashable, Sendable {
    public var name: String
    public var defaultValue: Double
    /// Accepted values: lower bound inclusive, upper bound exclusive.
    public var range: Range<Double>
    /// Whether only whole numbers are accepted.
    public var isWhole: Bool
    public var summary: String

    init(_ name: String, _ defaultValue: Double, in range: Range<Double>, isWhole: Bool = false, _ summary: String) {
      self.name = name
      self.defaultValue = defaultValue
      self.range = range
      self.isWhole = isWhole
      self.summary = summary
    }
  }

  /// A hyperparameter that is one of a few words.
  public struct Choice: Hashable, Sendable {
    public var name: String
    /// The first is the default.
    public var options: [String]
    public var summary: String

    /// Whether it is a choice between false and true.
    public var isTruth: Bool { options == ["false", "true"] }

    init(_ name: String, _ options: [String], _ summary: String) {
      self.name = name
      self.options = options
      self.summary = summary
    }

    init(truth name: String, _ summary: String) { self.init(name, ["false", "true"], summary) }
  }

  /// The hyperparameters of this optimizer in the order they are documented and stored.
  public var hyperparameters: [Hyperparameter] {
    switch self {
    case .gradientDescent: [.weightDecay()]
    case .momentum: [.momentum, .weightDecay()]
    case .nesterov: [.momentum, .weightDecay()]
    case .adagrad:
      [
        .init("initial_accumulator", 0, in: 0..<Double.infinity, "start of the sum of squares"), .epsilon(1e-10),
        .weightDecay(),
      ]
    case .adadelta: [.rho(0.9), .epsilon(1e-6), .weightDecay()]
    case .rmsprop: [.rho(0.99), .epsilon(1e-8), .weightDecay()]
    case .adam: [.beta1(0.9), .beta2(0.999), .epsilon(1e-8), .weightDecay()]
    case .adamw: [.beta1(0.9), .beta2(0.999), .epsilon(1e-8), .weightDecay(0.01)]
    case .nadam:
      [
        .beta1(0.9), .beta2(0.999), .epsilon(1e-8),
        .init("momentum_decay", 0.004, in: 0..<Double.infinity, "ψ of the momentum schedule"), .weightDecay(),
      ]
    case .lion: [.beta1(0.9), .beta2(0.99), .weightDecay()]
    default: secondOrderHyperparameters
    }
  }
}

extension OptimizerKind.Hyperparameter {
  static let momentum = Self("momentum", 0.9, in: 0..<1, "μ, the share of the velocity kept at each step")
  static func rho(_ value: Double) -> Self { Self("rho", value, in: 0..<1, "ρ, decay of the mean square gradient") }
  static func beta1(_ value: Double) -> Self { Self("beta1", value, in: 0..<1, "β₁, decay of the mean gradient") }
  static func beta2(_ value: Double) -> Self {
    Self("beta2", value, in: 0..<1, "β₂, decay of the mean square gradient")
  }
  static func epsilon(_ value: Double) -> Self {
    Self("epsilon", value, in: 1e-30..<Double.infinity, "ε, added to the root; in adadelta, under both of them")
  }
  static func weightDecay(_ value: Double = 0) -> Self {
    Self(
      "weight_decay", value, in: 0..<Double.infinity,
      "λ on all parameters: added to the gradient, or decoupled in adamw and lion")
  }
}
