import Kernels
import Learning
import TestSupport
import Testing

/// A network, its weights and samples in a fixture of Hessians.
struct NetworkFixture: Decodable, Sendable, CustomTestStringConvertible {
  var sizes: [Int]
  var activation: Activation
  var loss: Loss
  var bias: Bool
  var form: String
  var l2: Double
  var features: FixtureArray
  var targets: FixtureArray
  var weights: FixtureArray

  var testDescription: String { "\(form), \(sizes), \(activation), \(loss)" }

  func surface<S: Scalar>(_: S.Type) -> LossSurface<S> {
    let network = Network(sizes: sizes, activation: activation, bias: bias)
    let samples: Samples<S> =
      targets.dtype == "int32"
      ? Samples(
        features: features.values(), width: network.inputs, classes: targets.integers, of: network.outputs)
      : Samples(
        features: features.values(), width: network.inputs, values: targets.values(), columns: network.outputs)
    return LossSurface(
      network: network, loss: loss, dropout: .none(layers: network.layers.count), l2: l2,
      parameters: AlignedBuffer(weights.values(S.self)), samples: samples)
  }
}
