/// A registered optimizer.
public struct OptimizerKind: Sendable {
  public let part: PartKind
  public let type: any OptimizerPart.Type

  init(_ part: PartKind, _ type: any OptimizerPart.Type) {
    self.part = part
    self.type = type
  }

  public var name: String { part.name }
  public var settings: [SettingDeclaration] { part.settings }

  /// The optimizer with these values, in the order of ``settings``.
  public func make(_ values: [SettingValue]) -> any OptimizerPart {
    guard let optimizer = part.make(values) as? any OptimizerPart else {
      preconditionFailure("\(name) is made as another part")
    }
    return optimizer
  }
}

extension OptimizerKind: CustomStringConvertible {
  public var description: String { name }
}

extension OptimizerKind: Hashable {
  public static func == (left: OptimizerKind, right: OptimizerKind) -> Bool { left.part == right.part }

  public func hash(into hasher: inout Hasher) { hasher.combine(part) }
}
