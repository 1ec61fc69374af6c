import Kernels

/// The shape of a dense feed-forward network: layers z = a·W + b, a⁺ = φ(z), the last one linear.
///
/// All parameters live in one flat vector, layer by layer: the kernel W (inputs × outputs, row-major), then the bias.
public struct Network: Hashable, Sendable {
  public let layers: [DenseLayer]
  public let parameterCount: Int

  /// - Parameters:
  ///   - hidden: Units of the hidden layers from the input upwards; empty for a linear model.
  ///   - activation: φ of the hidden layers.
  public init(inputs: Int, hidden: [Int], outputs: Int, activation: Activation, bias: Bool = true) {
    precondition(inputs > 0 && outputs > 0 && hidden.allSatisfy { $0 > 0 })
    var layers: [DenseLayer] = []
    var offset = 0
    var width = inputs
    for (index, units) in (hidden + [outputs]).enumerated() {
      let layer = DenseLayer(
        inputs: width, outputs: units, activation: index < hidden.count ? activation : .identity,
        kernelOffset: offset, biasOffset: bias ? offset + width * units : nil)
      layers.append(layer)
      offset += layer.parameterCount
      width = units
    }
    self.layers = layers
    parameterCount = offset
  }

  public var inputs: Int { layers[0].inputs }
  public var outputs: Int { layers[layers.count - 1].outputs }

  /// Floating-point operations of one sample's forward and backward pass: two a weight for each of the three products,
  /// less the input gradient of the first layer, which is never taken.
  public var gradientOperationsPerSample: Int {
    layers.reduce(0) { $0 + 6 * $1.inputs * $1.outputs } - 2 * layers[0].inputs * layers[0].outputs
  }
}

/// One layer's shape and where its parameters stand in the flat vector.
public struct DenseLayer: Hashable, Sendable {
  public let inputs: Int
  public let outputs: Int
  public let activation: Activation
  public let kernelOffset: Int
  /// Nil where the layer has no bias.
  public let biasOffset: Int?

  public var kernelCount: Int { inputs * outputs }
  public var parameterCount: Int { kernelCount + (biasOffset == nil ? 0 : outputs) }
}
