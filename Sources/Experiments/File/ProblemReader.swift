import Settings

/// Reads `problem:`, a mapping or just the name of a kind that needs no settings.
enum ProblemReader {
  static let kinds = ["quadratic", "quadratic_deep", "rosenbrock", "saddle"]
  static let accepted = "{kind: …} with one of " + kinds.joined(separator: ", ")
  static let maximumDimension = 1_000

  static func read(_ field: DocumentField) -> ProblemSpecification? {
    guard case .mapping(let entries) = field.node.content else {
      guard let kind = field.choice(of: kinds, "a problem") else { return nil }
      guard kind != "quadratic" else {
        field.report("quadratic needs settings", accepted: "{kind: quadratic, eigenvalues: […]}")
        return nil
      }
      return ProblemSpecification(standard(kind), start: standardStart(standard(kind)))
    }
    guard let kind = entries.first(where: { $0.key == "kind" }) else {
      field.problems.append(
        .init(
          location: field.node.location, key: DocumentSection.join(field.path, "kind"), reason: "missing",
          accepted: kinds.joined(separator: ", ")))
      return nil
    }
    let kindField = DocumentField(
      node: kind.value, path: DocumentSection.join(field.path, "kind"), problems: field.problems)
    guard let name = kindField.choice(of: kinds, "a problem"),
      let section = DocumentSection(field, keys: ["kind"] + settings(of: name)),
      let kind = self.kind(name, section)
    else { return nil }
    let standard = ProblemSpecification(kind, start: standardStart(kind))
    guard let field = section["start"] else { return standard }
    return start(field, dimension: standard.dimension).map { ProblemSpecification(kind, start: $0) }
  }

  private static func settings(of name: String) -> [String] {
    switch name {
    case "quadratic": ["eigenvalues", "rotation_seed", "start"]
    case "saddle": ["eigenvalues", "quartic", "rotation_seed", "start"]
    case "rosenbrock": ["dimension", "start"]
    default: []
    }
  }

  private static func standard(_ name: String) -> ProblemSpecification.Kind {
    switch name {
    case "rosenbrock": .rosenbrock(dimension: 2)
    case "saddle": .saddle(eigenvalues: [1, -1], quartic: 1, rotationSeed: nil)
    default: .quadraticDeep
    }
  }

  /// Where its literature starts; of a saddle 0.1 off the ridge.
  private static func standardStart(_ kind: ProblemSpecification.Kind) -> [Double] {
    switch kind {
    case .quadratic, .quadraticDeep: [1]
    case .rosenbrock(let dimension): (0..<dimension).map { $0.isMultiple(of: 2) ? -1.2 : 1 }
    case .saddle(let eigenvalues, _, _): eigenvalues.map { $0 < 0 ? 0.1 : 1 }
    }
  }

  private static func kind(_ name: String, _ section: DocumentSection) -> ProblemSpecification.Kind? {
    switch name {
    case "quadratic":
      guard let field = section.required("eigenvalues", accepted: "a list of numbers, none of them negative"),
        let eigenvalues = eigenvalues(field)
      else { return nil }
      if let negative = eigenvalues.first(where: { $0 < 0 }) {
        field.report(
          "a quadratic with the eigenvalue \(HyperparameterValue.number(negative)) has no minimum",
          accepted: "eigenvalues of at least 0, or kind: saddle")
        return nil
      }
      guard let seed = rotationSeed(section) else { return nil }
      return .quadratic(eigenvalues: eigenvalues, rotationSeed: seed)
    case "saddle":
      let field = section["eigenvalues"]
      guard let eigenvalues = field.map({ self.eigenvalues($0) }) ?? [1, -1] else { return nil }
      guard eigenvalues.contains(where: { $0 < 0 }) else {
        field?.report("a saddle without a negative eigenvalue", accepted: "at least one below 0, or kind: quadratic")
        return nil
      }
      guard let quartic = section["quartic"].map({ $0.number(in: .positive) }) ?? 1,
        let seed = rotationSeed(section)
      else { return nil }
      return .saddle(eigenvalues: eigenvalues, quartic: quartic, rotationSeed: seed)
    case "rosenbrock":
      guard let dimension = section["dimension"].map({ $0.integer(in: 2...maximumDimension) }) ?? 2 else { return nil }
      return .rosenbrock(dimension: dimension)
    default: return .quadraticDeep
    }
  }

  /// The outer nil is an error, the inner one no rotation.
  private static func rotationSeed(_ section: DocumentSection) -> UInt64?? {
    guard let field = section["rotation_seed"] else { return .some(nil) }
    return field.integer(in: 0...Int.max).map { UInt64($0) }
  }

  /// Numbers and ranges of them; one may come more than once.
  static func eigenvalues(_ field: DocumentField) -> [Double]? {
    var values: [Double] = []
    for item in field.items(accepted: "a list of numbers, or {log: {from, to, count}}") {
      if case .mapping = item.node.content {
        guard let range = NumberRange(item, in: .finite) else { return nil }
        values += range.values
      } else {
        guard let number = item.number() else { return nil }
        values.append(number)
      }
    }
    guard !values.isEmpty else { return nil }
    guard values.count <= maximumDimension else {
      field.report("\(values.count) eigenvalues", accepted: "at most \(maximumDimension)")
      return nil
    }
    return values
  }

  /// A number or a list of some.
  static func numbers(_ field: DocumentField, accepted: String = "a number or a list of numbers") -> [Double]? {
    let items = field.items(accepted: accepted)
    let numbers = items.compactMap { $0.number() }
    return !items.isEmpty && numbers.count == items.count ? numbers : nil
  }

  private static func start(_ field: DocumentField, dimension: Int) -> [Double]? {
    let accepted = "a number for all coordinates, or a list of \(dimension)"
    guard let numbers = numbers(field, accepted: accepted) else { return nil }
    guard numbers.count == 1 || numbers.count == dimension else {
      field.report("\(numbers.count) numbers for \(dimension) coordinates", accepted: accepted)
      return nil
    }
    return numbers
  }
}

extension GridReader {
  /// Whether the loss is a problem's, and not a network's on data.
  var isProblem: Bool { root["problem"] != nil || grid?["problem"] != nil }

  /// The problems of the grid; one that is no problem where the experiment is about networks.
  func problemAxis() -> [ProblemSpecification?] {
    guard isProblem else { return [nil] }
    refuseNetworkKeys()
    let axis = axis(root["problem"], "problem", default: nil, one: ProblemReader.read) { field in
      GridAxis(field, accepted: ProblemReader.accepted) { ProblemReader.read($0).map { [$0] } ?? [] }
    }
    let problems = axis.values
    if problems.contains(where: \.hasPoints), let other = problems.first(where: { !$0.hasPoints }) {
      grid?["problem"]?.report(
        "quadratic_deep is a mean over points, and \(other.name) has none", accepted: "experiments of their own")
    } else if let problem = problems.first, !problem.hasPoints {
      refusePointKeys(problem.name)
    }
    return problems
  }

  private func refuseNetworkKeys() {
    let network = "a problem has no network"
    let refused: [(field: DocumentField?, reason: String)] = [
      (root["data"], "a problem has no data"), (root["network"], network), (root["loss"], "a problem is its own loss"),
      (root["l2"], "the penalty is on a network's kernels, and a problem has none"),
      (root["input_noise"], "the noise is on data, and a problem has none"),
      (grid?["hidden"], network), (grid?["activation"], network), (grid?["initialization"], network),
      (grid?["l2"], "the penalty is on a network's kernels, and a problem has none"),
      (grid?["input_noise"], "the noise is on data, and a problem has none"),
      (grid?["dropout"], "a problem has no units to drop"),
    ]
    for (field, reason) in refused { field?.report(reason, accepted: "no such key beside a problem") }
  }

  /// Of a function without points there are no batches.
  private func refusePointKeys(_ name: String) {
    for (section, keys) in [(root["training"], ["order", "drop_remainder"]), (grid?.field, ["batch_size"])] {
      guard let section, case .mapping(let entries) = section.node.content else { continue }
      for entry in entries where keys.contains(entry.key) {
        let field = DocumentField(
          node: entry.value, path: DocumentSection.join(section.path, entry.key), problems: problems)
        if field.isWord("full") { continue }
        field.report(
          "\(name) is one function, without points to take batches of",
          accepted: entry.key == "batch_size" ? "full, or no such key" : "no such key")
      }
    }
  }
}
