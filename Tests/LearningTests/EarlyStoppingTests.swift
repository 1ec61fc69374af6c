import Kernels
import Learning
import TestSupport
import Testing

@Suite("Early stopping")
struct EarlyStoppingTests {
  struct Case: Decodable, Sendable {
    var stops: [Entry]
  }

  struct Entry: Decodable, Sendable {
    var losses: [Double]
    var patience: Int
    var minimumDelta: Double
    /// Epoch after which Keras stops, or nil.
    var stopped: Int?
    var best: Int
  }

  static let fixture = try! Fixture.load("schedules", as: Case.self)

  /// Keras' rule, once more: the oracle of the tests below.
  private func stop(_ losses: [Double], patience: Int, minimumDelta: Double) -> Int? {
    var best = Double.infinity
    var waited = 0
    for (epoch, loss) in losses.enumerated() {
      waited += 1
      if loss + minimumDelta < best {
        best = loss
        waited = 0
      } else if waited >= patience {
        return epoch
      }
    }
    return nil
  }

  @Test(arguments: fixture.stops)
  func theOracleIsKerasRule(entry: Entry) {
    #expect(stop(entry.losses, patience: entry.patience, minimumDelta: entry.minimumDelta) == entry.stopped)
  }

  /// An overfitting regression: few noisy samples to train on, many others to validate on.
  private func train(
    patience: Int?, minimumDelta: Double = 0, epochs: Int = 60, seed: UInt64 = 1
  ) -> (trainer: Trainer<Double>, outcome: TrainingOutcome) {
    func samples(_ count: Int, _ seed: UInt64) -> Samples<Double> {
      var numbers = TestNumbers(seed: seed)
      let features: [Double] = numbers.normals(count * 8)
      let noise: [Double] = numbers.normals(count)
      return Samples(
        features: features, width: 8, values: (0..<count).map { features[$0 * 8] + noise[$0] }, columns: 1)
    }
    let network = Network(sizes: [8, 20, 1], activation: .tanh)
    let train = samples(16, 1)
    let validation = samples(200, 2)
    let trainer = Trainer<Double>(
      engine: Backpropagation(network: network, loss: .squaredError, dropout: .none(layers: 2)),
      optimizer: MomentumState(parameterCount: network.parameterCount),
      parameters: network.initialParameters(.he, seed: 3),
      samples: SplitSamples(train: train, validation: validation, test: validation),
      plan: TrainingPlan(
        epochs: epochs, batchSize: 4, learningRate: 0.01, seed: seed, patience: patience, minimumDelta: minimumDelta))
    return (trainer, trainer.run())
  }

  @Test(arguments: [1, 2, 3, 5, 8], [0, 0.01, 0.1])
  func trainingStopsWhereTheRuleSays(patience: Int, minimumDelta: Double) {
    let full = train(patience: nil)
    #expect(full.outcome == .completed)
    let losses = full.trainer.measurements.map(\.validation.loss)
    let epoch = stop(losses, patience: patience, minimumDelta: minimumDelta)
    let stopped = train(patience: patience, minimumDelta: minimumDelta)
    #expect(epoch != nil, "the case must overfit")
    #expect(stopped.outcome == .stoppedEarly)
    #expect(stopped.trainer.measurements.map(\.validation.loss) == Array(losses.prefix((epoch ?? 0) + 1)))
  }

  /// Selected by accuracy a run stops by it: Keras' rule in its mode `max`, which is the rule on −accuracy.
  @Test(arguments: [1, 2, 3, 5], [0, 0.02])
  func trainingStopsByTheMetricItIsSelectedBy(patience: Int, minimumDelta: Double) {
    func train(_ patience: Int?) -> Trainer<Double> {
      var numbers = TestNumbers(seed: 11)
      let samples = (0..<2).map { _ in
        Samples<Double>(features: numbers.normals(80 * 5), width: 5, classes: numbers.classes(80, of: 3), of: 3)
      }
      let network = Network(sizes: [5, 16, 3], activation: .tanh)
      var plan = TrainingPlan(
        epochs: 60, batchSize: 16, learningRate: 0.02, seed: 1, patience: patience, minimumDelta: minimumDelta,
        bestBy: .validationAccuracy)
      plan.stopBy = .validationAccuracy
      let trainer = Trainer<Double>(
        engine: Backpropagation(network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 2)),
        optimizer: MomentumState(parameterCount: network.parameterCount),
        parameters: network.initialParameters(.he, seed: 3),
        samples: SplitSamples(train: samples[0], validation: samples[1], test: samples[1]), plan: plan)
      _ = trainer.run()
      return trainer
    }
    let full = train(nil).measurements.map(\.validation)
    let expected = stop(full.map { -$0.accuracy }, patience: patience, minimumDelta: minimumDelta)
    #expect(expected != nil && expected != stop(full.map(\.loss), patience: patience, minimumDelta: minimumDelta))
    #expect(train(patience).measurements.count == (expected ?? 0) + 1)
  }

  @Test func whoImprovesIsNotStopped() {
    #expect(train(patience: 60).outcome == .completed)
    // The best epoch by the loss is the last one of this run.
    let losses = train(patience: nil).trainer.measurements.map(\.validation.loss)
    let best = losses.firstIndex(of: losses.min()!)!
    #expect(train(patience: best, epochs: best).outcome == .completed)
  }

  /// The parameters kept are those after the epoch of the lowest loss, to the bit.
  @Test func bestParametersAreThoseOfTheBestEpoch() throws {
    let full = train(patience: nil).trainer
    let losses = full.measurements.map(\.validation.loss)
    let best = try #require(full.bestEpoch)
    #expect(losses[best] == losses.min())
    #expect(best < 60)
    let short = train(patience: nil, epochs: best).trainer
    #expect(full.bestParameters?.array == short.parameters.array)
    #expect(full.bestParameters?.array != full.parameters.array)
  }
}
