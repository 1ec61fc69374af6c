import Settings

/// Reads a choice among a family's parts: a name alone, or a mapping from the name to settings.
struct PartReader {
  let family: PartFamily
  let kinds: [PartKind]
  /// Keys that stand among the settings of every part.
  let shared: [String]

  init(family: PartFamily, parts: Parts, shared: [String] = []) {
    self.family = family
    kinds = parts.kinds(of: family)
    self.shared = shared
  }

  private var names: [String] { kinds.map(\.name) }

  /// Such as `constant, {step: {every, gamma}}`.
  var accepted: String {
    let forms = kinds.map { kind in
      kind.settings.isEmpty ? kind.name : "{\(kind.name): {\(kind.settings.map(\.name).joined(separator: ", "))}}"
    }
    return forms.joined(separator: ", ") + (shared.isEmpty ? "" : ", each also with " + shared.joined(separator: ", "))
  }

  /// - Parameter varies: Whether each setting may have several values.
  func read(_ field: DocumentField, varies: Bool) -> PartEntry? {
    if case .scalar(let name, _) = field.node.content, !field.node.isNull {
      guard let kind = kinds.first(where: { $0.name == name }) else {
        field.reportUnknown(name, family.noun, among: names, accepted: accepted)
        return nil
      }
      guard !kind.settings.contains(where: \.isRequired) else {
        field.report("\(name) needs settings", accepted: accepted)
        return nil
      }
      return PartEntry(kind, nil, varies: varies)
    }
    guard case .mapping(let entries) = field.node.content, !entries.isEmpty else {
      field.reportMismatch(family.noun, accepted: accepted)
      return nil
    }
    guard let section = DocumentSection(field, keys: names), let body = section.one(of: names),
      let kind = kinds.first(where: { section[$0.name] != nil }),
      let settings = DocumentSection(body, keys: kind.settings.map(\.name) + shared)
    else { return nil }
    return PartEntry(kind, settings, varies: varies)
  }
}

/// A part and the values that each of its settings takes.
struct PartEntry {
  let kind: PartKind
  /// Where its settings stand; nil where only its name does.
  let section: DocumentSection?
  /// In the order of ``PartKind/settings``; no value where a problem has been reported.
  let settings: [[SettingValue]]

  init(_ kind: PartKind, _ section: DocumentSection?, varies: Bool) {
    self.kind = kind
    self.section = section
    settings = kind.settings.map { setting in
      let field =
        setting.isRequired
        ? section?.required(setting.name, accepted: setting.domain.accepted) : section?[setting.name]
      guard let field else { return setting.isRequired ? [] : [setting.standard] }
      return varies ? GridAxis(field, setting).values : field.value(of: setting).map { [$0] } ?? []
    }
  }

  /// Every combination, the first setting outermost.
  var choices: [PartChoice] {
    combinations(of: settings).map { PartChoice(kind, values: $0) }
  }
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
    let first = Int(lower.rounded(.up))
    let last = Int(upper.rounded(.down))
    return
      (includesLower || lower != Double(first) ? first : first + 1)...(includesUpper || upper != Double(last)
      ? last : last - 1)
  }
}
