import Experiments

/// A network as Keras 3 takes it: a `keras.Sequential` of Dense layers and the arrays of its `.weights.h5` file.
public struct KerasModel: Sendable {
  private let network: ExportedNetwork

  public init(_ network: ExportedNetwork) {
    self.network = network
  }

  /// One array of the file.
  public struct Array: Sendable {
    /// `layers/dense/vars/0`: layers are numbered within their class, kernels (inputs × outputs) come before biases.
    public var path: String
    public var shape: [Int]
    public var values: [Float]
  }

  public var arrays: [Array] {
    network.layers.enumerated().flatMap { index, layer in
      let folder = "layers/dense\(index == 0 ? "" : "_\(index)")/vars"
      let kernel = Array(path: "\(folder)/0", shape: [layer.inputs, layer.outputs], values: layer.kernel)
      return [kernel] + (layer.bias.map { [Array(path: "\(folder)/1", shape: [layer.outputs], values: $0)] } ?? [])
    }
  }

  /// A Python expression.
  public var model: String {
    let layers = network.layers.enumerated().map { index, layer in
      let activation = index < network.layers.count - 1 ? Self.argument(layer.activation) : ""
      return "keras.layers.Dense(\(layer.outputs)\(activation)\(layer.bias == nil ? ", use_bias=False" : ""))"
    }
    return "keras.Sequential([keras.Input((\(network.inputs),)), \(layers.joined(separator: ", "))])"
  }

  /// What to type in Python, given the file.
  public func usage(_ file: String) -> String {
    """
    import keras
    model = \(model)
    model.load_weights("\(pythonEscaped(file))")

    """
  }

  private static func argument(_ activation: ActivationKind) -> String {
    switch activation {
    case .identity: ""
    case .relu, .tanh, .sigmoid, .softplus, .gelu: ", activation=\"\(activation.rawValue)\""
    case .lecunTanh: ", activation=lambda z: 1.7159 * keras.ops.tanh(z * 2 / 3)"
    }
  }
}
