import Kernels

/// Descends a network's loss or a problem's: the loop over epochs and batches.
///
/// The result is a function of the arguments: order and masks come from the plan's seed, and every sum has a fixed
/// order.
public final class Trainer<S: Scalar> {
  public let parameters: AlignedBuffer<S>
  /// Parameters at the best epoch; nil until one is better than none, or where the plan keeps none.
  public private(set) var bestParameters: AlignedBuffer<S>?
  /// Index into `measurements` of the best epoch.
  public private(set) var bestEpoch: Int?
  public private(set) var measurements: [EpochMeasurement] = []
  public private(set) var steps = 0

  private let engine: any TrainableLoss<S>
  private let rule: TrainingRule<S>
  private let samples: SplitSamples<S>
  private let plan: TrainingPlan
  private let gradient: AlignedBuffer<S>
  private var seconds = 0.0
  /// The largest loss that a step follows on.
  private var bound = Double.infinity
  private var passes = TrainingPasses()
  /// Gradients proper, which are timed, in passes: those without losses alone.
  private var timedPasses = 0.0

  /// - Parameter parameters: Initial parameters, trained in place.
  public convenience init(
    engine: any TrainableLoss<S>, optimizer: any OptimizerState<S>, parameters: AlignedBuffer<S>,
    samples: SplitSamples<S>,
    plan: TrainingPlan
  ) {
    self.init(engine: engine, rule: .gradients(optimizer), parameters: parameters, samples: samples, plan: plan)
  }

  /// - Parameter parameters: Initial parameters, trained in place.
  public init(
    engine: any TrainableLoss<S>, rule: TrainingRule<S>, parameters: AlignedBuffer<S>, samples: SplitSamples<S>,
    plan: TrainingPlan
  ) {
    precondition(parameters.count == engine.parameterCount)
    precondition(plan.batchSize.map { $0 > 0 && $0 <= samples.train.count } ?? true)
    self.engine = engine
    self.rule = rule
    self.parameters = parameters
    self.samples = samples
    self.plan = plan
    gradient = engine.buffers.buffer(count: parameters.count)
  }

  /// Gradients and products in batches.
  public var counts: EvaluationCounts {
    if let descent = rule.descent { return descent.counts }
    var counts = EvaluationCounts()
    counts.gradients = steps
    return counts
  }

  public var validationSamples: Int { samples.validation.count }

  public var batchSize: Int { plan.batchSize ?? samples.train.count }

  public var stepsPerEpoch: Int { plan.stepsPerEpoch(samples: samples.train.count) }

  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked between steps; true ends the run as interrupted.
  ///   - observe: Called with every measurement made, the state before training first. It must leave the parameters be.
  public func run(
    shouldStop: () -> Bool = { false }, observe: (Trainer<S>) -> Void = { _ in }
  ) -> TrainingOutcome {
    withNumericEnvironment { train(shouldStop, observe) }
  }

  private func train(_ shouldStop: () -> Bool, _ observe: (Trainer<S>) -> Void) -> TrainingOutcome {
    record(
      .init(
        batchLoss: .nan, training: .init(loss: .nan, accuracy: .nan), validation: .init(loss: .nan, accuracy: .nan),
        learningRate: .nan, gradientNorm: .nan, seconds: 0))
    bound = plan.lossBound(untrained: measurements[0].validation.loss)
    observe(self)
    for epoch in 0..<plan.epochs {
      let started = ContinuousClock.now
      let result = trainEpoch(epoch, shouldStop)
      seconds += (ContinuousClock.now - started).seconds
      switch result {
      case .trained(var measurement):
        measurement.seconds = seconds
        passes.productCost = productCost
        measurement.passes = passes
        record(measurement)
        observe(self)
        if let reason = rule.descent?.reason { return outcome(.converged(reason)) }
      case .ended(let outcome): return outcome
      }
      if let patience = plan.patience, epochsWithoutProgress() >= patience { return outcome(.stoppedEarly) }
    }
    return outcome(.completed)
  }

  /// How the run ended. A step finds the divergence of the one before, and no step follows the last: its loss is that of
  /// the evaluation.
  private func outcome(_ end: TrainingOutcome) -> TrainingOutcome {
    let isMeasured = samples.validation.count > 0
    let loss = measurements[measurements.count - 1].validation.loss
    let isSound = (!isMeasured || (loss.isFinite && loss <= bound)) && areFinite(parameters)
    return isSound ? end : .diverged(step: steps)
  }

  private enum EpochResult {
    case trained(EpochMeasurement)
    case ended(TrainingOutcome)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func trainEpoch(_ epoch: Int, _ shouldStop: () -> Bool) -> EpochResult {
    let order = sampleOrder(epoch)
    var lossSum = 0.0
    var sampleCount = 0
    var squareSum = 0.0
    var rate = 0.0
    var descent = rule.descent == nil ? nil : EpochDescent()
    for batch in 0..<stepsPerEpoch {
      if shouldStop() { return .ended(.interrupted) }
      let range = batch * batchSize..<min((batch + 1) * batchSize, samples.train.count)
      rate =
        plan.learningRate
        * plan.schedule.factor(at: .init(step: steps, stepsPerEpoch: stepsPerEpoch, epochs: plan.epochs))
      let (loss, square) = order.withUnsafeBufferPointer { rows in
        step(rows.isEmpty ? nil : UnsafeBufferPointer(rebasing: rows[range]), samples: range.count, rate: rate)
      }
      steps += 1
      if let report = rule.descent?.report { descent?.add(report) }
      guard let square, square.isFinite else { return .ended(.diverged(step: steps)) }
      lossSum += loss * Double(range.count)
      sampleCount += range.count
      squareSum += square
    }
    return .trained(
      EpochMeasurement(
        batchLoss: lossSum / Double(sampleCount), training: .init(loss: .nan, accuracy: .nan),
        validation: .init(loss: .nan, accuracy: .nan), learningRate: rate,
        gradientNorm: (squareSum / Double(stepsPerEpoch)).squareRoot(), seconds: 0, descent: descent))
  }

  /// One step on a batch, whose work is counted.
  private func step(
    _ rows: UnsafeBufferPointer<Int32>?, samples count: Int, rate: Double
  ) -> (loss: Double, square: Double?) {
    let share = Double(count) / Double(samples.train.count)
    let masks = (seed: plan.seed, step: steps)
    switch rule {
    case .gradients(let optimizer):
      passes.gradients += share
      return engine.step(
        parameters, of: samples.train, rows: rows, masks: masks, by: optimizer, learningRate: rate,
        bound: bound, gradient: gradient)
    case .descent(let descent):
      let before = descent.counts
      defer {
        let values = descent.counts.values - before.values
        let gradients = share * Double(descent.counts.gradients - before.gradients)
        timedPasses += gradients
        passes.gradients += gradients + share * Double(values) / 3
        passes.products += share * Double(descent.counts.products - before.products)
      }
      return descent.step(
        parameters, rows: rows, masks: masks, learningRate: rate, bound: bound)
    }
  }

  /// See ``TrainingPasses/productCost``.
  private var productCost: Double {
    guard let times = rule.descent?.times, passes.products > 0, times.gradients > 0 else { return .nan }
    return times.products / passes.products / (times.gradients / timedPasses)
  }

  /// The epoch's permutation; empty where the samples are taken in their own order.
  private func sampleOrder(_ epoch: Int) -> [Int32] {
    if plan.batchSize == nil { return [] }
    guard plan.shuffles else { return Array(0..<Int32(samples.train.count)) }
    var stream = RandomStream(RandomKey(seed: plan.seed, purpose: .order, step: plan.repeatsOrder ? 0 : UInt64(epoch)))
    return stream.permutation(of: samples.train.count)
  }

  /// Completes a measurement by evaluation and keeps the parameters where they are the best so far.
  private func record(_ measurement: EpochMeasurement) {
    var measurement = measurement
    if plan.evaluatesTraining { measurement.training = engine.evaluate(parameters, on: samples.train) }
    measurement.validation = engine.evaluate(parameters, on: samples.validation, measuresVariance: true)
    measurements.append(measurement)
    guard isBest(measurement.validation) else { return }
    bestEpoch = measurements.count - 1
    guard plan.keepsBestParameters else { return }
    let best = bestParameters ?? engine.buffers.buffer(count: parameters.count)
    best.pointer.update(from: parameters.pointer, count: parameters.count)
    bestParameters = best
  }

  private func isBest(_ evaluation: Evaluation) -> Bool {
    let previous = bestEpoch.map { measurements[$0].validation }
    switch plan.bestBy {
    case .validationLoss: return evaluation.loss.isFinite && evaluation.loss < previous?.loss ?? .infinity
    case .validationAccuracy:
      return evaluation.accuracy.isFinite && evaluation.accuracy > previous?.accuracy ?? -.infinity
    }
  }

  /// Epochs since what early stopping looks at was last better than everything before by the minimum delta.
  private func epochsWithoutProgress() -> Int {
    var reference = Double.infinity
    var last = 0
    for (epoch, measurement) in measurements.enumerated() {
      let value = plan.stopBy.cost(measurement.validation)
      guard value < reference - (reference.isFinite ? plan.minimumDelta : 0) else { continue }
      reference = value
      last = epoch
    }
    return measurements.count - 1 - last
  }
}

extension TrainingPlan.Criterion {
  /// What is lower for the better of two evaluations.
  fileprivate func cost(_ evaluation: Evaluation) -> Double {
    switch self {
    case .validationLoss: evaluation.loss
    case .validationAccuracy: -evaluation.accuracy
    }
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func areFinite<S: Scalar>(_ parameters: AlignedBuffer<S>) -> Bool {
  (0..<parameters.count).allSatisfy { parameters[$0].isFinite }
}

/// What makes a step of a batch.
public enum TrainingRule<S: Scalar> {
  /// A gradient, and an update from it.
  case gradients(any OptimizerState<S>)
  /// A second-order method that asks the loss for what it needs.
  case descent(BatchDescent<S>)

  var descent: BatchDescent<S>? {
    if case .descent(let descent) = self { descent } else { nil }
  }
}

extension Duration {
  /// In seconds, to a double's precision.
  public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
