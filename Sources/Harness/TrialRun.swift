import Datasets
import Experiments
import Kernels
import Learning

/// Runs one trial: a function of the trial and its samples, and of nothing else but the clock for its timings.
public struct TrialRun: Sendable {
  public var trial: Trial
  public var selection: SelectionRule
  public var keeping: KeptWeights
  /// Told after every epoch and probe how far the run is. No result depends on it.
  public var report: (@Sendable (RunState) -> Void)?
  /// Where they are known already.
  private var identity: TrialIdentity?
  private var hyperparameters: [Hyperparameter]?

  public init(_ trial: Trial, selection: SelectionRule, keeping: KeptWeights) {
    self.trial = trial
    self.selection = selection
    self.keeping = keeping
  }

  init(_ next: TrialQueue.Element, selection: SelectionRule, keeping: KeptWeights) {
    self.init(next.trial, selection: selection, keeping: keeping)
    identity = next.identity
    hyperparameters = next.hyperparameters
  }

  /// Trains to the end, on the calling thread.
  ///
  /// - Parameters:
  ///   - problem: That of the trial, where it has one; the samples are then its points.
  ///   - engines: Where the engine comes from and goes to.
  ///   - shouldStop: Asked between steps; true gives the run up.
  /// - Returns: The record, or nil where the run was given up.
  func run<S: Scalar>(
    on samples: SplitSamples<S>, problem: PreparedProblem?, engines: EnginePool, shouldStop: () -> Bool
  ) -> TrialRecord? {
    let started = ContinuousClock.now
    guard let problem else {
      let kind = EnginePool.Kind(trial)
      let engine = engines.take(kind) { self.engine(for: samples) }
      defer { engines.give(engine, kind) }
      let probes = trial.curvature.map { ofOptimizer(CurvatureMeter($0, engine, samples)) }
      return run(trainer(engine, samples, plan), probes, engine.network.slices, since: started, shouldStop)
    }
    let loss = ProblemLoss<S>(problem.function)
    let start = AlignedBuffer(problem.start.map { S($0) })
    let point = ParameterSlice(layer: 0, role: "point", offset: 0, shape: [start.count])
    let probes = trial.curvature.map { ofOptimizer(CurvatureMeter($0, problem.function, samples)) }
    return run(trainer(loss, start, samples, plan), probes, [point], since: started, shouldStop)
  }

  private func run<S: Scalar>(
    _ trainer: Trainer<S>, _ meter: CurvatureMeter<S>?, _ slices: @autoclosure () -> [ParameterSlice],
    since started: ContinuousClock.Instant,
    _ shouldStop: () -> Bool
  ) -> TrialRecord? {
    let hyperparameters = hyperparameters ?? trial.hyperparameters
    var record = TrialRecord(
      identity: identity ?? TrialIdentity(of: hyperparameters), hyperparameters: hyperparameters, outcome: .completed)
    if keeping == .all { record.weights.initial = WeightVector(trainer.parameters) }
    let probes = meter.map {
      CurvatureObserver($0, firstRate: plan.firstRate(stepsPerEpoch: trainer.stepsPerEpoch))
    }
    let outcome = trainer.run(shouldStop: shouldStop) { trainer in
      report?(state(of: trainer, probes: probes?.count ?? 0))
      guard let probes, !shouldStop(), probes.observe(trainer) else { return }
      report?(state(of: trainer, probes: probes.count))
    }
    switch outcome {
    case .completed: record.outcome = .completed
    case .stoppedEarly: record.outcome = .stoppedEarly
    case .converged(.gradient): record.outcome = .converged
    case .converged(.step): record.outcome = .stalled
    case .diverged(let step): record.outcome = .diverged(step: step)
    case .interrupted: return nil
    }
    record.trace = Trace(trainer.measurements)
    record.bestEpoch = trainer.bestEpoch
    record.validation = ValidationSpread(trainer)
    record.cost.steps = trainer.steps
    record.curvature = probes?.finish(trainer, diverged: !record.outcome.isRankable) ?? []
    record.cost.gradients = trainer.counts.gradients
    record.cost.products = trainer.counts.products + record.curvature.reduce(0) { $0 + $1.products }
    record.cost.trainingSeconds = trainer.measurements.last?.seconds ?? 0
    if keeping != .none, let best = trainer.bestParameters { record.weights.best = WeightVector(best) }
    if keeping == .all { record.weights.final = WeightVector(trainer.parameters) }
    let hasVectors = record.curvature.contains { !$0.principalVector.isEmpty || !$0.diagonal.isEmpty }
    if keeping != .none || hasVectors { record.weights.slices = slices() }
    record.cost.totalSeconds = (ContinuousClock.now - started).seconds
    return record
  }

  /// The meter with what it must know of the trial's optimizer.
  func ofOptimizer<S: Scalar>(_ meter: CurvatureMeter<S>) -> CurvatureMeter<S> {
    var meter = meter
    meter.weightDecay = trial.optimizer.optimizer.coupledWeightDecay
    return meter
  }

  /// How far a run is, by what it has measured.
  private func state<S: Scalar>(of trainer: Trainer<S>, probes: Int) -> RunState {
    let epoch = selection.epoch == .best ? trainer.bestEpoch : trainer.measurements.count - 1
    let value = epoch.map { epoch in
      let validation = trainer.measurements[epoch].validation
      return selection.metric == .validationLoss ? validation.loss : validation.accuracy
    }
    return RunState(epochs: trainer.measurements.count - 1, probes: probes, value: value)
  }

  /// Loss and accuracy on the test share at the epoch the selection rule names.
  ///
  /// - Parameter stored: The record of the run. Where it lacks the weights of that epoch, or they were rounded to Float
  ///   as earlier versions did, the trial is trained again, which gives the same bits.
  public func testEvaluation<S: Scalar>(on samples: SplitSamples<S>, stored: Weights) -> Evaluation {
    let engine = engine(for: samples)
    let weights = selection.epoch == .best ? stored.best : stored.final
    if weights.precision == trial.precision, weights.count == engine.network.parameterCount {
      return withNumericEnvironment {
        engine.evaluate(AlignedBuffer(weights), on: samples.test, measuresVariance: true)
      }
    }
    var plan = plan
    plan.keepsBestParameters = selection.epoch == .best
    let trainer = trainer(engine, samples, plan)
    _ = trainer.run()
    let chosen = selection.epoch == .best ? trainer.bestParameters ?? trainer.parameters : trainer.parameters
    return withNumericEnvironment { engine.evaluate(chosen, on: samples.test, measuresVariance: true) }
  }

  /// A trainer at the trial's initial parameters, with a fresh optimizer.
  private func trainer<S: Scalar>(
    _ engine: Backpropagation<S>, _ samples: SplitSamples<S>, _ plan: TrainingPlan
  ) -> Trainer<S> {
    trainer(engine, initialParameters(engine), samples, plan)
  }

  /// Where the trial's training starts.
  func initialParameters<S: Scalar>(_ engine: Backpropagation<S>) -> AlignedBuffer<S> {
    engine.network.initialParameters(
      Initialization(trial.network.initialization), bias: trial.network.initialization.bias, seed: trial.seed,
      buffers: engine.buffers)
  }

  private func trainer<S: Scalar>(
    _ loss: any TrainableLoss<S>, _ start: AlignedBuffer<S>, _ samples: SplitSamples<S>, _ plan: TrainingPlan
  ) -> Trainer<S> {
    Trainer(
      engine: loss, rule: trial.optimizer.rule(loss, samples.train), parameters: start, samples: samples, plan: plan)
  }

  /// The network this trial trains on samples of these features and outputs.
  public func network(inputs: Int, outputs: Int) -> Network {
    let activation = Activation(trial.network.activation)
    guard let image = trial.network.image else {
      return Network(
        inputs: inputs, hidden: trial.network.hidden, outputs: outputs, activation: activation,
        bias: trial.network.bias)
    }
    let layers =
      trial.network.convolutions.flatMap { $0.layers(activation) }
      + trial.network.hidden.map { .dense(units: $0, activation) }
    do {
      return try Network(image: ImageShape(image), layers: layers, outputs: outputs, bias: trial.network.bias)
    } catch {
      preconditionFailure("a network that was not checked: \(error)")
    }
  }

  /// η of the first step.
  func firstRate(trainingSamples: Int) -> Double {
    plan.firstRate(stepsPerEpoch: plan.stepsPerEpoch(samples: trainingSamples))
  }

  func engine<S: Scalar>(for samples: SplitSamples<S>) -> Backpropagation<S> {
    let loss = Loss(trial.loss)
    let network = network(inputs: samples.train.featureCount, outputs: loss.outputCount(for: samples.train))
    let dropout = Dropout(
      form: Dropout.Form(trial.dropout.form),
      keepProbabilities: trial.dropout.keepProbabilities(hiddenLayers: trial.network.hiddenLayers),
      perChannel: trial.dropout.perChannel)
    return Backpropagation(
      network: network, loss: loss, dropout: dropout, l2: trial.l2, inputNoise: trial.inputNoise,
      batchSize: plan.batchSize)
  }

  private var plan: TrainingPlan {
    var plan = TrainingPlan(
      epochs: trial.training.epochs, batchSize: trial.batchSize == .full ? nil : trial.batchSize.storedValue,
      learningRate: trial.optimizer.learningRate, seed: trial.seed, shuffles: trial.training.order != .fixed,
      schedule: Schedule(trial.schedule), patience: trial.training.patience,
      minimumDelta: trial.training.minimumDelta, divergenceBound: trial.training.divergenceBound,
      evaluatesTraining: trial.training.evaluatesTraining,
      bestBy: TrainingPlan.Criterion(selection.metric),
      keepsBestParameters: keeping != .none || trial.curvature?.moments.contains(.best) == true)
    plan.repeatsOrder = trial.training.order == .shuffledOnce
    plan.dropsRemainder = trial.training.dropRemainder
    plan.stopBy = TrainingPlan.Criterion(trial.training.stoppingMetric)
    return plan
  }
}

extension ValidationSpread {
  /// Unknown for a problem, whose points have no losses of their own.
  init<S: Scalar>(_ trainer: Trainer<S>) {
    func variance(at epoch: Int?) -> Double? {
      epoch.flatMap { trainer.measurements[$0].validation.lossVariance }
    }
    self.init(
      samples: trainer.validationSamples, finalVariance: variance(at: trainer.measurements.indices.last),
      bestVariance: variance(at: trainer.bestEpoch))
    if finalVariance == nil && bestVariance == nil { samples = 0 }
  }
}

extension WeightVector {
  /// In the buffer's own precision.
  init<S: Scalar>(_ parameters: AlignedBuffer<S>) {
    switch parameters {
    case let parameters as AlignedBuffer<Float>: self = .float(parameters.array)
    default: self = .double(parameters.array.map { Double($0) })
    }
  }
}

extension AlignedBuffer where Element: Scalar {
  /// Rounded where the vector is in Double and this is not.
  convenience init(_ weights: WeightVector) {
    switch weights {
    case .float(let values): self.init(values.map { Element($0) })
    case .double(let values): self.init(values.map { Element($0) })
    }
  }
}

extension TrainingPlan.Criterion {
  init(_ metric: SelectionRule.Metric) {
    switch metric {
    case .validationLoss: self = .validationLoss
    case .validationAccuracy: self = .validationAccuracy
    }
  }
}

extension TrainingPlan {
  /// η of the first step.
  func firstRate(stepsPerEpoch: Int) -> Double {
    learningRate * schedule.factor(at: .init(step: 0, stepsPerEpoch: stepsPerEpoch, epochs: epochs))
  }
}
