import Settings

/// Reads the whole document into the axes of a grid.
struct GridReader {
  static let keys = [
    "name", "description", "data", "network", "loss", "problem", "l2", "input_noise", "precision", "training",
    "schedule", "selection",
    "curvature", "search", "grid", "exclude", "slurm",
  ]
  static let gridKeys = [
    "problem", "hidden", "activation", "initialization", "l2", "schedule", "optimizer", "learning_rate", "batch_size",
    "dropout", "input_noise", "seed",
  ]
  static let maximumTrials = 10_000_000

  let root: DocumentSection
  let network: DocumentSection?
  let grid: DocumentSection?
  let problems: ProblemList
  /// What the file may name.
  let parts: Parts

  init?(_ root: DocumentField, _ parts: Parts) {
    self.parts = parts
    guard let section = DocumentSection(root, keys: Self.keys) else { return nil }
    self.root = section
    problems = root.problems
    grid = section.required("grid", accepted: "a mapping of " + Self.gridKeys.joined(separator: ", "))
      .flatMap { DocumentSection($0, keys: Self.gridKeys) }
    let keys = "a mapping of " + NetworkReader.keys.joined(separator: ", ")
    network =
      section["problem"] == nil && grid?["problem"] == nil
      ? section.required("network", accepted: keys).flatMap { DocumentSection($0, keys: NetworkReader.keys) } : nil
  }

  // MARK: What does not vary

  func name() -> String {
    guard let field = root.required("name", accepted: ExperimentName.rule),
      let name = field.text(accepted: ExperimentName.rule)
    else { return "" }
    if !ExperimentName.isSound(name) {
      field.report("\(field.node.shown) is not a name", accepted: ExperimentName.rule)
    }
    return name
  }

  func data() -> DataSpecification {
    guard !isProblem else { return DataSpecification(source: .digits) }
    return root.required("data", accepted: "a mapping of " + DataReader.keys.joined(separator: ", "))
      .flatMap { DataReader.read($0) } ?? DataSpecification(source: .digits)
  }

  func training() -> TrainingSpecification {
    root.required("training", accepted: "a mapping of " + TrainingReader.keys.joined(separator: ", "))
      .flatMap { TrainingReader.read($0) } ?? TrainingSpecification(epochs: 1)
  }

  /// The loss, checked against the task of the data where that is known from the file.
  func loss(for source: DataSource) -> PartChoice {
    let standard = parts.standard(.loss)
    let reader = PartReader(family: .loss, parts: parts)
    guard !isProblem, let field = root.required("loss", accepted: reader.accepted),
      let loss = reader.read(field, varies: false)?.choices.first
    else { return standard }
    let targets = loss.lossPart.targets
    if source.task == .regression, targets == .classes {
      field.report(
        "\(loss.name) needs classes, and the data are for regression",
        accepted: losses { $0 == .numbers || $0 == .shares && !source.hasUnboundedTargets })
    }
    if source.hasUnboundedTargets, targets == .shares {
      field.report(
        "\(loss.name) needs targets from 0 to 1, and these are unbounded", accepted: losses { $0 == .numbers })
    }
    return loss
  }

  /// The losses that take such targets.
  private func losses(_ take: (LossTargets) -> Bool) -> String {
    parts.kinds(of: .loss).filter { take($0.lossPart.targets) }.map(\.name).joined(separator: ", ")
  }

  func selection(for source: DataSource) -> SelectionRule {
    guard let field = root["selection"] else { return .standard }
    let rule = TrainingReader.selection(field)
    if isProblem || source.task == .regression, rule.metric == .validationAccuracy {
      let what = isProblem ? "a problem" : "regression"
      field.report("\(what) has no accuracy to select by", accepted: "metric: validation_loss")
    }
    return rule
  }

  // MARK: What may vary

  /// The axis of a key that is either fixed outside the grid or varied inside it.
  func axis<Value>(
    _ fixed: DocumentField?, _ key: String, default value: Value?, one: (DocumentField) -> Value?,
    many: (DocumentField) -> GridAxis<Value>
  ) -> GridAxis<Value> {
    guard let varied = grid?[key] else {
      return (fixed.flatMap(one) ?? value).map { GridAxis($0) } ?? GridAxis()
    }
    if let fixed {
      varied.report("given beside \(fixed.path)", accepted: "only one of \(fixed.path), \(varied.path)")
    }
    return many(varied)
  }

  /// The axis of a part, which is given under its family's key outside the grid or inside it.
  ///
  /// - Parameter choices: The choices of an item, whose settings may vary where it is told so.
  func axis<Value>(
    of reader: PartReader, in section: DocumentSection?, default value: Value,
    choices: (_ item: DocumentField, _ varies: Bool) -> [Value]
  ) -> GridAxis<Value> {
    let key = reader.family.key
    return axis(section?[key], key, default: value) {
      choices($0, false).first
    } many: { field in
      GridAxis(field, accepted: reader.accepted + ", or a list of these") { choices($0, true) }
    }
  }

  func hidden() -> GridAxis<[Int]> {
    guard !isProblem else { return GridAxis([]) }
    if let network, network["hidden"] == nil, grid?["hidden"] == nil {
      _ = network.required("hidden", accepted: NetworkReader.hiddenLayers)
    }
    return axis(network?["hidden"], "hidden", default: nil, one: NetworkReader.hidden, many: NetworkReader.hiddenAxis)
  }

  func optimizers() -> (entries: [OptimizerEntry], learningRates: GridAxis<Double>?) {
    let rates = grid?["learning_rate"]
    let axis = rates.map { GridAxis(numbers: $0, in: .positive) }
    let names = parts.optimizers.map(\.name).joined(separator: ", ")
    guard let field = grid?.required("optimizer", accepted: names) else { return ([], axis) }
    let entries = field.items(accepted: names).compactMap { OptimizerEntry($0, parts) }
    for entry in entries where !entry.hasOwnLearningRate && rates == nil {
      entry.field.report(
        "\(entry.kind.name) has no learning rate", accepted: "learning_rate here, or grid.learning_rate")
    }
    return (entries, axis)
  }
}
