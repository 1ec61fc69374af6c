import Kernels
import Learning
import RealModule
import TestSupport
import Testing

@Suite("Training")
struct TrainerTests {
  /// w ← (1 − η)w on E = ½w²: one weight, one sample x = 1, target 0.
  private func shrink<S: Scalar>(
    from weight: S, learningRate: Double, epochs: Int, bound: Double = 1e6, schedule: Schedule = .constant
  ) -> Trainer<S> {
    let network = Network(inputs: 1, hidden: [], outputs: 1, activation: .identity, bias: false)
    let samples = Samples<S>(features: [1], width: 1, values: [0], columns: 1)
    return Trainer(
      engine: Backpropagation(network: network, loss: .squaredError, dropout: .none(layers: 1)),
      optimizer: GradientDescentState(), parameters: AlignedBuffer([weight]), samples: samples.everywhere,
      plan: TrainingPlan(
        epochs: epochs, batchSize: nil, learningRate: learningRate, seed: 1, schedule: schedule,
        divergenceBound: bound))
  }

  @Test func gradientDescentFollowsItsClosedForm() {
    let trainer = shrink(from: 8.0, learningRate: 0.25, epochs: 5)
    #expect(trainer.run() == .completed)
    #expect(trainer.steps == 5)
    let weights = (0...5).map { 8 * Double.pow(0.75, $0) }
    #expect(trainer.parameters[0] == weights[5])
    #expect(trainer.measurements.map(\.validation.loss) == weights.map { 0.5 * $0 * $0 })
    #expect(trainer.measurements.map(\.training.loss) == weights.map { 0.5 * $0 * $0 })
    #expect(trainer.measurements.dropFirst().map(\.batchLoss) == weights.dropLast().map { 0.5 * $0 * $0 })
    #expect(trainer.measurements.dropFirst().map(\.gradientNorm) == weights.dropLast().map { $0 })
    #expect(trainer.measurements.dropFirst().allSatisfy { $0.learningRate == 0.25 })
    #expect(trainer.measurements[0].batchLoss.isNaN && trainer.measurements[0].gradientNorm.isNaN)
    #expect(trainer.bestEpoch == 5)
  }

  @Test func theScheduleReachesTheOptimizer() {
    var exponential = ExponentialSchedule()
    exponential.gamma = 0.5
    let schedule = Schedule(exponential)
    let trainer = shrink(from: 8.0, learningRate: 0.5, epochs: 3, schedule: schedule)
    _ = trainer.run()
    #expect(trainer.parameters[0] == 8 * (1 - 0.5) * (1 - 0.25) * (1 - 0.125))
    #expect(trainer.measurements.dropFirst().map(\.learningRate) == [0.5, 0.25, 0.125])
  }

  /// With η = 3 the weight doubles in size each step: the loss before step t is ½·4ᵗ⁻¹.
  @Test func divergenceNamesItsStep() {
    let trainer = shrink(from: 1.0, learningRate: 3, epochs: 100, bound: 1000)
    #expect(trainer.run() == .diverged(step: 7))
    #expect(trainer.measurements.count == 7)
    #expect(trainer.bestEpoch == 0)
  }

  /// After the last step only the evaluation sees what became of the loss: ½·4⁶ is over the bound, and ½·4⁵ = 512 is not.
  /// A seventh step sees it before it is taken.
  @Test(arguments: [(7, TrainingOutcome.diverged(step: 7), 7), (6, .diverged(step: 6), 7), (5, .completed, 6)])
  func theLastStepMayDiverge(epochs: Int, outcome: TrainingOutcome, measurements: Int) {
    let trainer = shrink(from: 1.0, learningRate: 3, epochs: epochs, bound: 1000)
    #expect(trainer.run() == outcome)
    #expect(trainer.measurements.count == measurements && trainer.bestEpoch == 0)
  }

  /// One step to a loss over the bound, or to weights that Float has not, which only the evaluation sees.
  @Test func aSingleStepMayDiverge() {
    #expect(shrink(from: Float(1), learningRate: 1e38, epochs: 1).run() == .diverged(step: 1))
    #expect(shrink(from: Float(1), learningRate: 1e39, epochs: 1, bound: .infinity).run() == .diverged(step: 1))
  }

  /// Where the loss starts over the bound, as squared errors of prices do, divergence is a thousand times the start: with
  /// η = 3 the loss quadruples, 4⁵ = 1024.
  @Test func theBoundIsRelativeToALargeStart() {
    let trained = shrink(from: 2e5, learningRate: 0.5, epochs: 20)
    #expect(trained.run() == .completed)
    #expect(trained.parameters[0] == 2e5 * Double.pow(0.5, 20))
    #expect(shrink(from: 2e5, learningRate: 3, epochs: 100).run() == .diverged(step: 6))
  }

  /// The edge of stability, 2/λ: just below it the loss falls, just above it grows.
  @Test func divergenceBeginsAtTwoOverTheCurvature() {
    #expect(shrink(from: 1.0, learningRate: 1.999, epochs: 5000).run() == .completed)
    #expect(shrink(from: 1.0, learningRate: 2.01, epochs: 5000, bound: 10).run() != .completed)
  }

  @Test func overflowIsDivergence() {
    guard case .diverged(let step) = shrink(from: Float(1), learningRate: 1e20, epochs: 10, bound: .infinity).run()
    else {
      Issue.record("did not diverge")
      return
    }
    #expect((1...3).contains(step))
  }

  @Test(arguments: [Double.nan, .infinity])
  func dataThatAreNotFiniteDivergeAtOnce(value: Double) {
    let network = Network(sizes: [1, 3, 2], activation: .tanh)
    let samples = Samples<Float>(features: [1, Float(value)], width: 1, classes: [0, 1], of: 2)
    let trainer = Trainer<Float>(
      engine: Backpropagation(network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 2)),
      optimizer: GradientDescentState(), parameters: network.initialParameters(.he, seed: 1),
      samples: samples.everywhere,
      plan: TrainingPlan(epochs: 2, batchSize: nil, learningRate: 0.1, seed: 1))
    let outcome = trainer.run()
    // An infinite input saturates tanh: the loss is finite, the gradient 0·∞ is not.
    #expect(outcome == .diverged(step: 1))
  }

  @Test func interruptionStopsBetweenSteps() {
    let trainer = shrink(from: 1.0, learningRate: 0.1, epochs: 100)
    var asked = 0
    let outcome = trainer.run {
      asked += 1
      return asked > 10
    }
    #expect(outcome == .interrupted)
    #expect(trainer.steps == 10)
  }

  /// A problem with ragged batches, dropout, L2 and a schedule: everything that could depend on anything.
  private static func everything(seed: UInt64 = 1) -> Trainer<Float> {
    var numbers = TestNumbers(seed: 4)
    let samples = Samples<Float>(
      features: numbers.normals(530 * 6), width: 6, classes: numbers.classes(530, of: 4), of: 4)
    let network = Network(sizes: [6, 40, 17, 4], activation: .gelu)
    return Trainer(
      engine: Backpropagation(
        network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: [0.9, 0.5, 0.7]), l2: 1e-3),
      optimizer: NAdamState(parameterCount: network.parameterCount),
      parameters: network.initialParameters(.glorotUniform, seed: seed), samples: samples.everywhere,
      plan: TrainingPlan(
        epochs: 4, batchSize: 64, learningRate: 0.01, seed: seed, schedule: Schedule(CosineSchedule())))
  }

  private struct Result: Equatable, Sendable {
    var parameters: [Float]
    var losses: [[Double]]

    init(_ trainer: Trainer<Float>) {
      _ = trainer.run()
      parameters = trainer.parameters.array
      losses = trainer.measurements.dropFirst().map {
        [$0.batchLoss, $0.gradientNorm, $0.training.loss, $0.training.accuracy, $0.validation.loss]
      }
    }
  }

  @Test func equalRunsGiveEqualBits() async {
    let alone = Result(Self.everything())
    #expect(alone == Result(Self.everything()))
    #expect(alone != Result(Self.everything(seed: 2)))
    let together = await withTaskGroup(of: (UInt64, Result).self) { group in
      for seed: UInt64 in [1, 2, 1, 3, 1, 4] { group.addTask { (seed, Result(Self.everything(seed: seed))) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(together.count == 6)
    for (seed, result) in together where seed == 1 { #expect(result == alone) }
  }

  private func stepCount(batch: Int?, samples count: Int, shuffles: Bool = true) -> Trainer<Float> {
    var numbers = TestNumbers(seed: 6)
    let samples = Samples<Float>(
      features: numbers.normals(count * 3), width: 3, classes: numbers.classes(count, of: 2), of: 2)
    let network = Network(sizes: [3, 5, 2], activation: .tanh)
    let trainer = Trainer<Float>(
      engine: Backpropagation(network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 2)),
      optimizer: GradientDescentState(), parameters: network.initialParameters(.lecun, seed: 1),
      samples: samples.everywhere,
      plan: TrainingPlan(epochs: 3, batchSize: batch, learningRate: 0.1, seed: 1, shuffles: shuffles))
    #expect(trainer.run() == .completed)
    return trainer
  }

  @Test func everySampleIsSeenInEveryEpoch() {
    #expect(stepCount(batch: 1, samples: 10).steps == 30)
    #expect(stepCount(batch: 3, samples: 10).steps == 12)
    #expect(stepCount(batch: 10, samples: 10).steps == 3)
    #expect(stepCount(batch: nil, samples: 10).steps == 3)
  }

  /// One permutation for all epochs is training in the order it gives; what is dropped might as well not be there.
  @Test func repeatedOrderAndDroppedRemainder() {
    var numbers = TestNumbers(seed: 6)
    let features = numbers.normals(70 * 3) as [Float]
    let classes = numbers.classes(70, of: 2)
    let network = Network(sizes: [3, 5, 2], activation: .tanh)
    func train(_ order: [Int32], _ change: (inout TrainingPlan) -> Void) -> Trainer<Float> {
      let rows = order.flatMap { features[Int($0) * 3..<Int($0) * 3 + 3] }
      let samples = Samples<Float>(features: rows, width: 3, classes: order.map { classes[Int($0)] }, of: 2)
      var plan = TrainingPlan(epochs: 3, batchSize: 16, learningRate: 0.1, seed: 5, shuffles: false)
      change(&plan)
      let trainer = Trainer<Float>(
        engine: Backpropagation(network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 2)),
        optimizer: GradientDescentState(), parameters: network.initialParameters(.lecun, seed: 1),
        samples: samples.everywhere, plan: plan)
      #expect(trainer.run() == .completed)
      return trainer
    }
    var stream = RandomStream(RandomKey(seed: 5, purpose: .order, step: 0))
    let permutation = stream.permutation(of: 70)
    let identity = (0..<Int32(70)).map { $0 }
    let once = train(identity) { ($0.shuffles, $0.repeatsOrder) = (true, true) }
    #expect(once.steps == 15)
    #expect(once.parameters.array == train(permutation) { _ in }.parameters.array)
    #expect(once.parameters.array != train(identity) { $0.shuffles = true }.parameters.array)

    let dropped = train(permutation) { $0.dropsRemainder = true }
    let fewer = train(Array(permutation[..<64])) { _ in }
    #expect(dropped.steps == 12 && fewer.steps == 12)
    #expect(dropped.parameters.array == fewer.parameters.array)
    #expect(dropped.measurements.dropFirst().map(\.batchLoss) == fewer.measurements.dropFirst().map(\.batchLoss))
    #expect(abs(dropped.measurements[3].passes.gradients - 3 * 64.0 / 70) < 1e-12)
  }

  @Test func theFullBatchIsTheBatchOfAllInOrder() {
    let full = stepCount(batch: nil, samples: 700)
    #expect(full.parameters.array == stepCount(batch: 700, samples: 700, shuffles: false).parameters.array)
    // In another order the same sum rounds differently, no more.
    let shuffled = stepCount(batch: 700, samples: 700)
    #expect(relativeError(shuffled.parameters.array, full.parameters.array) < 1e-5)
    // Smaller batches in a fixed and in a shuffled order are different runs.
    #expect(
      stepCount(batch: 64, samples: 700).parameters.array
        != stepCount(batch: 64, samples: 700, shuffles: false).parameters.array)
  }
}
