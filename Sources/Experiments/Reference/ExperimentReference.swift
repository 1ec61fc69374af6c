import Settings

/// The reference of experiment files: every key with what it accepts, its default and its meaning.
///
/// Which keys there are, what each accepts and whether it has to be given is asked of the reader: it is handed files that
/// are wrong in just that, and answers with its errors. Only meanings and defaults are written down, and a test reads
/// each default beside the file without the key.
public enum ExperimentReference {
  /// The reference in Markdown: docs/experiment-file.md.
  public static func markdown(_ parts: Parts) -> String {
    let head = """
      # The experiment file

      `sweep reference` prints this page; it is made from the program that reads the files. An experiment is one YAML file.
      [experiments/default.yaml](../experiments/default.yaml) is an example that explains itself, and `sweep init` writes
      one to start from. Unknown and repeated keys and values outside what a key accepts are errors, all of them reported
      at once, each with its line. A number is decimal (`0.001`, `1e-3`); a list of one may be written without its brackets.
      *Required* stands where there is no default, — where leaving the key out means that there is no such thing.

      """
    let sections = ReferenceSection.all(parts).map { $0.markdown(parts) }
    return ([head] + sections + [shortNames]).joined(separator: "\n")
  }

  private static var shortNames: String {
    var lines = [
      "## On the command line", "",
      "`--set KEY=VALUE[,VALUE…]` replaces or adds a value before the file is checked: `--set training.epochs=5`,",
      "`--set 'grid.optimizer[0].learning_rate={log: {from: 1e-3, to: 1, count: 4}}'`. Short names:", "",
      "| short | key |", "|---|---|",
    ]
    for (name, path) in DocumentOverride.shortNames { lines.append("| `\(name)` | `\(path)` |") }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A mapping of the file.
struct ReferenceSection {
  /// Where it is; empty for the file itself.
  var path: String
  var title: String
  /// What is said before the table.
  var text: String
  /// What has to be in the file for this section to be read: paths and YAML.
  var context: [(path: String, value: String)] = []
  var keys: [ReferenceKey]

  /// The smallest file there is.
  private static let minimal = """
    name: a
    data: {source: {two_gaussians: {samples: 10}}}
    network: {hidden: [2]}
    loss: squared_error
    training: {epochs: 1}
    grid: {optimizer: {name: adam, learning_rate: 0.1}, batch_size: 2}
    """

  /// A file with this section and, in it, one key set or taken out.
  func experiment(_ parts: Parts, with key: String? = nil, _ value: String? = nil) throws -> Experiment {
    let parser = DocumentParser(file: "reference")
    var root = try parser.parse(Self.minimal)!
    for (path, value) in context { try root.put(value, at: path, parser) }
    if let key {
      let path = DocumentSection.join(path, key)
      if let value {
        try root.put(value, at: path, parser)
      } else {
        root.remove(path.split(separator: ".").map(String.init)[...])
      }
    }
    return try ExperimentFile.read(root, text: "", problems: ProblemList(file: "reference"), parts: parts)
  }

  private func problems(_ parts: Parts, with key: String, _ value: String?) -> [ExperimentFileError.Problem] {
    do {
      _ = try experiment(parts, with: key, value)
      return []
    } catch {
      return (error as? ExperimentFileError)?.problems ?? []
    }
  }

  /// The keys that the reader knows, in its order.
  func knownKeys(_ parts: Parts) -> [String] {
    problems(parts, with: "?", "1").first { $0.reason == "unknown key" }?.accepted?.split(separator: ", ").map(
      String.init)
      ?? []
  }

  /// What the reader would have in place of a wrong value.
  func accepted(_ key: ReferenceKey, _ parts: Parts) -> String? {
    let path = DocumentSection.join(path, key.name)
    let about = problems(parts, with: key.name, key.wrong).filter { $0.key == path || $0.key.hasPrefix("\(path)[") }
    return about.first?.accepted
  }

  func isRequired(_ key: ReferenceKey, _ parts: Parts) -> Bool {
    let path = DocumentSection.join(path, key.name)
    return problems(parts, with: key.name, nil).contains { $0.key == path && $0.reason == "missing" }
  }

  /// Keys of the reader that are not in the table, and keys of the table that the reader does not know.
  func differences(_ parts: Parts) -> [String] {
    let knownKeys = knownKeys(parts)
    guard !keys.isEmpty else { return knownKeys.isEmpty ? ["\(path): no keys"] : [] }
    let (known, named) = (knownKeys, keys.map(\.name))
    return named == known ? [] : ["\(path): the reader has \(known), the reference \(named)"]
  }

  func markdown(_ parts: Parts) -> String {
    var lines = [path.isEmpty ? "## \(title)" : "## `\(path)`: \(title)", ""]
    if !text.isEmpty { lines += [text, ""] }
    if keys.isEmpty {
      lines += [knownKeys(parts).map { "`\($0)`" }.joined(separator: ", ") + ".", ""]
      return lines.joined(separator: "\n")
    }
    lines += ["| key | accepts | default | meaning |", "|---|---|---|---|"]
    for key in keys {
      let standard = isRequired(key, parts) ? "*required*" : key.standard.map { "`\($0)`" } ?? "—"
      let accepted = (accepted(key, parts) ?? "").replacing("|", with: "\\|")
      lines.append("| `\(key.name)` | \(accepted) | \(standard) | \(key.meaning) |")
    }
    return (lines + [""]).joined(separator: "\n")
  }
}

/// A key of a mapping.
struct ReferenceKey {
  var name: String
  /// YAML that means the same as leaving the key out; nil where nothing does.
  var standard: String?
  var meaning: String
  /// A value that the reader refuses.
  var wrong: String

  init(_ name: String, wrong: String = "[]", _ meaning: String) {
    self.name = name
    self.meaning = meaning
    self.wrong = wrong
  }

  init(_ name: String, _ standard: String, wrong: String = "[]", _ meaning: String) {
    self.init(name, wrong: wrong, meaning)
    self.standard = standard
  }
}

extension DocumentNode {
  fileprivate mutating func put(_ yaml: String, at path: String, _ parser: DocumentParser) throws {
    guard let value = try parser.parse(yaml) else { return }
    let steps = path.split(separator: ".").map { DocumentOverride.Step.key(String($0)) }
    if let reason = set(steps[...], to: value, at: location) {
      preconditionFailure("the reference cannot set \(path): \(reason)")
    }
  }
}
