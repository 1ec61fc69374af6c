import Settings

/// An entry of `grid.optimizer`: an optimizer and the values each of its settings takes.
struct OptimizerEntry {
  var kind: OptimizerKind
  var field: DocumentField
  /// Nil: takes the grid's.
  var learningRates: GridAxis<Double>?
  /// In the order of ``OptimizerKind/settings``.
  var settings: [GridAxis<SettingValue>]

  /// Reads a bare name, or a mapping of `name`, `learning_rate` and the optimizer's own settings.
  init?(_ field: DocumentField, _ parts: Parts) {
    self.field = field
    let names = parts.optimizers.map(\.name)
    guard case .mapping(let entries) = field.node.content else {
      guard let kind = field.optimizer(parts) else { return nil }
      self.kind = kind
      settings = kind.settings.map { GridAxis($0.standard) }
      return
    }
    guard let name = entries.first(where: { $0.key == "name" }) else {
      field.report("an optimizer without a name", accepted: "{name: …} with one of \(names.joined(separator: ", "))")
      return nil
    }
    let nameField = DocumentField(
      node: name.value, path: DocumentSection.join(field.path, "name"), problems: field.problems)
    guard let kind = nameField.optimizer(parts) else { return nil }
    self.kind = kind
    let keys = ["name"] + (kind.type.hasLearningRate ? ["learning_rate"] : []) + kind.settings.map(\.name)
    // What is a switch elsewhere may be an optimizer of its own here.
    for entry in entries where !keys.contains(entry.key) && names.contains(entry.key) && entry.value.isTruth {
      DocumentField(node: entry.value, path: DocumentSection.join(field.path, entry.key), problems: field.problems)
        .report("is no setting of \(kind.name), but an optimizer of its own", accepted: "name: \(entry.key)")
      return nil
    }
    guard let section = DocumentSection(field, keys: keys) else { return nil }
    learningRates = section["learning_rate"].map { GridAxis(numbers: $0, in: .positive) }
    settings = kind.settings.map { setting in
      section[setting.name].map { GridAxis($0, setting) } ?? GridAxis(setting.standard)
    }
  }

  /// Whether the grid's learning rates are not for this optimizer.
  var hasOwnLearningRate: Bool { learningRates != nil || kind.type.defaultLearningRate != nil }

  private func rates(default rates: GridAxis<Double>?) -> [Double] {
    if let learningRates { return learningRates.values }
    return kind.type.defaultLearningRate.map { [$0] } ?? rates?.values ?? []
  }

  func count(default rates: GridAxis<Double>?) -> Int {
    saturatingProduct(settings.map(\.values.count) + [self.rates(default: rates).count])
  }

  /// Every combination, the first setting outermost, the learning rate innermost.
  func specifications(default rates: GridAxis<Double>?) -> [OptimizerSpecification] {
    let rates = self.rates(default: rates)
    return combinations(of: settings.map(\.values)).flatMap { values in
      let choice = PartChoice(kind.part, values: values)
      return rates.map { OptimizerSpecification(kind, learningRate: $0, choice) }
    }
  }
}

extension DocumentField {
  /// An optimizer, by its name.
  fileprivate func optimizer(_ parts: Parts) -> OptimizerKind? {
    part(.optimizer, among: parts.kinds(of: .optimizer)).flatMap { parts.optimizer(named: $0.name) }
  }
}

extension GridAxis where Value == SettingValue {
  /// Reads the values of a setting: one, a list, or where it is a number a range.
  init(_ field: DocumentField, _ setting: SettingDeclaration) {
    if case .number(let interval, isWhole: false) = setting.domain {
      self = GridAxis<Double>(numbers: field, in: interval).map { .number($0) }
    } else {
      self.init(field, accepted: setting.domain.accepted) { item in item.value(of: setting).map { [$0] } ?? [] }
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
