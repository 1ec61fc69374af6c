import Settings

/// A `--set key=value[,value…]`: puts a value into the document before it is read.
enum DocumentOverride {
  /// Short names and the paths they stand for. `hidden` means `network.hidden` where one network is given.
  static let shortNames: [(name: String, path: String)] = [
    ("epochs", "training.epochs"), ("order", "training.order"), ("drop_remainder", "training.drop_remainder"),
    ("early_stopping", "training.early_stopping"),
    ("patience", "training.early_stopping.patience"), ("minimum_delta", "training.early_stopping.minimum_delta"),
    ("divergence_bound", "training.divergence_bound"), ("evaluate_training", "training.evaluate_training"),
    ("hidden", "grid.hidden"), ("activation", "grid.activation"), ("initialization", "grid.initialization"),
    ("bias", "network.bias"), ("l2", "grid.l2"), ("schedule", "grid.schedule"), ("optimizer", "grid.optimizer"),
    ("learning_rate", "grid.learning_rate"), ("batch_size", "grid.batch_size"), ("dropout", "grid.dropout"),
    ("keep_probability", "grid.dropout.keep_probability"), ("dropout_rate", "grid.dropout.dropout_rate"),
    ("dropout_form", "grid.dropout.form"), ("input_noise", "grid.input_noise"), ("seed", "grid.seed"),
    ("source", "data.source"),
    ("standardization", "data.standardization"), ("split", "data.split"), ("metric", "selection.metric"),
  ]

  /// Keys that exclude each other: setting one takes the others out.
  private static let rivals = [
    ["network.hidden", "grid.hidden"], ["network.activation", "grid.activation"],
    ["network.initialization", "grid.initialization"], ["l2", "grid.l2"], ["input_noise", "grid.input_noise"],
    ["schedule", "grid.schedule"],
    ["problem", "grid.problem"],
    ["grid.dropout.keep_probability", "grid.dropout.dropout_rate", "grid.dropout.hidden"],
  ]

  static func apply(_ text: String, to root: inout DocumentNode, problems: ProblemList, parts known: Parts) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let key = parts[0]
    let location = ExperimentFileError.Location(file: problems.file, override: key.isEmpty ? text : key)
    func report(_ reason: String, suggestion: String? = nil, accepted: String? = nil) {
      problems.append(.init(location: location, reason: reason, suggestion: suggestion, accepted: accepted))
    }
    guard parts.count == 2, !key.isEmpty else {
      return report(parts.count == 1 ? "no value" : "no key", accepted: "KEY=VALUE[,VALUE…]")
    }
    let values: [DocumentNode]
    do {
      values = try self.values(parts[1], location: location)
    } catch {
      return error.problems.forEach(problems.append)
    }
    guard let first = values.first, !first.isNull else { return report("no value", accepted: "KEY=VALUE[,VALUE…]") }
    let node = values.count == 1 ? first : DocumentNode(content: .list(values), location: location)

    guard let path = path(of: key, values) else {
      let names = GridReader.keys + shortNames.map(\.name)
      if let setting = optimizerSetting(key, known) {
        return report(
          "is a setting of \(setting.owners), which --set reaches by the optimizer's place",
          accepted: "a path such as grid.optimizer[0].\(setting.name), which counts from 0")
      }
      return report(
        "unknown key", suggestion: nearestName(to: key, in: names),
        accepted: "a path such as training.epochs, or one of " + shortNames.map(\.name).joined(separator: ", "))
    }
    guard let steps = steps(of: path) else {
      return report("not a path", accepted: "a path such as training.epochs or grid.optimizer[0].learning_rate")
    }
    for rival in rivals.first(where: { $0.contains(path) }) ?? [] where rival != path {
      root.remove(rival.split(separator: ".").map(String.init)[...])
    }
    if let reason = root.set(steps[...], to: node, at: location) { report(reason) }
  }

  /// The setting of optimizers that a short name can only mean, here or in other libraries, and which optimizers have it.
  private static func optimizerSetting(_ key: String, _ parts: Parts) -> (name: String, owners: String)? {
    let all = parts.optimizers.flatMap { $0.settings.map(\.name) }
    guard nearestName(to: key, in: GridReader.keys + shortNames.map(\.name)) == nil,
      let name = nearestName(to: key, in: Array(Set(all)).sorted())
    else { return nil }
    let owners = parts.optimizers.filter { $0.settings.contains { $0.name == name } }.map(\.name)
    return (name, owners.prefix(4).joined(separator: ", ") + (owners.count > 4 ? " and others" : ""))
  }

  /// The values of `a,[b,c],{d: e}`: what stands between the commas of a YAML list.
  private static func values(
    _ text: String, location: ExperimentFileError.Location
  ) throws(ExperimentFileError) -> [DocumentNode] {
    let parser = DocumentParser(file: location.file, override: location.override)
    guard let node = try parser.parse("[\(text)\n]"), case .list(let items) = node.content else { return [] }
    return items
  }

  /// The full path of a key; nil for an unknown short name. A path may begin with a short name.
  private static func path(of key: String, _ values: [DocumentNode]) -> String? {
    if key == "hidden" { return values.count == 1 && values[0].isListOfScalars ? "network.hidden" : "grid.hidden" }
    if let short = shortNames.first(where: { $0.name == key }) { return short.path }
    let first = key.prefix { $0 != "." && $0 != "[" }
    if GridReader.keys.contains(String(first)) { return key }
    if let short = shortNames.first(where: { $0.name == first }) { return short.path + key.dropFirst(first.count) }
    return first.count < key.count ? key : nil
  }

  enum Step {
    case key(String)
    case index(Int)
  }

  /// Splits `grid.optimizer[1].name` into its steps; nil where that is not possible.
  private static func steps(of path: String) -> [Step]? {
    var steps: [Step] = []
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard !pieces[0].isEmpty else { return nil }
      steps.append(.key(String(pieces[0])))
      for piece in pieces.dropFirst() {
        guard piece.hasSuffix("]"), let index = Int(piece.dropLast()), index >= 0 else { return nil }
        steps.append(.index(index))
      }
    }
    return steps.count <= DocumentParser.maximumDepth ? steps : nil
  }
}

extension DocumentNode {
  /// Puts a value at a path, making the mappings on the way that are missing. Returns what stood in the way.
  mutating func set(
    _ steps: ArraySlice<DocumentOverride.Step>, to value: DocumentNode, at location: ExperimentFileError.Location,
    path: String = ""
  ) -> String? {
    guard let step = steps.first else {
      self = value
      return nil
    }
    switch (step, content) {
    case (.key(let key), .mapping(var entries)):
      let empty = DocumentNode(content: .mapping([]), location: location)
      let index =
        entries.firstIndex { $0.key == key }
        ?? {
          entries.append(.init(key: key, keyLocation: location, value: empty))
          return entries.count - 1
        }()
      let reason = entries[index].value.set(
        steps.dropFirst(), to: value, at: location, path: DocumentSection.join(path, key))
      content = .mapping(entries)
      return reason
    case (.key, .scalar) where shorthandKey(at: path) != nil:
      // `data: digits` and `optimizer: adam` stand for a mapping
      content = .mapping([.init(key: shorthandKey(at: path)!, keyLocation: self.location, value: self)])
      return set(steps, to: value, at: location, path: path)
    case (.key, .scalar("none", isPlain: true)):
      content = .mapping([])
      return set(steps, to: value, at: location, path: path)
    case (.key, .scalar) where isNull:
      content = .mapping([])
      return set(steps, to: value, at: location, path: path)
    case (.index(let index), .list(var items)):
      guard items.indices.contains(index) else { return "no entry [\(index)]: the list has \(items.count)" }
      let reason = items[index].set(steps.dropFirst(), to: value, at: location, path: path)
      content = .list(items)
      return reason
    case (.index(0), .mapping), (.index(0), .scalar):
      // a list of one may be written without its brackets
      return set(steps.dropFirst(), to: value, at: location, path: path)
    case (.key(let key), .list): return "\(key) is not found: the value above it is a list, which takes [0], [1], …"
    case (.key(let key), .scalar): return "\(key) is not found: the value above it is \(shown)"
    case (.index(let index), _): return "no entry [\(index)]: the value is not a list"
    }
  }

  /// The key whose value may be written alone in place of the mapping at a path.
  private func shorthandKey(at path: String) -> String? {
    guard !isNull else { return nil }
    return switch path {
    case "data": "source"
    case "grid.optimizer": "name"
    default: nil
    }
  }

  mutating func remove(_ keys: ArraySlice<String>) {
    guard let key = keys.first, case .mapping(var entries) = content else { return }
    guard let index = entries.firstIndex(where: { $0.key == key }) else { return }
    if keys.count == 1 {
      entries.remove(at: index)
    } else {
      entries[index].value.remove(keys.dropFirst())
    }
    content = .mapping(entries)
  }
}
