import Settings

/// An optimizer with all of its settings and its learning rate.
public struct OptimizerSpecification: Hashable, Sendable {
  public let kind: OptimizerKind
  /// η, before the schedule's factor.
  public var learningRate: Double
  /// The optimizer with its own settings.
  private let choice: PartChoice

  init(_ kind: OptimizerKind, learningRate: Double, _ choice: PartChoice) {
    self.kind = kind
    self.learningRate = learningRate
    self.choice = choice
  }

  /// Fills what is left out with the optimizer's defaults.
  ///
  /// - Parameter learningRate: Needed where the optimizer has no ``OptimizerPart/defaultLearningRate``.
  public init(_ kind: OptimizerKind, learningRate: Double? = nil, _ values: [String: SettingValue] = [:]) {
    guard let rate = learningRate ?? kind.type.defaultLearningRate else {
      preconditionFailure("\(kind.name) has no learning rate of its own")
    }
    self.init(kind, learningRate: rate, PartChoice(kind.part, values))
  }

  /// The value of a setting; nil where the optimizer has none of that name.
  public subscript(name: String) -> SettingValue? { choice[name] }

  /// The optimizer itself.
  public var optimizer: any OptimizerPart { choice.make() }
}

extension OptimizerSpecification {
  private static let rate = "learning_rate"

  var hyperparameters: [Hyperparameter] {
    var entries = choice.hyperparameters(of: .optimizer)
    entries.insert(.init(Self.rate, .number(learningRate)), at: 1)
    return entries
  }

  /// Columns that trials may have of theirs.
  static func columns(_ parts: Parts) -> [String] {
    var columns = PartChoice.columns(of: .optimizer, parts)
    columns.insert(rate, at: 1)
    return columns
  }

  /// What a run left, back in its optimizer's terms; nil where a value is missing, or none that the optimizer accepts.
  init?(_ parts: Parts, stored value: (String) -> HyperparameterValue?) {
    guard let choice = PartChoice(.optimizer, parts, stored: value), let kind = parts.optimizer(named: choice.name),
      case .number(let rate)? = value(Self.rate)
    else { return nil }
    self.init(kind, learningRate: rate, choice)
  }
}
