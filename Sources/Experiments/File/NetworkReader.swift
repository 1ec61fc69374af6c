import Settings

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
