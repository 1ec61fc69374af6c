import Kernels
import Learning
import TestSupport
import Testing

/// Whole training runs with dropout against Keras 3, which drew the masks of the reference generator.
@Suite("Dropout training against Keras")
struct KerasDropoutTests {
  struct Case: Decodable, Sendable {
    var sizes: [Int]
    var count: Int
    var batch: Int
    var epochs: Int
    var features: FixtureArray
    var classes: FixtureArray
    var initial: FixtureArray
    var runs: [Run]
  }

  struct Run: Decodable, Sendable, CustomTestStringConvertible {
    var optimizer: String
    var learningRate: Double
    var values: [String: Double]
    var activation: Activation
    var keepProbabilities: [Double]
    var l2: Double
    var seed: UInt64
    var losses: FixtureArray
    var finalFloat: FixtureArray
    var finalDouble: FixtureArray

    var testDescription: String { "\(optimizer), \(activation), \(keepProbabilities), L2 \(l2)" }
  }

  static let fixture = try! Fixture.load("keras_dropout", as: Case.self)

  @Test(arguments: fixture.runs)
  func singlePrecision(run: Run) {
    let (trainer, _) = train(run, Float.self)
    #expect(relativeError(trainer.parameters.array, run.finalFloat.values()) < 1e-5)
  }

  @Test(arguments: fixture.runs)
  func doublePrecision(run: Run) {
    let (trainer, outcome) = train(run, Double.self)
    #expect(outcome == .completed)
    #expect(relativeError(trainer.parameters.array, run.finalDouble.values()) < 1e-12)
    #expect(relativeError(trainer.measurements.dropFirst().map(\.batchLoss), expectedLosses(run)) < 1e-12)
  }

  /// Each epoch's mean batch loss, the ragged last batch weighted by its samples.
  private func expectedLosses(_ run: Run) -> [Double] {
    let fixture = Self.fixture
    let losses: [Double] = run.losses.values()
    let batches = (fixture.count + fixture.batch - 1) / fixture.batch
    return (0..<fixture.epochs).map { epoch in
      (0..<batches).reduce(0) { sum, batch in
        let size = min(fixture.batch, fixture.count - batch * fixture.batch)
        return sum + losses[epoch * batches + batch] * Double(size)
      } / Double(fixture.count)
    }
  }

  private func train<S: Scalar>(_ run: Run, _: S.Type) -> (Trainer<S>, TrainingOutcome) {
    let fixture = Self.fixture
    let network = Network(sizes: fixture.sizes, activation: run.activation)
    let samples = Samples<S>(
      features: fixture.features.values(), width: network.inputs, classes: fixture.classes.integers,
      of: network.outputs)
    let trainer = Trainer(
      engine: Backpropagation(
        network: network, loss: .softmaxCrossEntropy,
        dropout: Dropout(form: .inverted, keepProbabilities: run.keepProbabilities), l2: run.l2),
      optimizer: makeOptimizer(run.optimizer, run.values, parameterCount: network.parameterCount),
      parameters: AlignedBuffer(fixture.initial.values(S.self)), samples: samples.everywhere,
      plan: TrainingPlan(
        epochs: fixture.epochs, batchSize: fixture.batch, learningRate: run.learningRate, seed: run.seed))
    return (trainer, trainer.run())
  }
}
