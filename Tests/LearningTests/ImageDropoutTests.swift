import Curvature
import Kernels
import TestSupport
import Testing

@testable import Learning

/// Dropout on images: pixel by pixel and channel by channel, pooled and not.
@Suite("Dropout on images")
struct ImageDropoutTests {
  private static let image = ImageShape(height: 6, width: 6, channels: 2)

  private func network(_ activation: Activation, pooled: Bool) throws -> Network {
    let window = Window(height: 3, width: 3, padding: .same)
    let pooling: [LayerDefinition] = pooled ? [.pooling(.maximum, Window(height: 2, width: 2, stride: 2))] : []
    return try Network(
      image: Self.image,
      layers: [.convolution(channels: 3, window, activation)] + pooling
        + [.convolution(channels: 2, window, activation), .dense(units: 4, activation)], outputs: 3)
  }

  private func surface(_ network: Network, perChannel: Bool, form: Dropout.Form) -> LossSurface<Double> {
    var numbers = TestNumbers(seed: 8)
    let samples = Samples<Double>(
      features: numbers.normals(40 * network.inputs), width: network.inputs, classes: numbers.classes(40, of: 3),
      of: 3)
    return LossSurface(
      network: network, loss: .softmaxCrossEntropy,
      dropout: Dropout(form: form, keepProbabilities: [0.8, 0.6, 0.5, 0.7], perChannel: perChannel), l2: 0.01,
      parameters: AlignedBuffer(numbers.normals(network.parameterCount, scale: 0.4)), samples: samples,
      masks: (seed: 3, step: 2))
  }

  /// With the masks frozen, gradient and Hessian are those of central differences.
  @Test(arguments: [Activation.tanh, .softplus, .relu], [false, true])
  func derivativesAreThoseOfDifferences(activation: Activation, pooled: Bool) throws {
    for (perChannel, form) in [(false, Dropout.Form.inverted), (true, .inverted), (true, .weightScaling)] {
      let surface = surface(try network(activation, pooled: pooled), perChannel: perChannel, form: form)
      var numbers = TestNumbers(seed: 9)
      let direction: [Double] = numbers.normals(surface.dimension)
      let step = 1e-5
      let slope =
        (surface.value(displacedBy: direction, times: step)
          - surface.value(displacedBy: direction, times: -step)) / (2 * step)
      let exact = zip(surface.gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      #expect((slope - exact).magnitude < 1e-7 * max(1, exact.magnitude))
      let product = HessianOperator(surface).product(with: direction)
      #expect(relativeError(FiniteDifferenceOperator(surface).product(with: direction), product) < 1e-6)
    }
  }

  /// A channel of a sample is there whole or not at all, and with its keep probability.
  @Test func channelsAreDroppedWhole() throws {
    let network = try network(.sigmoid, pooled: true)
    let engine = Backpropagation<Double>(
      network: network, loss: .softmaxCrossEntropy,
      dropout: Dropout(keepProbabilities: [1, 0.6, 1, 1], perChannel: true))
    let count = 400
    let samples = Samples<Double>(
      features: [Double](repeating: 1, count: count * network.inputs), width: network.inputs,
      classes: [Int32](repeating: 0, count: count), of: 3)
    let parameters: AlignedBuffer<Double> = network.initialParameters(.lecun, seed: 1)
    engine.startMasks((seed: 5, step: 0))
    engine.forward(parameters, samples, nil, Block(start: 0, count: count), masked: true)
    var present = 0
    for sample in 0..<count {
      for channel in 0..<3 {
        let pixels = (0..<9).map { engine.inputs[1][sample * 27 + $0 * 3 + channel] }
        let isThere = pixels.allSatisfy { $0 > 0 }
        #expect(isThere || pixels.allSatisfy { $0 == 0 })
        if isThere { present += 1 }
      }
    }
    // Five standard deviations of a binomial count.
    #expect((Double(present) - 720).magnitude < 5 * (1200 * 0.6 * 0.4).squareRoot())
  }

  /// Pixel by pixel, the share of zeros is 1 − p.
  @Test func pixelsAreDroppedAlone() throws {
    let network = try network(.sigmoid, pooled: true)
    let engine = Backpropagation<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: [1, 0.6, 1, 1]))
    let samples = Samples<Double>(
      features: [Double](repeating: 1, count: 96 * network.inputs), width: network.inputs,
      classes: [Int32](repeating: 0, count: 96), of: 3)
    let parameters: AlignedBuffer<Double> = network.initialParameters(.lecun, seed: 1)
    engine.startMasks((seed: 5, step: 0))
    engine.forward(parameters, samples, nil, Block(start: 0, count: 96), masked: true)
    let present = (0..<96 * 27).count { engine.inputs[1][$0] > 0 }
    #expect((Double(present) - 96 * 27 * 0.6).magnitude < 5 * (96 * 27 * 0.24).squareRoot())
    let mixed = (0..<96).count { sample in
      let pixels = (0..<9).map { engine.inputs[1][sample * 27 + $0 * 3] > 0 }
      return pixels.contains(true) && pixels.contains(false)
    }
    #expect(mixed > 60)
  }
}
