import Kernels
import Learning
import TestSupport
import Testing

/// Losses and gradients with L2 of every activation and loss against JAX in float64.
@Suite("Gradients against JAX")
struct GradientFixtureTests {
  struct Case: Decodable, Sendable {
    var sizes: [Int]
    var l2: Double
    var features: FixtureArray
    var classes: FixtureArray
    var values: FixtureArray
    var labels: FixtureArray
    var weights: FixtureArray
    var entries: [Entry]
  }

  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    var activation: Activation
    var loss: Loss
    var targets: String
    var value: Double
    var penalized: Double
    var gradient: FixtureArray

    var testDescription: String { "\(activation), \(loss) of \(targets)" }
  }

  static let fixture = try! Fixture.load("gradients", as: Case.self)

  @Test(arguments: fixture.entries)
  func agree(entry: Entry) {
    check(entry, Double.self, tolerance: 1e-13)
    check(entry, Float.self, tolerance: 2e-6)
  }

  private func check<S: Scalar>(_ entry: Entry, _: S.Type, tolerance: Double) {
    let fixture = Self.fixture
    let network = Network(sizes: fixture.sizes, activation: entry.activation)
    let features: [S] = fixture.features.values()
    let samples: Samples<S> =
      switch entry.targets {
      case "classes":
        Samples(
          features: features, width: network.inputs, classes: fixture.classes.integers, of: network.outputs)
      case "values":
        Samples(features: features, width: network.inputs, values: fixture.values.values(), columns: network.outputs)
      default:
        Samples(features: features, width: network.inputs, values: fixture.labels.values(), columns: network.outputs)
      }
    let engine = Backpropagation<S>(
      network: network, loss: entry.loss, dropout: .none(layers: network.layers.count), l2: fixture.l2)
    let parameters = AlignedBuffer(fixture.weights.values(S.self))
    let found = engine.gradient(at: parameters, of: samples)
    #expect((found.loss / entry.penalized - 1).magnitude < tolerance)
    #expect(relativeError(found.gradient.map { Double($0) }, entry.gradient.values()) < tolerance)
    // What is reported and ranked by has no penalty.
    #expect((engine.evaluate(parameters, on: samples).loss / entry.value - 1).magnitude < tolerance)
  }
}
