/// Parts of which an experiment chooses one under the same key.
public enum PartFamily: String, Hashable, Sendable, CaseIterable {
  case optimizer
  case schedule
  case loss
  case activation
  case initialization

  /// The column of the results that has the name of a trial's part.
  public var key: String { rawValue }

  /// What one is called, with its article.
  public var noun: String {
    switch self {
    case .optimizer: "an optimizer"
    case .schedule: "a schedule"
    case .loss: "a loss"
    case .activation: "an activation"
    case .initialization: "an initialization"
    }
  }

  /// The column of the results that has a setting's value: optimizers came first, and theirs have no prefix.
  public func column(_ setting: String) -> String { self == .optimizer ? setting : prefix + setting }

  /// What no setting of an optimizer may begin with.
  var prefix: String { rawValue + "_" }

  /// That of a part; nil for a type of none.
  init?(_ part: any Part.Type) {
    switch part {
    case is any OptimizerPart.Type: self = .optimizer
    case is any SchedulePart.Type: self = .schedule
    case is any LossPart.Type: self = .loss
    case is any ActivationPart.Type: self = .activation
    case is any InitializerPart.Type: self = .initialization
    default: return nil
    }
  }
}
