/// Reads `network:` and the axes of the grid that vary it.
enum NetworkReader {
  static let keys = ["image", "convolutions", "hidden", "activation", "initialization", "bias"]
  static let hiddenLayers = "a list of units, one entry a hidden layer, each a whole number from 1 to 65536"
  static let maximumLayers = 1000

  /// The units of each hidden layer; a single number is one layer, an empty list a linear model.
  static func hidden(_ field: DocumentField) -> [Int]? {
    let units = 1...65536
    guard let items = field.listItems else {
      return field.integer(in: units, accepted: hiddenLayers).map { [$0] }
    }
    guard items.count <= maximumLayers else {
      field.report("\(items.count) layers", accepted: "at most \(maximumLayers) layers")
      return nil
    }
    let layers = items.map { $0.integer(in: units) }
    return layers.contains(nil) ? nil : layers.compactMap { $0 }
  }

  /// The axis of `grid.hidden`: a list whose every item is a network's list of layers.
  static func hiddenAxis(_ field: DocumentField) -> GridAxis<[Int]> {
    let accepted = "a list of lists: [[64, 32]] is one network of two layers, [[64], [32]] two networks of one"
    let misfits = field.listItems?.filter { $0.listItems == nil } ?? []
    if let first = misfits.first, misfits.count == field.listItems?.count {
      // One mistake and not as many as there are numbers.
      first.reportMismatch("a list of layers", accepted: accepted)
      return GridAxis()
    }
    return GridAxis(field, accepted: accepted) { item in
      guard item.listItems != nil else {
        item.reportMismatch("a list of layers", accepted: accepted)
        return []
      }
      return hidden(item).map { [$0] } ?? []
    }
  }
}

/// Reads a schedule: a bare name, or a mapping from its name to its settings.
enum ScheduleReader {
  static let names = ["constant", "step", "exponential", "inverse_time", "cosine"]
  static let accepted =
    "constant, {step: {every, gamma}}, {exponential: {gamma}}, {inverse_time: {decay}}, {cosine: {floor}},"
    + " each also with warmup_epochs"

  static func read(_ field: DocumentField) -> ScheduleSpecification? {
    if case .scalar(let name, _) = field.node.content, !field.node.isNull {
      switch name {
      case "constant": return .constant
      case "cosine": return ScheduleSpecification(kind: .cosine(floor: 0))
      case _ where names.contains(name):
        field.report("\(name) needs settings", accepted: accepted)
      default:
        field.reportUnknown(name, "a schedule", among: names, accepted: accepted)
      }
      return nil
    }
    guard case .mapping(let entries) = field.node.content, !entries.isEmpty else {
      field.reportMismatch("a schedule", accepted: accepted)
      return nil
    }
    guard let section = DocumentSection(field, keys: names), let body = section.one(of: names),
      let name = names.first(where: { section[$0] != nil })
    else { return nil }
    return settings(of: name, body)
  }

  private static func settings(of name: String, _ field: DocumentField) -> ScheduleSpecification? {
    let own =
      switch name {
      case "step": ["every", "gamma"]
      case "exponential": ["gamma"]
      case "inverse_time": ["decay"]
      case "cosine": ["floor"]
      default: [String]()
      }
    guard let section = DocumentSection(field, keys: own + ["warmup_epochs"]) else { return nil }
    func required(_ key: String, _ interval: NumberInterval) -> Double? {
      section.required(key, accepted: interval.description)?.number(in: interval)
    }
    let warmup = section["warmup_epochs"]?.number(in: .nonNegative) ?? 0
    let kind: ScheduleSpecification.Kind?
    switch name {
    case "step":
      let every = required("every", .positive)
      let gamma = required("gamma", .keepProbability)
      if let every, let gamma { kind = .step(every: every, gamma: gamma) } else { kind = nil }
    case "exponential": kind = required("gamma", .keepProbability).map { .exponential(gamma: $0) }
    case "inverse_time": kind = required("decay", .nonNegative).map { .inverseTime(decay: $0) }
    case "cosine": kind = .cosine(floor: section["floor"]?.number(in: .share) ?? 0)
    default: kind = .constant
    }
    return kind.map { ScheduleSpecification(kind: $0, warmupEpochs: warmup) }
  }
}

/// Reads `training:` and `selection:`.
enum TrainingReader {
  static let keys = ["epochs", "order", "drop_remainder", "early_stopping", "divergence_bound", "evaluate_training"]

  static func read(_ field: DocumentField) -> TrainingSpecification? {
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    let epochs = 1...1_000_000
    var training = TrainingSpecification(
      epochs: section.required("epochs", accepted: DocumentField.describe(epochs))?.integer(in: epochs) ?? 1)
    training.order = section["order"]?.choice(TrainingSpecification.Order.self, "an order") ?? .shuffled
    training.dropRemainder = section["drop_remainder"]?.truth() ?? false
    training.divergenceBound = section["divergence_bound"]?.number(in: .positive) ?? training.divergenceBound
    training.evaluatesTraining = section["evaluate_training"]?.truth() ?? true
    if let stopping = section["early_stopping"], !stopping.isWord("none") {
      earlyStopping(stopping, into: &training)
    }
    return training
  }

  private static func earlyStopping(_ field: DocumentField, into training: inout TrainingSpecification) {
    guard case .mapping = field.node.content else {
      return field.reportMismatch("a mapping", accepted: "none, or a mapping of patience, minimum_delta")
    }
    guard let section = DocumentSection(field, keys: ["patience", "minimum_delta"]) else { return }
    let epochs = 1...1_000_000
    training.patience = section.required("patience", accepted: DocumentField.describe(epochs))?.integer(in: epochs)
    training.minimumDelta = section["minimum_delta"]?.number(in: .nonNegative) ?? 0
  }

  static func selection(_ field: DocumentField) -> SelectionRule {
    var rule = SelectionRule.standard
    guard let section = DocumentSection(field, keys: ["metric", "epoch"]) else { return rule }
    rule.metric = section["metric"]?.choice(SelectionRule.Metric.self, "a metric") ?? rule.metric
    rule.epoch = section["epoch"]?.choice(SelectionRule.Epoch.self, "an epoch") ?? rule.epoch
    return rule
  }
}
