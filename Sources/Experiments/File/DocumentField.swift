import Settings

/// A value of the document and the path of its key. Its readers report what is wrong and give nil.
struct DocumentField {
  let node: DocumentNode
  let path: String
  let problems: ProblemList

  /// Reports this value as wrong.
  func report(_ reason: String, suggestion: String? = nil, accepted: String? = nil) {
    problems.append(
      .init(
        location: node.location, key: path, value: node.shown, reason: reason, suggestion: suggestion,
        accepted: accepted))
  }

  /// Reports a value of the wrong type; says so in words of its own where nothing was given.
  func reportMismatch(_ what: String, accepted: String) {
    if node.isNull { return report("has no value", accepted: accepted) }
    report("\(node.shown) is not \(what)", accepted: accepted)
  }

  // MARK: Scalars

  /// The characters of a scalar, quoted or not.
  func text(accepted: String = "text") -> String? {
    guard case .scalar(let text, _) = node.content, !node.isNull, !text.isEmpty else {
      reportMismatch("text", accepted: accepted)
      return nil
    }
    return text
  }

  func number(in interval: NumberInterval = .finite) -> Double? {
    guard case .scalar(let text, let isPlain) = node.content, let value = NumberText.value(of: text), isPlain else {
      reportMismatch("a number" + quotingHint, accepted: interval.description)
      return nil
    }
    guard interval.contains(value) else {
      report("\(text) is out of range", accepted: interval.description)
      return nil
    }
    return value
  }

  func integer(in range: ClosedRange<Int>, accepted: String? = nil) -> Int? {
    let accepted = accepted ?? Self.describe(range)
    guard case .scalar(let text, let isPlain) = node.content, isPlain, let number = NumberText.value(of: text) else {
      reportMismatch("a whole number" + quotingHint, accepted: accepted)
      return nil
    }
    guard let value = NumberText.integer(of: text) else {
      let isWhole = number == number.rounded() || !number.isFinite
      report("\(text) is \(isWhole ? "out of range" : "not a whole number")", accepted: accepted)
      return nil
    }
    guard range.contains(value) else {
      report("\(text) is out of range", accepted: accepted)
      return nil
    }
    return value
  }

  func truth() -> Bool? {
    if case .scalar(let text, isPlain: true) = node.content {
      switch text {
      case "true", "True", "TRUE": return true
      case "false", "False", "FALSE": return false
      default: break
      }
    }
    reportMismatch("a truth value", accepted: "true or false")
    return nil
  }

  /// One of an enumeration's names.
  func choice<Choice: CaseIterable & RawRepresentable>(_ type: Choice.Type, _ what: String) -> Choice?
  where Choice.RawValue == String {
    choice(of: Choice.allCases.map(\.rawValue), what).flatMap { Choice(rawValue: $0) }
  }

  /// One of these words.
  ///
  /// - Parameter parts: Those whose names they are, where they are.
  func choice(of names: [String], _ what: String, parts: [PartKind] = []) -> String? {
    guard case .scalar(let text, _) = node.content, !node.isNull else {
      reportMismatch(what, accepted: names.joined(separator: ", "))
      return nil
    }
    guard names.contains(text) else {
      reportUnknown(text, what, among: names, parts: parts, accepted: names.joined(separator: ", "))
      return nil
    }
    return text
  }

  /// One of these parts, by its name.
  func part(_ family: PartFamily, among kinds: [PartKind]) -> PartKind? {
    choice(of: kinds.map(\.name), family.noun, parts: kinds).flatMap { name in kinds.first { $0.name == name } }
  }

  /// Reports a word that none of `names` is: with the one that was probably meant, or that there is no such thing here.
  func reportUnknown(
    _ text: String, _ what: String, among names: [String], parts: [PartKind] = [], accepted: String
  ) {
    let suggestion = nearestName(to: text, in: names, of: parts)
    let isElsewhere = suggestion == nil && ForeignNames.isWithoutCounterpart(text, in: names)
    report(
      "\(node.shown) is not \(what)\(isElsewhere ? " that Ravine has" : "")", suggestion: suggestion, accepted: accepted
    )
  }

  /// Whether the value is this one plain word.
  func isWord(_ word: String) -> Bool {
    if case .scalar(let text, isPlain: true) = node.content { return text == word }
    return false
  }

  private var quotingHint: String {
    if case .scalar(let text, isPlain: false) = node.content, NumberText.value(of: text) != nil {
      return " but quoted text"
    }
    return ""
  }

  static func describe(_ range: ClosedRange<Int>) -> String {
    "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }

  // MARK: Lists

  /// The items of a list; a value that is no list counts as a list of one. An empty list is reported.
  func items(accepted: String) -> [DocumentField] {
    guard case .list(let nodes) = node.content else { return [self] }
    if nodes.isEmpty { report("an empty list", accepted: accepted) }
    return listItems ?? []
  }

  /// The items of a list, which may be none; nil for anything else.
  var listItems: [DocumentField]? {
    guard case .list(let nodes) = node.content else { return nil }
    return nodes.enumerated().map {
      DocumentField(node: $0.element, path: "\(path)[\($0.offset)]", problems: problems)
    }
  }
}
