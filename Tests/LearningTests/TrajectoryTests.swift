import Kernels
import Learning
import Settings
import TestSupport
import Testing

/// Fifty steps of every optimizer against PyTorch on the same weights and batches.
@Suite("Trajectories against PyTorch")
struct TrajectoryTests {
  struct Case: Decodable, Sendable {
    var torch: String
    var sizes: [Int]
    var batch: Int
    var steps: Int
    var features: FixtureArray
    var classes: FixtureArray
    var values: FixtureArray
    var labels: FixtureArray
    var initial: FixtureArray
    var runs: [Run]
  }

  struct Run: Decodable, Sendable, CustomTestStringConvertible {
    var activation: Activation
    var loss: Loss
    var optimizer: String
    var learningRate: Double
    var values: [String: Double]
    var lossesFloat: FixtureArray
    var lossesDouble: FixtureArray
    var finalFloat: FixtureArray
    var finalDouble: FixtureArray

    var testDescription: String {
      let settings = values.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
      return "\(optimizer)\(settings), \(activation), \(loss)"
    }
  }

  static let fixture = try! Fixture.load("trajectories", as: Case.self)

  @Test(arguments: fixture.runs)
  func singlePrecision(run: Run) {
    let (losses, final) = train(run, Float.self)
    #expect(relativeError(final, run.finalFloat.values()) < 1e-5)
    #expect(relativeError(losses, run.lossesFloat.values()) < 1e-5)
  }

  @Test(arguments: fixture.runs)
  func doublePrecision(run: Run) {
    let (losses, final) = train(run, Double.self)
    #expect(relativeError(final, run.finalDouble.values()) < 1e-12)
    #expect(relativeError(losses, run.lossesDouble.values()) < 1e-12)
  }

  /// Every first-order optimizer of the library has a trajectory with its defaults, and one with each setting changed.
  @Test func everyOptimizerHasATrajectory() {
    for kind in Parts.standard.optimizers where !kind.type.isSecondOrder {
      let runs = Self.fixture.runs.filter { $0.optimizer == kind.name }
      #expect(runs.contains { $0.values.isEmpty }, "\(kind.name) has no trajectory; see Fixtures/trajectories.py")
      for setting in kind.settings {
        #expect(runs.contains { $0.values[setting.name] != nil }, "no trajectory of \(kind.name) with \(setting.name)")
      }
    }
  }

  private func train<S: Scalar>(_ run: Run, _: S.Type) -> (losses: [Double], final: [S]) {
    let fixture = Self.fixture
    let network = Network(sizes: fixture.sizes, activation: run.activation)
    let width = fixture.sizes[0]
    let outputs = network.outputs
    let features = fixture.features.values(S.self)
    let samples: Samples<S> =
      switch type(of: run.loss.part).targets {
      case .classes: Samples(features: features, width: width, classes: fixture.classes.integers, of: outputs)
      case .numbers: Samples(features: features, width: width, values: fixture.values.values(), columns: outputs)
      case .shares: Samples(features: features, width: width, values: fixture.labels.values(), columns: outputs)
      }
    let engine = Backpropagation<S>(
      network: network, loss: run.loss, dropout: .none(layers: network.layers.count))
    let optimizer: any OptimizerState<S> = makeOptimizer(
      run.optimizer, run.values, parameterCount: network.parameterCount)
    let parameters = AlignedBuffer(fixture.initial.values(S.self))
    let gradient = AlignedBuffer<S>(count: network.parameterCount)
    var losses: [Double] = []
    for step in 0..<fixture.steps {
      let rows = (Int32(step * fixture.batch)..<Int32((step + 1) * fixture.batch)).map { $0 }
      let loss = rows.withUnsafeBufferPointer {
        engine.gradient(at: parameters, of: samples, rows: $0, masks: nil, into: gradient)
      }
      losses.append(loss)
      _ = optimizer.update(parameters, gradient: gradient, learningRate: run.learningRate)
    }
    return (losses, parameters.array)
  }
}
