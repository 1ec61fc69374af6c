/// A part with a value for each of its settings: what an experiment file chose.
public struct PartChoice: Hashable, Sendable {
  public let kind: PartKind
  /// In the order of ``PartKind/settings``.
  public private(set) var values: [SettingValue]

  /// - Parameter values: In the order of ``PartKind/settings``.
  public init(_ kind: PartKind, values: [SettingValue]) {
    precondition(values.count == kind.settings.count)
    self.kind = kind
    self.values = values
  }

  /// Fills what is left out with the part's defaults.
  public init(_ kind: PartKind, _ values: [String: SettingValue] = [:]) {
    precondition(values.keys.allSatisfy { kind.index(of: $0) != nil })
    self.init(kind, values: kind.settings.map { values[$0.name] ?? $0.standard })
  }

  public var name: String { kind.name }

  /// The value of a setting; nil where the part has none of that name.
  public subscript(setting: String) -> SettingValue? { kind.index(of: setting).map { values[$0] } }

  /// The part itself, as one of its family.
  public func make<Family>(as family: Family.Type = Family.self) -> Family {
    guard let part = kind.make(values) as? Family else { preconditionFailure("\(name) is no \(family)") }
    return part
  }
}
