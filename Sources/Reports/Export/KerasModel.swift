import Experiments

/// A network as Keras 3 takes it: a `keras.Sequential` of Conv2D, pooling and Dense layers, and the arrays of its
/// `.weights.h5` file.
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
    var numbers: [String: Int] = [:]
    return network.layers.flatMap { layer in
      let kind = layer.convolution == nil ? "dense" : "conv2d"
      let number = numbers[kind, default: 0]
      numbers[kind] = number + 1
      let folder = "layers/\(kind)\(number == 0 ? "" : "_\(number)")/vars"
      let shape = layer.convolution?.kernelShape ?? [layer.inputs, layer.outputs]
      let kernel = Array(path: "\(folder)/0", shape: shape, values: layer.kernel)
      return [kernel] + (layer.bias.map { [Array(path: "\(folder)/1", shape: [layer.outputs], values: $0)] } ?? [])
    }
  }

  /// A Python expression.
  public var model: String {
    var parts = ["keras.Input((\(network.inputs),))"]
    if let image = network.image {
      parts.append("keras.layers.Reshape((\(image.height), \(image.width), \(image.channels)))")
    }
    for (index, layer) in network.layers.enumerated() {
      let options =
        (layer.activation.map { ", activation=\($0.keras)" } ?? "")
        + (layer.bias == nil ? ", use_bias=False" : "")
      if let convolution = layer.convolution {
        parts += Self.parts(of: convolution, options)
        if network.layers[index + 1].convolution == nil { parts.append("keras.layers.Flatten()") }
      } else {
        parts.append("keras.layers.Dense(\(layer.outputs)\(options))")
      }
    }
    return "keras.Sequential([\(parts.joined(separator: ", "))])"
  }

  private static func parts(of convolution: ExportedNetwork.Convolution, _ options: String) -> [String] {
    func arguments(_ window: WindowSpecification) -> String {
      "(\(window.height), \(window.width)), strides=\(window.stride), padding=\"\(window.padding.rawValue)\""
    }
    let specification = convolution.specification
    let kernel = "keras.layers.Conv2D(\(specification.channels), \(arguments(specification.window))\(options))"
    guard let pooling = specification.pooling else { return [kernel] }
    let kind = pooling.kind == .max ? "MaxPooling2D" : "AveragePooling2D"
    return [kernel, "keras.layers.\(kind)(\(arguments(pooling.window)))"]
  }

  /// What to type in Python, given the file.
  public func usage(_ file: String) -> String {
    """
    import keras
    model = \(model)
    model.load_weights("\(pythonEscaped(file))")

    """
  }
}
