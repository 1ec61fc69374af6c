import Settings

extension ReferenceSection {
  /// The sections of a family whose parts are named by a key with their settings below it: one of the names, and one for
  /// each part, as they declare themselves.
  static func sections(
    of family: PartFamily, title: String, text: String, _ parts: Parts, shared: [ReferenceKey] = []
  ) -> [ReferenceSection] {
    let kinds = parts.kinds(of: family)
    let names = ReferenceSection(
      path: family.key, title: title, text: text, context: [(family.key, "{}")],
      keys: kinds.map { ReferenceKey($0.name, $0.summary) })
    return [names]
      + kinds.map { kind in
        let required = kind.settings.filter(\.isRequired).map { "\($0.name): \($0.standard)" }
        return ReferenceSection(
          path: DocumentSection.join(family.key, kind.name), title: "settings", text: "",
          context: [(family.key, "{\(kind.name): {\(required.joined(separator: ", "))}}")],
          keys: kind.settings.map(ReferenceKey.init) + shared)
      }
  }
}

extension ReferenceKey {
  init(_ setting: SettingDeclaration) {
    self.init(setting.name, setting.summary)
    if !setting.isRequired { standard = "\(setting.standard)" }
  }
}
