import Settings

// A trial read back from what its run left on disk: the inverse of `hyperparameters`.

extension Trial {
  /// The trial of a run of an experiment, whose grid may have changed since; nil where it is of another experiment.
  ///
  /// - Parameters:
  ///   - record: A run that is stored.
  ///   - parts: What the run's parts are looked for among.
  ///   - relative: Any trial of the experiment: data, training, precision and probes are the same in all of them.
  public init?(_ record: TrialRecord, like relative: Trial, among parts: Parts) {
    let stored = StoredHyperparameters(record.hyperparameters)
    self = relative
    guard let optimizer = OptimizerSpecification(parts, stored: stored.value),
      let schedule = ScheduleSpecification(parts, stored: stored.value),
      let batch = stored.integer("batch_size"),
      let seed = stored.integer("seed")
    else { return nil }
    self.optimizer = optimizer
    self.schedule = schedule
    self.seed = UInt64(bitPattern: Int64(seed))
    batchSize = batch == 0 ? .full : .samples(batch)
    if relative.problem != nil {
      guard let problem = stored.problem else { return nil }
      self.problem = problem
    } else {
      guard let (network, dropout) = stored.network(parts), let l2 = stored.number("l2"),
        let loss = PartChoice(.loss, parts, stored: stored.value)
      else { return nil }
      self.network = network
      self.loss = loss
      self.dropout = dropout
      self.l2 = l2
      // Written only where there is some.
      inputNoise = stored.number("input_noise") ?? 0
    }
    // What was not read, and what was read wrongly, shows here.
    guard identity == record.identity else { return nil }
  }
}

private struct StoredHyperparameters {
  private let values: [String: HyperparameterValue]

  init(_ hyperparameters: [Hyperparameter]) {
    values = Dictionary(hyperparameters.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  func value(_ name: String) -> HyperparameterValue? { values[name] }

  func integer(_ name: String) -> Int? {
    if case .integer(let value)? = values[name] { value } else { nil }
  }

  func number(_ name: String) -> Double? {
    if case .number(let value)? = values[name] { value } else { nil }
  }

  private func text(_ name: String) -> String? {
    if case .text(let value)? = values[name] { value } else { nil }
  }

  private func list(_ name: String) -> [Double]? {
    if case .list(let value)? = values[name] { value } else { nil }
  }

  private func kind<Kind: RawRepresentable<String>>(_ name: String) -> Kind? {
    text(name).flatMap(Kind.init(rawValue:))
  }

  func network(_ parts: Parts) -> (NetworkSpecification, DropoutSpecification)? {
    guard let keep = list("keep_probability"), let form: DropoutSpecification.Form = kind("dropout_form"),
      let hidden = list("hidden").map({ $0.compactMap { Int(exactly: $0) } }),
      let activation = PartChoice(.activation, parts, stored: value),
      let initialization = InitializationSpecification(parts, stored: value), let bias = integer("bias"), !keep.isEmpty
    else { return nil }
    var network = NetworkSpecification(
      hidden: hidden, activation: activation, initialization: initialization, bias: bias == 1)
    if let text = text("convolutions") {
      guard let convolutions = [ConvolutionSpecification](text: text) else { return nil }
      network.image = self.text("image").flatMap(ImageSize.init)
      network.convolutions = convolutions
    }
    guard keep.count == network.hiddenLayers + 1 else { return nil }
    return (
      network,
      DropoutSpecification(
        form: form, input: keep[0], hidden: Array(keep.dropFirst()), perChannel: integer("drop_channels") == 1)
    )
  }

  var problem: ProblemSpecification? {
    guard let start = list("start"), let dimension = integer("dimension"), !start.isEmpty else { return nil }
    let rotation = integer("rotation_seed").flatMap { $0 == -1 ? nil : UInt64(bitPattern: Int64($0)) }
    let kind: ProblemSpecification.Kind? =
      switch text("problem") {
      case "quadratic": list("eigenvalues").map { .quadratic(eigenvalues: $0, rotationSeed: rotation) }
      case "saddle":
        list("eigenvalues").flatMap { eigenvalues in
          number("quartic").map { .saddle(eigenvalues: eigenvalues, quartic: $0, rotationSeed: rotation) }
        }
      case "rosenbrock": .rosenbrock(dimension: dimension)
      case "quadratic_deep": .quadraticDeep
      default: nil
      }
    return kind.map { ProblemSpecification($0, start: start) }
  }
}
