/// An entry of `grid.optimizer`: an optimizer and the values each of its hyperparameters takes.
struct OptimizerEntry {
  var kind: OptimizerKind
  var field: DocumentField
  /// Nil: takes the grid's.
  var learningRates: GridAxis<Double>?
  /// In the order of ``OptimizerKind/hyperparameters``.
  var hyperparameters: [(name: String, axis: GridAxis<Double>)]
  /// In the order of ``OptimizerKind/choices``.
  var choices: [(name: String, axis: GridAxis<String>)]

  /// Reads a bare name, or a mapping of `name`, `learning_rate` and the optimizer's own hyperparameters.
  init?(_ field: DocumentField) {
    self.field = field
    let names = OptimizerKind.allCases.map(\.rawValue).joined(separator: ", ")
    guard case .mapping(let entries) = field.node.content else {
      guard let kind = field.choice(OptimizerKind.self, "an optimizer") else { return nil }
      self.kind = kind
      hyperparameters = kind.hyperparameters.map { ($0.name, GridAxis($0.defaultValue)) }
      choices = kind.choices.map { ($0.name, GridAxis($0.options[0])) }
      return
    }
    guard let name = entries.first(where: { $0.key == "name" }) else {
      field.report("an optimizer without a name", accepted: "{name: …} with one of \(names)")
      return nil
    }
    let nameField = DocumentField(
      node: name.value, path: DocumentSection.join(field.path, "name"), problems: field.problems)
    guard let kind = nameField.choice(OptimizerKind.self, "an optimizer") else { return nil }
    self.kind = kind
    let own = kind.hyperparameters
    let keys = ["name"] + (kind.hasLearningRate ? ["learning_rate"] : []) + own.map(\.name) + kind.choices.map(\.name)
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    learningRates = section["learning_rate"].map { GridAxis(numbers: $0, in: .positive) }
    hyperparameters = own.map { hyperparameter in
      let axis = section[hyperparameter.name].map { field in
        hyperparameter.isWhole
          ? GridAxis(wholeNumbers: field, in: hyperparameter.range)
          : GridAxis(numbers: field, in: NumberInterval(hyperparameter.range))
      }
      return (hyperparameter.name, axis ?? GridAxis(hyperparameter.defaultValue))
    }
    choices = kind.choices.map { choice in
      (choice.name, section[choice.name].map { GridAxis($0, choice) } ?? GridAxis(choice.options[0]))
    }
  }

  /// Whether the grid's learning rates are not for this optimizer.
  var hasOwnLearningRate: Bool { learningRates != nil || kind.defaultLearningRate != nil }

  private func rates(default rates: GridAxis<Double>?) -> [Double] {
    if let learningRates { return learningRates.values }
    return kind.defaultLearningRate.map { [$0] } ?? rates?.values ?? []
  }

  func count(default rates: GridAxis<Double>?) -> Int {
    saturatingProduct(
      hyperparameters.map(\.axis.values.count) + choices.map(\.axis.values.count)
        + [self.rates(default: rates).count])
  }

  /// Every combination, own hyperparameters outermost, then choices, the learning rate innermost.
  func specifications(default rates: GridAxis<Double>?) -> [OptimizerSpecification] {
    var combinations: [[String: Double]] = [[:]]
    for (name, axis) in hyperparameters {
      combinations = combinations.flatMap { combination in
        axis.values.map { value in combination.merging([name: value]) { $1 } }
      }
    }
    var chosen: [[String: String]] = [[:]]
    for (name, axis) in choices {
      chosen = chosen.flatMap { choice in axis.values.map { value in choice.merging([name: value]) { $1 } } }
    }
    let rates = self.rates(default: rates)
    return combinations.flatMap { values in
      chosen.flatMap { choices in
        rates.map { OptimizerSpecification(kind, learningRate: $0, values: values, choices: choices) }
      }
    }
  }
}

extension GridAxis where Value == String {
  /// Reads one of a choice's words, or a list of them.
  init(_ field: DocumentField, _ choice: OptimizerKind.Choice) {
    self.init(field, accepted: choice.options.joined(separator: ", ")) { item in
      if choice.isTruth { return item.truth().map { [$0 ? "true" : "false"] } ?? [] }
      return item.choice(of: choice.options, "a \(choice.name)").map { [$0] } ?? []
    }
  }
}

/// The product of counts, `Int.max` where it is larger.
func saturatingProduct(_ counts: [Int]) -> Int {
  if counts.contains(0) { return 0 }
  return counts.reduce(1) { product, count in
    let (value, overflow) = product.multipliedReportingOverflow(by: count)
    return overflow ? .max : value
  }
}
