/// A part's declaration, read once and kept: what all that reads, stores and documents it goes by.
public final class PartKind: Sendable {
  public let type: any Part.Type
  public let name: String
  public let summary: String
  /// What other libraries call it, in small letters and digits alone.
  public let otherNames: Set<String>
  public let settings: [SettingDeclaration]
  private let assemble: @Sendable ([SettingValue]) -> any Part

  /// - Parameter reserved: Names that no setting can have.
  /// - Throws: ``PartError``: the name is none, a setting is declared twice, or a default is not what its setting accepts.
  public init<P: Part>(_ part: P.Type, reserved: Set<String>) throws(PartError) {
    let declared = P.settings
    let standard = P()
    type = part
    name = P.name
    summary = P.summary
    otherNames = Set(P.otherNames)
    settings = declared.map {
      SettingDeclaration(
        name: $0.name, domain: $0.domain, standard: $0.get(standard), isRequired: $0.isRequired, summary: $0.summary)
    }
    assemble = { values in
      var part = P()
      for (setting, value) in zip(declared, values) { setting.set(&part, value) }
      return part
    }
    try check(reserved)
  }

  /// The part with these values, in the order of ``settings``.
  public func make(_ values: [SettingValue]) -> any Part {
    precondition(values.count == settings.count)
    return assemble(values)
  }

  public func index(of setting: String) -> Int? { settings.firstIndex { $0.name == setting } }

  private func check(_ reserved: Set<String>) throws(PartError) {
    guard Self.isName(name) else {
      throw PartError("\(type): \"\(name)\" is no name; accepted: lower-case letters, digits and _")
    }
    var seen: Set<String> = []
    for setting in settings {
      guard Self.isName(setting.name) else {
        throw PartError(
          "\(name): \"\(setting.name)\" is no name of a setting; accepted: lower-case letters, digits and _")
      }
      guard !reserved.contains(setting.name), reserved.isEmpty || !hasPrefixOfFamily(setting.name) else {
        throw PartError("\(name): \(setting.name) is a key of every trial, and no setting can have its name")
      }
      guard seen.insert(setting.name).inserted else {
        throw PartError("\(name): \(setting.name) is declared twice")
      }
      guard setting.domain.contains(setting.standard) else {
        throw PartError("\(name): the default of \(setting.name), \(setting.standard), is not what it accepts")
      }
    }
  }

  /// Whether the settings of another part of the trial could have this column too.
  private func hasPrefixOfFamily(_ setting: String) -> Bool {
    PartFamily.allCases.contains { setting.hasPrefix($0.prefix) }
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "_")
      }
  }
}

extension PartKind: Hashable {
  /// Names are unique among the parts of a family.
  public static func == (left: PartKind, right: PartKind) -> Bool { left === right || left.name == right.name }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
