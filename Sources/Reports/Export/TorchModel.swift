import Experiments

/// A network as PyTorch takes it: a `torch.nn.Sequential` and the `state_dict` for it.
public struct TorchModel: Sendable {
  private let network: ExportedNetwork
  private let modules: [Module]

  public init(_ network: ExportedNetwork) {
    self.network = network
    modules = Self.modules(network)
  }

  /// `0.weight` (outputs × inputs), `0.bias`, `2.weight` and so on: `load_state_dict` takes them as they are.
  public var tensors: [SafeTensors.Tensor] {
    modules.enumerated().flatMap { position, module in
      module.tensors.map { .init(name: "\(position).\($0.name)", shape: $0.shape, values: $0.values) }
    }
  }

  /// A safetensors file. Its metadata carries the Python text of the model.
  public var safeTensors: [UInt8] {
    SafeTensors.bytes(
      tensors,
      metadata: [
        "format": "pt", "model": model, "run": network.run.description, "weights": network.moment.rawValue,
        "loss": network.loss,
      ])
  }

  /// A Python expression.
  public var model: String { "torch.nn.Sequential(\(modules.map(\.text).joined(separator: ", ")))" }

  /// What to type in Python, given the file.
  public func usage(_ file: String) -> String {
    let text = model
    let own = Set(network.layers.compactMap(\.activation?.torchClass)).sorted()
    let classes = (own + Self.classes.filter { text.contains("\($0.name)(") }.map(\.text)).joined()
    return """
      import torch
      from safetensors.torch import load_file
      \(classes)model = \(text)
      model.load_state_dict(load_file("\(pythonEscaped(file))"))

      """
  }

  /// What PyTorch has no modules for.
  private static let classes: [(name: String, text: String)] = [
    (
      "ChannelsFirst",
      """
      class ChannelsFirst(torch.nn.Module):
          def forward(self, images):
              return images.permute(0, 3, 1, 2)

      """
    ),
    // An average that does not count padding, which may be more on one side than on the other.
    (
      "AveragePool",
      """
      class AveragePool(torch.nn.Module):
          def __init__(self, size, stride, padding):
              super().__init__()
              self.size, self.stride, self.padding = size, stride, padding
          def pool(self, images):
              padded = torch.nn.functional.pad(images, self.padding)
              return torch.nn.functional.avg_pool2d(padded, self.size, self.stride)
          def forward(self, images):
              return self.pool(images) / self.pool(torch.ones_like(images))

      """
    ),
  ]

  /// An entry of the Sequential with what the state_dict has for it.
  private struct Module {
    var text: String
    var tensors: [SafeTensors.Tensor] = []
  }

  private static func modules(_ network: ExportedNetwork) -> [Module] {
    var modules: [Module] = []
    if let image = network.image {
      let (height, width, channels) = (image.height, image.width, image.channels)
      modules +=
        channels == 1
        ? [Module(text: "torch.nn.Unflatten(1, (1, \(height), \(width)))")]
        : [Module(text: "torch.nn.Unflatten(1, (\(height), \(width), \(channels)))"), Module(text: "ChannelsFirst()")]
    }
    var below: ImageSize?
    for layer in network.layers {
      if let convolution = layer.convolution {
        modules += Self.modules(convolution, layer)
        below = convolution.output
      } else {
        if below != nil { modules.append(Module(text: "torch.nn.Flatten()")) }
        modules.append(Self.linear(layer, on: below))
        below = nil
        if let activation = layer.activation { modules.append(Module(text: activation.torch)) }
      }
    }
    return modules
  }

  /// - Parameter image: What the layer's inputs are; PyTorch flattens it channel by channel.
  private static func linear(_ layer: ExportedNetwork.Layer, on image: ImageSize?) -> Module {
    let shape = image.map { [$0.height, $0.width, $0.channels] } ?? [1, 1, layer.inputs]
    let weight = transposed(layer.kernel, shape + [layer.outputs], order: [3, 2, 0, 1])
    let bias = layer.bias == nil ? ", bias=False" : ""
    return Module(
      text: "torch.nn.Linear(\(layer.inputs), \(layer.outputs)\(bias))",
      tensors: [.init(name: "weight", shape: [layer.outputs, layer.inputs], values: weight)] + layer.biasTensor)
  }

  /// Padding that is not the same on both sides takes a module of its own.
  private static func modules(_ convolution: ExportedNetwork.Convolution, _ layer: ExportedNetwork.Layer) -> [Module] {
    let window = convolution.specification.window
    let padding = ImagePadding(window, on: convolution.image)
    let bias = layer.bias == nil ? ", bias=False" : ""
    let kernel = convolution.kernelShape
    var modules = padding.isEven ? [] : [Module(text: "torch.nn.ZeroPad2d(\(padding.torchText))")]
    modules.append(
      Module(
        text: "torch.nn.Conv2d(\(kernel[2]), \(kernel[3]), (\(window.height), \(window.width)), "
          + "stride=\(window.stride)\(padding.torchArgument)\(bias))",
        tensors: [
          .init(
            name: "weight", shape: [3, 2, 0, 1].map { kernel[$0] },
            values: transposed(layer.kernel, kernel, order: [3, 2, 0, 1]))
        ] + layer.biasTensor))
    if let activation = layer.activation { modules.append(Module(text: activation.torch)) }
    guard let pooling = convolution.specification.pooling else { return modules }
    return modules + Self.modules(pooling, on: convolution.activations)
  }

  private static func modules(
    _ pooling: ConvolutionSpecification.PoolingSpecification, on image: ImageSize
  ) -> [Module] {
    let window = pooling.window
    let size = "(\(window.height), \(window.width)), stride=\(window.stride)"
    let padding = ImagePadding(window, on: image)
    switch pooling.kind {
    case .max where padding.isEven: return [Module(text: "torch.nn.MaxPool2d(\(size)\(padding.torchArgument))")]
    case .max:
      return [
        Module(text: "torch.nn.ConstantPad2d(\(padding.torchText), -torch.inf)"),
        Module(text: "torch.nn.MaxPool2d(\(size))"),
      ]
    case .average where padding.isEven:
      return [Module(text: "torch.nn.AvgPool2d(\(size)\(padding.torchArgument), count_include_pad=False)")]
    case .average:
      return [Module(text: "AveragePool((\(window.height), \(window.width)), \(window.stride), \(padding.torchText))")]
    }
  }
}

extension ExportedNetwork.Layer {
  fileprivate var biasTensor: [SafeTensors.Tensor] {
    bias.map { [.init(name: "bias", shape: [outputs], values: $0)] } ?? []
  }
}

extension ImagePadding {
  /// Left, right, top, bottom.
  fileprivate var torchText: String { "(\(left), \(right), \(top), \(bottom))" }
  /// Nothing where there is no padding, or not the same on both sides.
  fileprivate var torchArgument: String {
    isEven && (top > 0 || left > 0) ? ", padding=(\(top), \(left))" : ""
  }
}

/// Inside a Python string between double quotes.
func pythonEscaped(_ text: String) -> String {
  text.unicodeScalars.map { scalar in
    switch scalar {
    case "\\": "\\\\"
    case "\"": "\\\""
    default:
      TerminalText.isHidden(scalar)
        ? "\\U" + String(repeating: "0", count: 8 - String(scalar.value, radix: 16).count)
          + String(scalar.value, radix: 16) : String(scalar)
    }
  }.joined()
}
