import Kernels
import Learning
import TestSupport
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
    default: 0
    }
  }

  private func isUniform(_ scheme: Initialization) -> Bool {
    [.glorotUniform, .heUniform, .uniform].contains(scheme)
  }

  /// Mean, variance and fourth moment of every layer within five standard errors; 9/5 and 3 are the kurtoses.
  @Test(arguments: [Initialization.glorotUniform, .glorotNormal, .he, .heUniform, .lecun, .uniform, .zeros])
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

  /// N(0, 0.05²) under the condition that the magnitude is under 0.1: moments of `scipy.stats.truncnorm(-2, 2, scale=0.05)`
  /// of SciPy 1.17.1, within five standard errors, and shares under five of its quantiles.
  @Test func truncatedNormal() {
    let network = Network(sizes: [400, 500, 30], activation: .relu)
    let parameters: AlignedBuffer<Double> = network.initialParameters(
      .truncatedNormal(deviation: 0.05), bias: 0.25, seed: 11)
    for layer in network.layers {
      let kernel = parameters.array[layer.kernelOffset..<layer.kernelOffset + layer.kernelCount]
      let biases = parameters.array[layer.biasOffset!..<layer.biasOffset! + layer.outputs]
      #expect(biases.allSatisfy { $0 == 0.25 })
      let count = Double(kernel.count)
      func moment(_ power: Int) -> Double {
        kernel.reduce(0) { sum, value in sum + (0..<power).reduce(1) { product, _ in product * value } } / count
      }
      for power in 1...4 {
        let (expected, deviation) = Self.truncnorm[power - 1]
        #expect((moment(power) - expected).magnitude < 5 * deviation / count.squareRoot(), "moment \(power)")
      }
      for (share, quantile) in Self.quantiles {
        let found = Double(kernel.count { $0 <= quantile }) / count
        #expect((found - share).magnitude < 5 * (share * (1 - share) / count).squareRoot(), "share \(share)")
      }
      let largest = kernel.map(\.magnitude).max()!
      #expect(largest < 0.1 && largest > 0.099)
    }
  }

  /// The moments of order 1 to 4, and the standard deviation of xᵏ: `moment(k)`, `sqrt(moment(2k) − moment(k)²)`.
  private static let truncnorm: [(moment: Double, deviation: Double)] = [
    (0.0, 0.04398128305171199),
    (0.0019343532588748083, 0.002260411356410499),
    (0.0, 0.00023254053682389463),
    (8.851182030309143e-06, 1.73874698476282e-05),
  ]
  /// `ppf` of these shares.
  private static let quantiles: [(share: Double, value: Double)] = [
    (0.05, -0.07361308205163829),
    (0.25, -0.03195559554356365),
    (0.5, 1.3914582123358837e-17),
    (0.75, 0.031955595543563656),
    (0.95, 0.07361308205163829),
  ]

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

  /// Rows or columns, whichever are fewer, are orthonormal but for rounding, times the gain; and each sign comes as often, as
  /// it does only where R has a positive diagonal.
  @Test(arguments: [(40, 20), (20, 40), (30, 30), (1, 7), (7, 1)])
  func orthogonalKernels(inputs: Int, outputs: Int) {
    let network = Network(sizes: [inputs, outputs, 1], activation: .relu)
    var part = Orthogonal()
    part.gain = 1.5
    var positive = 0
    for seed in 0..<40 {
      let parameters: AlignedBuffer<Double> = network.initialParameters(Initialization(part), seed: UInt64(seed))
      let kernel = parameters.array[..<(inputs * outputs)]
      let vectors = (0..<min(inputs, outputs)).map { vector in
        (0..<max(inputs, outputs)).map { entry in
          inputs >= outputs ? kernel[entry * outputs + vector] : kernel[vector * outputs + entry]
        }
      }
      for (index, vector) in vectors.enumerated() {
        for (other, second) in vectors.enumerated() {
          let product = zip(vector, second).reduce(0) { $0 + $1.0 * $1.1 }
          #expect((product - (index == other ? 2.25 : 0)).magnitude < 1e-13)
        }
      }
      if kernel[0] > 0 { positive += 1 }
    }
    // Of 40 throws of a coin 8 to 32 are heads but once in 20,000 times.
    #expect((8...32).contains(positive))
  }
}
