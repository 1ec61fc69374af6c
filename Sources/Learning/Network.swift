import Kernels

/// The shape of a feed-forward network of dense and convolutional layers: z = A·W + b, a⁺ = φ(z), the last one dense and
/// linear.
///
/// All parameters live in one flat vector, layer by layer: the kernel W (inputs × outputs, row-major), then the bias.
public struct Network: Hashable, Sendable {
  public let layers: [Layer]
  public let parameterCount: Int

  /// A network of dense layers.
  ///
  /// - Parameters:
  ///   - hidden: Units of the hidden layers from the input upwards; empty for a linear model.
  ///   - activation: φ of the hidden layers.
  public init(inputs: Int, hidden: [Int], outputs: Int, activation: Activation, bias: Bool = true) {
    precondition(inputs > 0 && outputs > 0 && hidden.allSatisfy { $0 > 0 })
    var stack = LayerStack(.init(height: 1, width: 1, channels: inputs), bias: bias)
    for units in hidden { stack.addDense(units, activation) }
    self.init(stack, outputs: outputs)
  }

  /// A network on images.
  ///
  /// - Parameter layers: From the image upwards, without the output layer.
  /// - Throws: ``NetworkError`` where a window does not fit what is below it, or a layer has no place where it is.
  public init(
    image: ImageShape, layers: [LayerDefinition], outputs: Int, bias: Bool = true
  ) throws(NetworkError) {
    precondition(outputs > 0)
    var stack = LayerStack(image, bias: bias)
    for (index, layer) in layers.enumerated() { try stack.add(layer, at: index) }
    self.init(stack, outputs: outputs)
  }

  private init(_ stack: LayerStack, outputs: Int) {
    var stack = stack
    stack.addDense(outputs, .identity)
    layers = stack.layers
    parameterCount = stack.parameterCount
  }

  public var inputs: Int { layers[0].inputWidth }
  public var outputs: Int { layers[layers.count - 1].outputs }

  /// Whether every layer is dense, so that a unit of a layer is one number a sample.
  public var isDense: Bool { layers.allSatisfy { $0.convolution == nil } }

  /// Channels of the image that a layer stands on; nil where that is no image.
  func channels(below index: Int) -> Int? {
    if index == 0 { return layers[0].convolution?.channels }
    return layers[index - 1].convolution == nil ? nil : layers[index - 1].outputs
  }

  /// Floating-point operations of one sample's forward and backward pass: two a weight and position for each of the three
  /// products, less the input gradient of the first layer, which is never taken.
  public var gradientOperationsPerSample: Int {
    func product(_ layer: Layer) -> Int { 2 * layer.inputs * layer.mapWidth }
    return layers.reduce(0) { $0 + 3 * product($1) } - product(layers[0])
  }
}

/// What is wrong with a network's layers.
public enum NetworkError: Error, Hashable, CustomStringConvertible {
  /// The window is larger than the image below it.
  case windowDoesNotFit(layer: Int, Window, ImageShape)
  /// A convolution above a dense layer, whose units are no image.
  case noImage(layer: Int)
  /// A pooling that no convolution stands directly below.
  case nothingToPool(layer: Int)

  public var description: String {
    switch self {
    case .windowDoesNotFit(let layer, let window, let image):
      "layer \(layer + 1): a \(window.height)×\(window.width) window does not fit on \(image.height)×\(image.width)"
    case .noImage(let layer): "layer \(layer + 1): a convolution cannot follow a dense layer"
    case .nothingToPool(let layer): "layer \(layer + 1): a pooling must directly follow a convolution"
    }
  }
}

/// Lays out layers one after the other.
private struct LayerStack {
  private(set) var layers: [Layer] = []
  private(set) var parameterCount = 0
  private let bias: Bool
  /// What the next layer stands on.
  private var below: ImageShape
  private var isImage = true

  init(_ image: ImageShape, bias: Bool) {
    below = image
    self.bias = bias
  }

  mutating func add(_ definition: LayerDefinition, at index: Int) throws(NetworkError) {
    switch definition {
    case .dense(let units, let activation): addDense(units, activation)
    case .convolution(let channels, let window, let activation):
      guard isImage else { throw .noImage(layer: index) }
      guard let grid = window.grid(on: below) else { throw .windowDoesNotFit(layer: index, window, below) }
      append(inputs: grid.windowCount, outputs: channels, activation, grid)
      below = .init(height: grid.rows.outputs, width: grid.columns.outputs, channels: channels)
    case .pooling(let kind, let window):
      guard let last = layers.last, last.convolution != nil, last.pooling == nil else {
        throw .nothingToPool(layer: index)
      }
      guard let grid = window.grid(on: below) else { throw .windowDoesNotFit(layer: index, window, below) }
      layers[layers.count - 1] = Layer(
        inputs: last.inputs, outputs: last.outputs, activation: last.activation, kernelOffset: last.kernelOffset,
        biasOffset: last.biasOffset, convolution: last.convolution, pooling: Pooling(kind: kind, grid: grid))
      below = .init(height: grid.rows.outputs, width: grid.columns.outputs, channels: below.channels)
    }
  }

  mutating func addDense(_ units: Int, _ activation: Activation) {
    append(inputs: below.count, outputs: units, activation, nil)
    below = .init(height: 1, width: 1, channels: units)
    isImage = false
  }

  private mutating func append(inputs: Int, outputs: Int, _ activation: Activation, _ grid: WindowGrid?) {
    let layer = Layer(
      inputs: inputs, outputs: outputs, activation: activation, kernelOffset: parameterCount,
      biasOffset: bias ? parameterCount + inputs * outputs : nil, convolution: grid, pooling: nil)
    layers.append(layer)
    parameterCount += layer.parameterCount
  }
}
