import Settings

/// A rule of `exclude:`: leaves out the trials that match all of its entries.
struct ExclusionRule {
  let field: DocumentField
  fileprivate let conditions: [Condition]

  fileprivate struct Condition {
    var name: String
    /// Any of these matches.
    var values: [Pattern]
  }

  fileprivate enum Pattern {
    case value(HyperparameterValue)
    /// Every hidden layer has this value.
    case allLayers(Double)
  }

  /// Names a rule may use: those of ``Trial/hyperparameters``.
  static func names(_ parts: Parts) -> [String] {
    guard let optimizer = parts.optimizers.first else { return [] }
    let trial = Trial(
      data: .init(source: .digits),
      network: .init(
        hidden: [], activation: parts.standard(.activation), initialization: .init(parts.standard(.initialization))),
      loss: parts.standard(.loss),
      optimizer: .init(optimizer, learningRate: 1), batchSize: .full, training: .init(epochs: 1), seed: 0)
    var names = DistinctValues<String>()
    let all =
      OptimizerSpecification.columns(parts) + ScheduleSpecification.columns(parts)
      + trial.hyperparameters.map(\.name) + PartChoice.columns(of: .loss, parts)
      + PartChoice.columns(of: .activation, parts) + InitializationSpecification.columns(parts)
    for name in all { names.insert(name) }
    return names.values + [
      "input_noise", "drop_remainder", "stopping_metric", "problem",
      "dimension",
      "eigenvalues", "quartic", "rotation_seed", "start",
    ]
  }

  /// - Parameter names: ``names(_:)``, which are made once a file.
  init?(_ field: DocumentField, _ names: [String]) {
    guard case .mapping(let entries) = field.node.content, !entries.isEmpty else {
      field.reportMismatch("a rule", accepted: "a mapping of hyperparameters to values or lists of values")
      return nil
    }
    guard let section = DocumentSection(field, keys: names) else { return nil }
    self.field = field
    conditions = entries.compactMap { entry in
      section[entry.key].map { Condition(name: entry.key, values: Self.patterns($0, of: entry.key)) }
    }
  }

  func names(_ name: String) -> Bool { conditions.contains { $0.name == name } }

  /// - Parameter value: Gives a hyperparameter's value by its name.
  func matches(_ value: (String) -> HyperparameterValue?) -> Bool {
    conditions.allSatisfy { condition in
      guard let value = value(condition.name) else { return false }
      return condition.values.contains { $0.matches(value) }
    }
  }

  // MARK: Reading

  private static func patterns(_ field: DocumentField, of name: String) -> [Pattern] {
    switch name {
    case "keep_probability", "dropout_rate":
      // one number: all hidden layers alike; a list inside the list: the data first, then each hidden layer
      return field.items(accepted: "a number or a list").compactMap { item in
        guard let layers = item.listItems else { return item.number(in: .share).map { .allLayers($0) } }
        let values = layers.compactMap { $0.number(in: .share) }
        return values.count == layers.count ? .value(.list(values)) : nil
      }
    case "hidden":
      let isOne = field.listItems?.allSatisfy { $0.listItems == nil } ?? true
      return (isOne ? [field] : field.items(accepted: NetworkReader.hiddenLayers)).compactMap { item in
        NetworkReader.hidden(item).map { .value(.list($0.map(Double.init))) }
      }
    case "eigenvalues": return lists(field) { ProblemReader.eigenvalues($0) }
    case "start": return lists(field) { ProblemReader.numbers($0).map(ProblemSpecification.shortest) }
    case "split":
      field.report("the split cannot vary", accepted: "a hyperparameter of the grid")
      return []
    default:
      return field.items(accepted: "a value or a list of values").compactMap { item in
        value(item, of: name).map { .value($0) }
      }
    }
  }

  /// One list of numbers, or a list of such lists.
  private static func lists(_ field: DocumentField, _ read: (DocumentField) -> [Double]?) -> [Pattern] {
    let isOne = field.listItems?.allSatisfy { $0.listItems == nil } ?? true
    return (isOne ? [field] : field.items(accepted: "a list of numbers, or a list of such lists"))
      .compactMap { item in read(item).map { .value(.list($0)) } }
  }

  private static func value(_ field: DocumentField, of name: String) -> HyperparameterValue? {
    guard case .scalar(let text, let isPlain) = field.node.content else {
      field.reportMismatch("a value", accepted: "a number, a word or a list of these")
      return nil
    }
    if name == "batch_size", text == "full" { return .integer(0) }
    guard isPlain else { return .text(text) }
    if text == "true" { return .integer(1) }
    if text == "false" { return .integer(0) }
    return NumberText.value(of: text).map { .number($0) } ?? .text(text)
  }
}

extension ExclusionRule.Pattern {
  func matches(_ value: HyperparameterValue) -> Bool {
    switch (self, value) {
    case (.allLayers(let layer), .list(let layers)): layers.count > 1 && layers.dropFirst().allSatisfy { $0 == layer }
    case (.value(.number(let number)), .integer(let integer)): Double(integer) == number
    case (.value(let pattern), let value): pattern == value
    default: false
    }
  }
}
