import Settings

/// Reads a choice among a family's parts: a name alone, or with settings.
///
/// With settings it is a mapping from the name to them, `{step: {every: 2, gamma: 0.5}}`, or one in which a key gives the
/// name among them, `{kind: truncated_normal, deviation: 0.1}`.
struct PartReader {
  let family: PartFamily
  let kinds: [PartKind]
  /// Keys that stand among the settings of every part.
  let shared: [String]
  /// The key that gives the name; nil where the name is a key itself.
  let nameKey: String?

  init(family: PartFamily, parts: Parts, shared: [String] = [], nameKey: String? = nil) {
    self.family = family
    kinds = parts.kinds(of: family)
    self.shared = shared
    self.nameKey = nameKey
  }

  private var names: [String] { kinds.map(\.name) }

  /// Such as `constant, {step: {every, gamma}}`.
  var accepted: String {
    if let nameKey {
      var settings = DistinctValues<String>()
      for setting in kinds.flatMap(\.settings) { settings.insert(setting.name) }
      let keys = [nameKey] + settings.values + shared
      return names.joined(separator: ", ") + (keys.count == 1 ? "" : ", or {\(keys.joined(separator: ", "))}")
    }
    let forms = kinds.map { kind in
      kind.settings.isEmpty ? kind.name : "{\(kind.name): {\(kind.settings.map(\.name).joined(separator: ", "))}}"
    }
    return forms.joined(separator: ", ") + (shared.isEmpty ? "" : ", each also with " + shared.joined(separator: ", "))
  }

  /// - Parameter varies: Whether each setting may have several values.
  func read(_ field: DocumentField, varies: Bool) -> PartEntry? {
    switch field.node.content {
    case .scalar(let name, _) where !field.node.isNull:
      guard let kind = kind(name, field) else { return nil }
      guard !kind.settings.contains(where: \.isRequired) else {
        field.report("\(name) needs settings", accepted: example(kind))
        return nil
      }
      return PartEntry(kind, nil, varies: varies)
    case .mapping(let entries) where !entries.isEmpty:
      return nameKey.map { flat(field, entries, $0, varies: varies) } ?? nested(field, varies: varies)
    default:
      field.reportMismatch(family.noun, accepted: accepted)
      return nil
    }
  }

  /// The part of this name, reported where there is none.
  private func kind(_ name: String, _ field: DocumentField) -> PartKind? {
    if let kind = kinds.first(where: { $0.name == name }) { return kind }
    field.reportUnknown(name, family.noun, among: names, parts: kinds, accepted: accepted)
    return nil
  }

  /// A choice with every setting that has to be given.
  private func example(_ kind: PartKind) -> String {
    let settings = kind.settings.filter(\.isRequired).map { "\($0.name): …" }.joined(separator: ", ")
    return nameKey.map { "{\($0): \(kind.name), \(settings)}" } ?? "{\(kind.name): {\(settings)}}"
  }

  private func nested(_ field: DocumentField, varies: Bool) -> PartEntry? {
    guard let section = DocumentSection(field, keys: names, parts: kinds), let body = section.one(of: names),
      let kind = kinds.first(where: { section[$0.name] != nil })
    else { return nil }
    if kind.settings.isEmpty, shared.isEmpty {
      guard case .mapping(let entries) = body.node.content, entries.isEmpty else {
        body.report("\(kind.name) has no settings", accepted: kind.name)
        return nil
      }
    }
    guard
      let settings = DocumentSection(body, keys: kind.settings.map(\.name) + shared)
    else { return nil }
    return PartEntry(kind, settings, varies: varies)
  }

  private func flat(
    _ field: DocumentField, _ entries: [DocumentNode.Entry], _ nameKey: String, varies: Bool
  ) -> PartEntry? {
    guard let name = entries.first(where: { $0.key == nameKey }) else {
      // What else is wrong shows only against the settings of a part, so that these are those of all.
      let all = DocumentSection(field, keys: [nameKey] + kinds.flatMap { $0.settings.map(\.name) } + shared)
      _ = all?.required(nameKey, accepted: names.joined(separator: ", "))
      return nil
    }
    let path = DocumentSection.join(field.path, nameKey)
    let nameField = DocumentField(node: name.value, path: path, problems: field.problems)
    guard let kind = nameField.part(family, among: kinds),
      let section = DocumentSection(field, keys: [nameKey] + kind.settings.map(\.name) + shared)
    else { return nil }
    return PartEntry(kind, section, varies: varies)
  }
}

/// A part and the values that each of its settings takes.
struct PartEntry {
  private let kind: PartKind
  /// Where its settings stand; nil where only its name does.
  private let section: DocumentSection?
  /// In the order of ``PartKind/settings``; no value where a problem has been reported.
  private let settings: [[SettingValue]]
  private let varies: Bool

  init(_ kind: PartKind, _ section: DocumentSection?, varies: Bool) {
    self.kind = kind
    self.section = section
    self.varies = varies
    settings = kind.settings.map { setting in
      let field =
        setting.isRequired
        ? section?.required(setting.name, accepted: setting.domain.accepted) : section?[setting.name]
      guard let field else { return setting.isRequired ? [] : [setting.standard] }
      return varies ? GridAxis(field, setting).values : field.value(of: setting).map { [$0] } ?? []
    }
  }

  /// The values of a number that stands among the settings of every part of the family.
  func numbers(_ key: String, in interval: NumberInterval, standard: Double) -> [Double] {
    guard let field = section?[key] else { return [standard] }
    return varies ? GridAxis(numbers: field, in: interval).values : field.number(in: interval).map { [$0] } ?? []
  }

  /// Every combination, the first setting outermost.
  var choices: [PartChoice] { combinations(of: settings).map { PartChoice(kind, values: $0) } }
}

/// One value of each list, in every combination, the first list outermost.
func combinations<Value>(of lists: [[Value]]) -> [[Value]] {
  lists.reduce([[]]) { combinations, values in
    combinations.flatMap { combination in values.map { combination + [$0] } }
  }
}

extension DocumentField {
  /// One value of a setting.
  func value(of setting: SettingDeclaration) -> SettingValue? {
    switch setting.domain {
    case .number(let interval, isWhole: false): number(in: interval).map { .number($0) }
    case .number(let interval, isWhole: true): integer(in: interval.wholeNumbers).map { .number(Double($0)) }
    case .truth: truth().map { .truth($0) }
    case .choice(let words): choice(of: words, "a \(setting.name)").map { .word($0) }
    }
  }
}

extension NumberInterval {
  /// The whole numbers of a bounded interval.
  var wholeNumbers: ClosedRange<Int> {
    let first = Int(lower.rounded(.up)) + (includesLower || lower != lower.rounded() ? 0 : 1)
    let last = Int(upper.rounded(.down)) - (includesUpper || upper != upper.rounded() ? 0 : 1)
    return first...last
  }
}
