import Yams

/// Turns YAML text into a ``DocumentNode``, refusing what could exhaust time, memory or stack.
struct DocumentParser {
  static let maximumBytes = 1 << 20
  static let maximumDepth = 32
  static let maximumNodes = 200_000

  let file: String
  /// The `--set` key the text belongs to, nil for the file.
  var override: String?

  /// - Throws: ``ExperimentFileError`` with the line, if the text is not YAML, or larger or more nested than is useful.
  /// - Returns: nil for a text without content.
  func parse(_ text: String) throws(ExperimentFileError) -> DocumentNode? {
    guard text.utf8.count <= Self.maximumBytes else {
      throw error("larger than 1 MB", accepted: "a file of at most 1 MB")
    }
    var text = text
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    text.makeContiguousUTF8()
    if Self.mayHaveAliasInKey(Array(text.utf8)) {
      throw error("an alias (*name) in a file with complex keys", accepted: "keys that are plain words")
    }
    var nodes = 0
    do {
      // Without resolver rules every scalar stays text: what it means is decided by the key it belongs to.
      guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else { return nil }
      return try convert(root, depth: 1, nodes: &nodes)
    } catch let error as ExperimentFileError {
      throw error
    } catch let error as YamlError {
      throw self.error(describing: error)
    } catch {
      throw self.error("cannot be read: \(error)")
    }
  }

  private func convert(_ node: Node, depth: Int, nodes: inout Int) throws -> DocumentNode {
    let location = location(node.mark)
    nodes += 1
    // Aliases share memory as YAML is read and are written out here, so the count also stops those that multiply.
    guard nodes <= Self.maximumNodes else {
      throw error("more than \(Self.maximumNodes) values, those behind aliases included", at: location)
    }
    guard depth <= Self.maximumDepth else {
      throw error("nested more than \(Self.maximumDepth) levels deep", at: location)
    }
    switch node {
    case .scalar(let scalar):
      guard ["", "!", "tag:yaml.org,2002:str"].contains(scalar.tag.rawValue) else {
        throw error("tags (\(scalar.tag.rawValue)) are not accepted", at: location)
      }
      return DocumentNode(
        content: .scalar(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any), location: location)
    case .sequence(let sequence):
      var items: [DocumentNode] = []
      for item in sequence { items.append(try convert(item, depth: depth + 1, nodes: &nodes)) }
      return DocumentNode(content: .list(items), location: location)
    case .mapping(let mapping):
      var entries: [DocumentNode.Entry] = []
      for (key, value) in mapping {
        guard case .scalar(let scalar) = key else {
          throw error("a key must be a word, not a list or a mapping", at: self.location(key.mark))
        }
        nodes += 1
        entries.append(
          .init(
            key: scalar.string, keyLocation: self.location(key.mark),
            value: try convert(value, depth: depth + 1, nodes: &nodes)))
      }
      return DocumentNode(content: .mapping(entries), location: location)
    case .alias:
      throw error("an alias without its anchor", at: location)
    }
  }

  /// Whether an alias may be part of a key.
  ///
  /// Yams compares the keys of each mapping as whole trees, so a key made of aliases to aliases costs exponential time.
  /// This looks at the bytes, before anything is parsed, and may say yes too often, never no.
  static func mayHaveAliasInKey(_ text: [UInt8]) -> Bool {
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
    var hasAlias = false
    var hasComplexKey = false
    for (index, byte) in text.enumerated() {
      let previous = index == 0 ? 10 : text[index - 1]
      switch byte {
      case UInt8(ascii: "*"):
        var end = index + 1
        while end < text.count, isNameByte(text[end]) { end += 1 }
        guard end > index + 1 else { continue }
        hasAlias = true
        if followedByColon(text, from: end) { return true }
      case UInt8(ascii: "?"):
        let isIndicator = isSpace(previous) || "[{,-:?".utf8.contains(previous)
        if isIndicator, index + 1 == text.count || isSpace(text[index + 1]) { hasComplexKey = true }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if followedByColon(text, from: index + 1) { hasComplexKey = true }
      default: break
      }
      if hasAlias && hasComplexKey { return true }
    }
    return false
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte == 45
  }

  private static func followedByColon(_ text: [UInt8], from start: Int) -> Bool {
    var index = start
    while index < text.count, text[index] == 32 || text[index] == 9 { index += 1 }
    return index < text.count && text[index] == UInt8(ascii: ":")
  }
}

extension DocumentParser {
  private func location(_ mark: Mark?) -> ExperimentFileError.Location {
    guard override == nil else { return .init(file: file, override: override) }
    return .init(file: file, line: mark?.line, column: mark?.column)
  }

  private func error(
    _ reason: String, key: String = "", at location: ExperimentFileError.Location? = nil, accepted: String? = nil
  ) -> ExperimentFileError {
    .init(problems: [
      .init(location: location ?? self.location(nil), key: key, reason: reason, accepted: accepted)
    ])
  }

  private func error(describing error: YamlError) -> ExperimentFileError {
    switch error {
    case .scanner(_, "found character that cannot start any token", let mark, let yaml):
      return strayCharacter(at: mark, in: yaml)
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = context.map { " (\($0.text))" } ?? ""
      return self.error("not valid YAML: \(problem)\(place)", at: location(mark))
    case .duplicatedKeysInMapping(let duplicates, let context):
      let key = duplicates.first ?? ""
      return self.error(
        "given more than once in one mapping, here for the first time", key: key, at: location(context.mark))
    case .reader(let problem, let offset, _, let yaml):
      let line = offset.map { offset in 1 + yaml.prefix(offset).count { $0.isNewline } }
      return self.error(
        "not valid YAML: \(problem)", at: .init(file: file, line: override == nil ? line : nil, override: override))
    default:
      return self.error("not valid YAML: \(error)")
    }
  }

  /// A character that YAML has no use for where a value or a key should begin.
  private func strayCharacter(at mark: Mark, in yaml: String) -> ExperimentFileError {
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
    let line = mark.line > 0 && mark.line <= lines.count ? lines[mark.line - 1] : ""
    let character = line.unicodeScalars.dropFirst(max(0, mark.column - 1)).first
    if character == "\t" || line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
      return error("a tab, which YAML does not take for indentation", at: location(mark), accepted: "spaces")
    }
    return error(
      "not valid YAML: nothing may begin with \(character.map { "'\($0)'" } ?? "this")", at: location(mark),
      accepted: "text in quotes")
  }
}
