import Kernels
import Learning
import Testing

@Suite("Initialisation")
struct InitializationTests {
  /// Variance each scheme's paper asks for.
  private func variance(_ scheme: Initialization, inputs: Double, outputs: Double) -> Double {
    switch scheme {
    case .glorotUniform, .glorotNormal: 2 / (inputs + outputs)
    case .he, .heUniform: 2 / inputs
    case .lecun: 1 / inputs
    case .uniform: 0.05 * 0.05 / 3
    case .zeros: 0
    }
  }

  private func isUniform(_ scheme: Initialization) -> Bool {
    [.glorotUniform, .heUniform, .uniform].contains(scheme)
  }

  /// Mean, variance and fourth moment of every layer within five standard errors; 9/5 and 3 are the kurtoses.
  @Test(arguments: Initialization.allCases)
  func momentsAreTheSchemes(scheme: Initialization) {
    let network = Network(sizes: [300, 200, 100, 50], activation: .relu)
    let parameters: AlignedBuffer<Double> = network.initialParameters(scheme, seed: 11)
    for layer in network.layers {
      let kernel = parameters.array[layer.kernelOffset..<layer.kernelOffset + layer.kernelCount]
      let biases = parameters.array[layer.biasOffset!..<layer.biasOffset! + layer.outputs]
      #expect(biases.allSatisfy { $0 == 0 })
      let wanted = variance(scheme, inputs: Double(layer.inputs), outputs: Double(layer.outputs))
      guard wanted > 0 else {
        #expect(kernel.allSatisfy { $0 == 0 })
        continue
      }
      let count = Double(kernel.count)
      let standardized = kernel.map { $0 / wanted.squareRoot() }
      let mean = standardized.reduce(0, +) / count
      let square = standardized.reduce(0) { $0 + $1 * $1 } / count
      let fourth = standardized.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count
      // E x⁴ and E x⁸ of the standardised distribution.
      let (kurtosis, eighth) = isUniform(scheme) ? (9.0 / 5, 9.0) : (3.0, 105.0)
      #expect(mean.magnitude < 5 * (1 / count).squareRoot())
      #expect((square - 1).magnitude < 5 * ((kurtosis - 1) / count).squareRoot())
      #expect((fourth - kurtosis).magnitude < 5 * ((eighth - kurtosis * kurtosis) / count).squareRoot())
      if isUniform(scheme) {
        let largest = standardized.map(\.magnitude).max()!
        #expect(largest <= 3.0.squareRoot() && largest > 0.999 * 3.0.squareRoot())
      }
    }
  }

  @Test func floatsAreTheRoundedDoubles() {
    let network = Network(sizes: [7, 5, 3], activation: .relu)
    let single: AlignedBuffer<Float> = network.initialParameters(.he, seed: 3)
    let double: AlignedBuffer<Double> = network.initialParameters(.he, seed: 3)
    #expect(single.array == double.array.map { Float($0) })
  }

  /// Streams belong to layers, so that a network with another output layer starts with the same hidden layers.
  @Test func seedsAndLayersHaveTheirOwnNumbers() {
    let network = Network(sizes: [4, 4, 4], activation: .relu, bias: false)
    func start(_ seed: UInt64) -> [Double] {
      (network.initialParameters(.lecun, seed: seed) as AlignedBuffer<Double>).array
    }
    #expect(start(1) == start(1))
    #expect(start(1) != start(2))
    #expect(start(1).prefix(16) != start(1).suffix(16))
    let other = Network(sizes: [4, 4, 9], activation: .relu, bias: false)
    let sameHidden: AlignedBuffer<Double> = other.initialParameters(.lecun, seed: 1)
    #expect(sameHidden.array.prefix(16) == start(1).prefix(16))
  }

  @Test func layersLieInOneVector() {
    let network = Network(sizes: [3, 5, 2], activation: .tanh)
    #expect(network.parameterCount == 3 * 5 + 5 + 5 * 2 + 2)
    #expect(network.layers.map(\.kernelOffset) == [0, 20])
    #expect(network.layers.map(\.biasOffset) == [15, 30])
    #expect(network.layers.map(\.activation) == [.tanh, .identity])
    // Forward 2·(15 + 10), weight gradients the same, input gradient of the second layer alone.
    #expect(network.gradientOperationsPerSample == 2 * 25 + 2 * 25 + 2 * 10)
    #expect(Network(sizes: [3, 5, 2], activation: .tanh, bias: false).parameterCount == 25)
  }
}
