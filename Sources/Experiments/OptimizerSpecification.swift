/// An optimizer with all of its hyperparameters resolved.
public struct OptimizerSpecification: Hashable, Sendable {
  public var kind: OptimizerKind
  /// η, before the schedule's factor.
  public var learningRate: Double
  /// Every hyperparameter of `kind` except the learning rate, by its name in ``OptimizerKind/hyperparameters``.
  public var values: [String: Double]

  /// Fills what `values` leaves out with the defaults of `kind`.
  public init(_ kind: OptimizerKind, learningRate: Double, values: [String: Double] = [:]) {
    self.kind = kind
    self.learningRate = learningRate
    let defaults = kind.hyperparameters.map { ($0.name, $0.defaultValue) }
    self.values = Dictionary(defaults, uniquingKeysWith: { first, _ in first }).merging(values) { $1 }
  }

  public subscript(name: String) -> Double { values[name]! }
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

  /// A hyperparameter an optimizer takes beside its learning rate.
  public struct Hyperparameter: Hashable, Sendable {
    public var name: String
    public var defaultValue: Double
    /// Accepted values: lower bound inclusive, upper bound exclusive.
    public var range: Range<Double>
    public var summary: String

    init(_ name: String, _ defaultValue: Double, in range: Range<Double>, _ summary: String) {
      self.name = name
      self.defaultValue = defaultValue
      self.range = range
      self.summary = summary
    }
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
    Self("epsilon", value, in: 0..<Double.infinity, "ε, added outside the root")
  }
  static func weightDecay(_ value: Double = 0) -> Self {
    Self(
      "weight_decay", value, in: 0..<Double.infinity,
      "λ on all parameters: added to the gradient, or decoupled in adamw and lion")
  }
}
