/// The axes of an experiment. Its trials are all their combinations.
///
/// Order, from the outermost axis to the innermost: hidden layers, activation, initialization, l2, schedule, optimizer
/// (entries as in the file; in each its own hyperparameters in their documented order, then the learning rate), batch
/// size, dropout (form, input, hidden layers), seed. Values come in the order of the file.
struct ExperimentGrid {
  var data: DataSpecification
  var loss: LossKind
  var training: TrainingSpecification
  var precision: Precision
  var bias: Bool
  var curvature: CurvatureSpecification?
  var images: ConvolutionReader
  var hidden: GridAxis<[Int]>
  var activations: GridAxis<ActivationKind>
  var initializations: GridAxis<InitializationKind>
  var l2: GridAxis<Double>
  var schedules: GridAxis<ScheduleSpecification>
  var optimizers: [OptimizerEntry]
  var learningRates: GridAxis<Double>?
  var batchSizes: GridAxis<BatchSize>
  var dropout: DropoutAxes
  var seeds: GridAxis<UInt64>

  init(_ reader: GridReader) {
    data = reader.data()
    loss = reader.loss(for: data.source)
    training = reader.training()
    precision = reader.root["precision"]?.choice(Precision.self, "a precision") ?? .float
    bias = reader.network?["bias"]?.truth() ?? true
    curvature = reader.root["curvature"].flatMap { CurvatureReader.read($0) }
    images = reader.network.map { ConvolutionReader($0) } ?? ConvolutionReader()
    hidden = reader.hidden()
    activations = reader.choices(reader.network?["activation"], "activation", default: .relu, "an activation")
    initializations = reader.choices(
      reader.network?["initialization"], "initialization", default: .he, "an initialization")
    l2 = reader.axis(reader.root["l2"], "l2", default: 0) {
      $0.number(in: .nonNegative)
    } many: {
      GridAxis(numbers: $0, in: .nonNegative)
    }
    schedules = reader.axis(reader.root["schedule"], "schedule", default: .constant, one: ScheduleReader.read) {
      GridAxis($0, accepted: "a schedule") { ScheduleReader.read($0).map { [$0] } ?? [] }
    }
    (optimizers, learningRates) = reader.optimizers()
    let batches = "a whole number of at least 1, full, or a list of these"
    batchSizes = reader.grid?.required("batch_size", accepted: batches).map { GridAxis(batchSizes: $0) } ?? GridAxis()
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
    let optimizerCount = optimizers.reduce(0) { sum, entry in
      let (value, overflow) = sum.addingReportingOverflow(entry.count(default: learningRates))
      return overflow ? .max : value
    }
    return saturatingProduct([
      hidden.values.count, activations.values.count, initializations.values.count, l2.values.count,
      schedules.values.count, optimizerCount, batchSizes.values.count, dropout.count, seeds.values.count,
    ])
  }

  /// Every optimizer with all of its hyperparameters. Reports one that two entries give.
  func specifications() -> [OptimizerSpecification] {
    var first: [OptimizerSpecification: DocumentField] = [:]
    return optimizers.flatMap { entry in
      let specifications = entry.specifications(default: learningRates)
      for specification in specifications {
        guard let earlier = first[specification] else {
          first[specification] = entry.field
          continue
        }
        let rate = HyperparameterValue.number(specification.learningRate)
        entry.field.report(
          "\(entry.kind.rawValue) with learning_rate \(rate) and the same settings is also given by \(earlier.path)",
          accepted: "each optimizer once")
        break
      }
      return specifications
    }
  }

  /// All trials, seeds innermost.
  func trials() -> [Trial] {
    let optimizers = specifications()
    let dropouts = dropout.specifications
    var trials: [Trial] = []
    trials.reserveCapacity(count)
    for network in networks {
      for l2 in l2.values {
        for schedule in schedules.values {
          for optimizer in optimizers {
            for batchSize in batchSizes.values {
              for dropout in dropouts {
                for seed in seeds.values {
                  trials.append(
                    trial(
                      network, l2: l2, schedule: schedule, optimizer: optimizer, batchSize: batchSize,
                      dropout: dropout, seed: seed))
                }
              }
            }
          }
        }
      }
    }
    return trials
  }

  /// The trial with these values, and all that does not vary.
  func trial(
    _ network: NetworkSpecification, l2: Double, schedule: ScheduleSpecification, optimizer: OptimizerSpecification,
    batchSize: BatchSize, dropout: DropoutSpecification, seed: UInt64
  ) -> Trial {
    Trial(
      data: data, network: network, loss: loss, l2: l2, optimizer: optimizer, schedule: schedule,
      batchSize: batchSize, dropout: dropout, training: training, precision: precision, seed: seed,
      curvature: curvature)
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
