import Settings

extension ReferenceSection {
  /// The sections of a family whose parts are named by a key with their settings below it: one of the names, and one for
  /// each part that has settings, as they declare themselves.
  static func sections(
    of family: PartFamily, at path: String, title: String, text: String, _ parts: Parts, shared: [ReferenceKey] = []
  ) -> [ReferenceSection] {
    let kinds = parts.kinds(of: family)
    let names = ReferenceSection(
      path: path, title: title, text: text, context: [(path, "{}")],
      keys: kinds.map { ReferenceKey($0.name, $0.summary) })
    return [names]
      + kinds.filter { !$0.settings.isEmpty || !shared.isEmpty }.map { kind in
        ReferenceSection(
          path: DocumentSection.join(path, kind.name), title: "settings", text: "",
          context: [(path, "{\(kind.name): {\(required(kind).joined(separator: ", "))}}")],
          keys: kind.settings.map(ReferenceKey.init) + shared)
      }
  }

  /// The sections of a family whose parts are named by a key among their settings: one for each part that has settings.
  static func flatSections(
    of family: PartFamily, at path: String, nameKey: ReferenceKey, text: String, _ parts: Parts,
    shared: [ReferenceKey] = []
  ) -> [ReferenceSection] {
    let kinds = parts.kinds(of: family)
    let names = kinds.map { "- `\($0.name)`: \($0.summary)" }.joined(separator: "\n")
    return kinds.filter { !$0.settings.isEmpty }.enumerated().map { index, kind in
      let settings = ["\(nameKey.name): \(kind.name)"] + required(kind)
      return ReferenceSection(
        path: path, title: "`\(kind.name)`, with settings", text: index == 0 ? "\(text)\n\n\(names)" : "",
        context: [(path, "{\(settings.joined(separator: ", "))}")],
        keys: [nameKey] + kind.settings.map(ReferenceKey.init) + shared)
    }
  }

  /// What has to be given, with values that are accepted.
  private static func required(_ kind: PartKind) -> [String] {
    kind.settings.filter(\.isRequired).map { "\($0.name): \($0.standard)" }
  }
}

extension ReferenceKey {
  init(_ setting: SettingDeclaration) {
    self.init(setting.name, setting.summary)
    if !setting.isRequired { standard = "\(setting.standard)" }
  }
}
