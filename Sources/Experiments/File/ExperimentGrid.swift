import Settings

/// The axes of an experiment. Its trials are all their combinations.
///
/// Order, from the outermost axis to the innermost: problem, hidden layers, activation, initialization, l2, schedule, optimizer
/// (entries as in the file; in each its own hyperparameters in their documented order, then the learning rate), batch
/// size, dropout (form, input, hidden layers), input noise, seed. Values come in the order of the file.
struct ExperimentGrid {
  var data: DataSpecification
  var loss: PartChoice
  var training: TrainingSpecification
  var precision: Precision
  var bias: Bool
  var curvature: CurvatureSpecification?
  /// Nil for a network.
  var problems: [ProblemSpecification?]
  var images: ConvolutionReader
  var hidden: GridAxis<[Int]>
  var activations: GridAxis<PartChoice>
  var initializations: GridAxis<InitializationSpecification>
  var l2: GridAxis<Double>
  var schedules: GridAxis<ScheduleSpecification>
  var optimizers: [OptimizerEntry]
  var learningRates: GridAxis<Double>?
  var batchSizes: GridAxis<BatchSize>
  var dropout: DropoutAxes
  var inputNoise: GridAxis<Double>
  var seeds: GridAxis<UInt64>

  init(_ reader: GridReader) {
    problems = reader.problemAxis()
    data = reader.data()
    loss = reader.loss(for: data.source)
    training = reader.training()
    precision = reader.root["precision"]?.choice(Precision.self, "a precision") ?? .float
    bias = reader.network?["bias"]?.truth() ?? true
    curvature = reader.root["curvature"].flatMap { CurvatureReader.read($0, isProblem: reader.isProblem) }
    images = reader.network.map { ConvolutionReader($0) } ?? ConvolutionReader()
    hidden = reader.hidden()
    let activation = PartReader(family: .activation, parts: reader.parts)
    activations = reader.axis(of: activation, in: reader.network, default: reader.parts.standard(.activation)) {
      activation.read($0, varies: $1)?.choices ?? []
    }
    let initialization = InitializationSpecification.reader(reader.parts)
    let standard = InitializationSpecification(reader.parts.standard(.initialization))
    initializations = reader.axis(of: initialization, in: reader.network, default: standard) {
      InitializationSpecification.read($0, by: initialization, varies: $1)
    }
    InitializationSpecification.check(
      initializations, fixed: reader.network?["initialization"], hasBiases: bias)
    l2 = reader.axis(reader.root["l2"], "l2", default: 0) {
      $0.number(in: .nonNegative)
    } many: {
      GridAxis(numbers: $0, in: .nonNegative)
    }
    inputNoise = reader.axis(reader.root["input_noise"], "input_noise", default: 0) {
      $0.number(in: .nonNegative)
    } many: {
      GridAxis(numbers: $0, in: .nonNegative)
    }
    let schedule = ScheduleSpecification.reader(reader.parts)
    schedules = reader.axis(of: schedule, in: reader.root, default: .constant) {
      ScheduleSpecification.read($0, by: schedule, varies: $1)
    }
    (optimizers, learningRates) = reader.optimizers()
    let batches = "a whole number of at least 1, full, or a list of these"
    let batchField =
      reader.isProblem ? reader.grid?["batch_size"] : reader.grid?.required("batch_size", accepted: batches)
    batchSizes = batchField.map { GridAxis(batchSizes: $0) } ?? (reader.isProblem ? GridAxis(.full) : GridAxis())
    dropout = reader.grid?["dropout"].map { DropoutAxes($0) } ?? DropoutAxes()
    let below = images.convolutions.count
    dropout.check(hiddenLayers: hidden.values.map { below + $0.count }, areImages: below > 0)
    seeds = reader.grid?["seed"].map { GridAxis(seeds: $0) } ?? GridAxis(0)
  }

  /// Whether `grid.learning_rate` is given but every optimizer has its own.
  var hasUnusedLearningRate: Bool {
    learningRates != nil && !optimizers.isEmpty && optimizers.allSatisfy(\.hasOwnLearningRate)
  }

  /// At least the number of trials, `Int.max` where that is larger; found without making them.
  var count: Int {
    saturatingProduct([
      problems.count, hidden.values.count, activations.values.count, initializations.values.count, l2.values.count,
      schedules.values.count, optimizerCount, batchSizes.values.count, dropout.count, inputNoise.values.count,
      seeds.values.count,
    ])
  }

  /// Every optimizer with all of its hyperparameters. Reports one that two entries give.
  func specifications() -> [OptimizerSpecification] {
    // An entry gives no optimizer twice, so only entries of one kind need to be compared.
    var first: [OptimizerSpecification: DocumentField] = [:]
    let kinds = Dictionary(optimizers.map { ($0.kind, 1) }, uniquingKeysWith: +)
    return optimizers.flatMap { entry in
      let specifications = entry.specifications(default: learningRates)
      for specification in specifications where kinds[entry.kind, default: 1] > 1 {
        guard let earlier = first[specification] else {
          first[specification] = entry.field
          continue
        }
        let rate = HyperparameterValue.number(specification.learningRate)
        entry.field.report(
          "\(entry.kind.name) with learning_rate \(rate) and the same settings is also given by \(earlier.path)",
          accepted: "each optimizer once")
        break
      }
      return specifications
    }
  }

  /// All trials, seeds innermost.
  func trials() -> TrialList { TrialList(combinations()) }

  /// The values that trials combine.
  func combinations() -> TrialGrid {
    let (networks, optimizers, dropouts) = (networks, specifications(), dropout.specifications)
    guard let first = optimizers.first, let network = networks.first else {
      preconditionFailure("a grid has an optimizer and a network")
    }
    let base = Trial(
      data: data, network: network, loss: loss, optimizer: first, batchSize: .full,
      training: training, precision: precision, seed: 0, curvature: curvature)
    return TrialGrid(
      base: base, problems: problems, networks: networks, penalties: l2.values, noises: inputNoise.values,
      schedules: schedules.values, optimizers: optimizers, batchSizes: batchSizes.values, dropouts: dropouts,
      seeds: seeds.values)
  }

  /// Values of one part of a configuration that are held in memory at most, about a kilobyte each.
  static let maximumPart = 1_000_000

  /// Reports parts of a configuration that have more values than can be held.
  func checkParts(_ reader: GridReader) {
    let networkCount = saturatingProduct([hidden.values.count, activations.values.count, initializations.values.count])
    let parts = [
      (optimizerCount, "optimizers with their settings", reader.grid?["optimizer"]),
      (networkCount, "networks", reader.grid?["hidden"]), (dropout.count, "dropouts", reader.grid?["dropout"]),
    ]
    for (count, what, field) in parts where count > Self.maximumPart {
      (field ?? reader.grid?.field)?.report(
        "\(count == .max ? "far too many" : "\(count)") \(what)",
        accepted: "at most \(Self.maximumPart): fewer values, or smaller counts of their ranges")
    }
  }

  private var optimizerCount: Int {
    optimizers.reduce(0) { sum, entry in
      let (value, overflow) = sum.addingReportingOverflow(entry.count(default: learningRates))
      return overflow ? .max : value
    }
  }

  var networks: [NetworkSpecification] {
    hidden.values.flatMap { hidden in
      activations.values.flatMap { activation in
        initializations.values.map { initialization in
          NetworkSpecification(
            hidden: hidden, activation: activation, initialization: initialization, bias: bias, image: images.image,
            convolutions: images.convolutions)
        }
      }
    }
  }
}
