import Settings

/// An optimizer with all of its settings and its learning rate.
public struct OptimizerSpecification: Hashable, Sendable {
  public let kind: OptimizerKind
  /// η, before the schedule's factor.
  public var learningRate: Double
  /// In the order of ``OptimizerKind/settings``.
  public private(set) var settings: [SettingValue]

  init(_ kind: OptimizerKind, learningRate: Double, settings: [SettingValue]) {
    self.kind = kind
    self.learningRate = learningRate
    self.settings = settings
  }

  /// Fills what is left out with the optimizer's defaults.
  ///
  /// - Parameter learningRate: Needed where the optimizer has no ``OptimizerPart/defaultLearningRate``.
  public init(_ kind: OptimizerKind, learningRate: Double? = nil, _ values: [String: SettingValue] = [:]) {
    guard let rate = learningRate ?? kind.type.defaultLearningRate else {
      preconditionFailure("\(kind.name) has no learning rate of its own")
    }
    precondition(values.keys.allSatisfy { kind.part.index(of: $0) != nil })
    self.init(kind, learningRate: rate, settings: kind.settings.map { values[$0.name] ?? $0.standard })
  }

  /// The value of a setting; nil where the optimizer has none of that name.
  public subscript(name: String) -> SettingValue? { kind.part.index(of: name).map { settings[$0] } }

  /// The optimizer itself.
  public var optimizer: any OptimizerPart { kind.make(settings) }
}

extension OptimizerSpecification {
  var hyperparameters: [Hyperparameter] {
    [.init("optimizer", .text(kind.name)), .init("learning_rate", .number(learningRate))]
      + zip(kind.settings, settings).map { .init($0.name, HyperparameterValue($1)) }
  }

  /// What a run left, back in its optimizer's terms; nil where a value is missing, or none that the optimizer accepts.
  init?(_ parts: Parts, stored value: (String) -> HyperparameterValue?) {
    guard case .text(let name)? = value("optimizer"), let kind = parts.optimizer(named: name),
      case .number(let rate)? = value("learning_rate")
    else { return nil }
    let settings = kind.settings.compactMap { setting in
      value(setting.name).flatMap { SettingValue($0, in: setting.domain) }
    }
    guard settings.count == kind.settings.count else { return nil }
    self.init(kind, learningRate: rate, settings: settings)
  }
}

extension HyperparameterValue {
  /// A truth is stored as 1 or 0.
  init(_ value: SettingValue) {
    self =
      switch value {
      case .number(let number): .number(number)
      case .truth(let truth): .integer(truth ? 1 : 0)
      case .word(let word): .text(word)
      }
  }
}

extension SettingValue {
  /// Nil for a value that the setting does not accept.
  public init?(_ stored: HyperparameterValue, in domain: SettingDomain) {
    switch (stored, domain) {
    case (.number(let number), .number): self = .number(number)
    case (.integer(let integer), .truth): self = .truth(integer == 1)
    case (.text(let word), .choice): self = .word(word)
    default: return nil
    }
    guard domain.contains(self) else { return nil }
  }
}
