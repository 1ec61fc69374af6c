import Settings

/// A mapping of the document whose keys are all known.
struct DocumentSection {
  let field: DocumentField
  private let fields: [String: DocumentField]
  /// Keys that were probably meant by unknown ones: they are not reported again as missing.
  private let suggested: Set<String>

  /// Reports keys that are not among `keys`, and keys without a value; nil, and a report, for anything but a mapping.
  ///
  /// - Parameter parts: Those whose names keys are.
  init?(_ field: DocumentField, keys: [String], parts: [PartKind] = []) {
    guard case .mapping(let entries) = field.node.content else {
      field.reportMismatch("a mapping", accepted: "a mapping of " + keys.joined(separator: ", "))
      return nil
    }
    self.field = field
    var fields: [String: DocumentField] = [:]
    var suggested: Set<String> = []
    for entry in entries {
      let path = Self.join(field.path, entry.key)
      guard keys.contains(entry.key) else {
        let suggestion = nearestName(to: entry.key, in: keys, of: parts)
        if let suggestion { suggested.insert(suggestion) }
        field.problems.append(
          .init(
            location: entry.keyLocation, key: path, value: entry.key, reason: "unknown key",
            suggestion: suggestion, accepted: keys.joined(separator: ", ")))
        continue
      }
      let value = DocumentField(node: entry.value, path: path, problems: field.problems)
      if entry.value.isNull {
        value.report("has no value", accepted: "a value, or no such key")
      }
      fields[entry.key] = value
    }
    self.fields = fields
    self.suggested = suggested
  }

  /// The field of a key, nil where the key is not given.
  subscript(key: String) -> DocumentField? {
    guard let field = fields[key], !field.node.isNull else { return nil }
    return field
  }

  /// The field of a key that has to be given; reports it where it is not.
  func required(_ key: String, accepted: String) -> DocumentField? {
    if fields[key] == nil, !suggested.contains(key) {
      field.problems.append(
        .init(location: field.node.location, key: Self.join(field.path, key), reason: "missing", accepted: accepted))
    }
    return self[key]
  }

  /// The one key given of several that exclude each other, nil where none is. Reports the second of two.
  func one(of keys: [String]) -> DocumentField? {
    let given = keys.compactMap { self[$0] }
    if given.count > 1 {
      given[1].report("given beside \(given[0].path)", accepted: "only one of " + keys.joined(separator: ", "))
    }
    return given.first
  }

  static func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }
}
