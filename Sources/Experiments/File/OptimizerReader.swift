/// An entry of `grid.optimizer`: an optimizer and the values each of its hyperparameters takes.
struct OptimizerEntry {
  var kind: OptimizerKind
  var field: DocumentField
  /// Nil: takes the grid's.
  var learningRates: GridAxis<Double>?
  /// In the order of ``OptimizerKind/hyperparameters``.
  var hyperparameters: [(name: String, axis: GridAxis<Double>)]

  /// Reads a bare name, or a mapping of `name`, `learning_rate` and the optimizer's own hyperparameters.
  init?(_ field: DocumentField) {
    self.field = field
    let names = OptimizerKind.allCases.map(\.rawValue).joined(separator: ", ")
    guard case .mapping(let entries) = field.node.content else {
      guard let kind = field.choice(OptimizerKind.self, "an optimizer") else { return nil }
      self.kind = kind
      hyperparameters = kind.hyperparameters.map { ($0.name, GridAxis($0.defaultValue)) }
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
    guard let section = DocumentSection(field, keys: ["name", "learning_rate"] + own.map(\.name)) else { return nil }
    learningRates = section["learning_rate"].map { GridAxis(numbers: $0, in: .positive) }
    hyperparameters = own.map { hyperparameter in
      let axis = section[hyperparameter.name].map { GridAxis(numbers: $0, in: NumberInterval(hyperparameter.range)) }
      return (hyperparameter.name, axis ?? GridAxis(hyperparameter.defaultValue))
    }
  }

  func count(default rates: GridAxis<Double>?) -> Int {
    let own = hyperparameters.map(\.axis.values.count)
    return saturatingProduct(own + [(learningRates ?? rates)?.values.count ?? 0])
  }

  /// Every combination, own hyperparameters outermost, the learning rate innermost.
  func specifications(default rates: GridAxis<Double>?) -> [OptimizerSpecification] {
    var combinations: [[String: Double]] = [[:]]
    for (name, axis) in hyperparameters {
      combinations = combinations.flatMap { combination in
        axis.values.map { value in combination.merging([name: value]) { $1 } }
      }
    }
    let rates = (learningRates ?? rates)?.values ?? []
    return combinations.flatMap { values in
      rates.map { OptimizerSpecification(kind, learningRate: $0, values: values) }
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
