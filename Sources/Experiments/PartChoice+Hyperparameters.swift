import Settings

extension PartChoice {
  /// Its name and its settings, as trials list and store them.
  func hyperparameters(of family: PartFamily) -> [Hyperparameter] {
    [.init(family.key, .text(name))]
      + zip(kind.settings, values).map { .init(family.column($0.name), HyperparameterValue($1)) }
  }

  /// Columns that trials may have of a family's parts, each once.
  static func columns(of family: PartFamily, _ parts: Parts) -> [String] {
    var columns = DistinctValues<String>()
    columns.insert(family.key)
    for kind in parts.kinds(of: family) {
      for setting in kind.settings { columns.insert(family.column(setting.name)) }
    }
    return columns.values
  }

  /// What a run left, back in its part's terms; nil where a value is missing, or none that the part accepts.
  public init?(_ family: PartFamily, _ parts: Parts, stored value: (String) -> HyperparameterValue?) {
    guard case .text(let name)? = value(family.key), let kind = parts.kind(of: family, named: name) else { return nil }
    let values = kind.settings.compactMap { setting in
      value(family.column(setting.name)).flatMap { SettingValue($0, in: setting.domain) }
    }
    guard values.count == kind.settings.count else { return nil }
    self.init(kind, values: values)
  }
}

extension PartKind {
  /// What it declares as a loss.
  public var lossPart: any LossPart.Type {
    guard let loss = type as? any LossPart.Type else { preconditionFailure("\(name) is no loss") }
    return loss
  }
}

extension PartChoice {
  /// What it declares as a loss.
  public var lossPart: any LossPart.Type { kind.lossPart }
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
