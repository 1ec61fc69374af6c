import Experiments

/// A network as PyTorch takes it: a `torch.nn.Sequential` and the `state_dict` for it.
public struct TorchModel: Sendable {
  private let network: ExportedNetwork

  public init(_ network: ExportedNetwork) {
    self.network = network
  }

  /// Entry i of the state_dict's names: the Sequential holds an activation between any two linear layers.
  private func position(_ layer: Int) -> Int { 2 * layer }

  /// `0.weight` (outputs × inputs), `0.bias`, `2.weight` and so on: `load_state_dict` takes them as they are.
  public var tensors: [SafeTensors.Tensor] {
    network.layers.enumerated().flatMap { index, layer in
      let name = "\(position(index))"
      let weight = SafeTensors.Tensor(
        name: name + ".weight", shape: [layer.outputs, layer.inputs], values: layer.transposedKernel)
      return [weight] + (layer.bias.map { [.init(name: name + ".bias", shape: [layer.outputs], values: $0)] } ?? [])
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
  public var model: String {
    let modules = network.layers.enumerated().flatMap { index, layer -> [String] in
      let bias = layer.bias == nil ? ", bias=False" : ""
      let linear = "torch.nn.Linear(\(layer.inputs), \(layer.outputs)\(bias))"
      return index < network.layers.count - 1 ? [linear, Self.module(layer.activation)] : [linear]
    }
    return "torch.nn.Sequential(\(modules.joined(separator: ", ")))"
  }

  /// What to type in Python, given the file.
  public func usage(_ file: String) -> String {
    let lecunTanh =
      network.layers.dropLast().contains { $0.activation == .lecunTanh }
      ? "class LeCunTanh(torch.nn.Module):\n    def forward(self, z):\n        return 1.7159 * torch.tanh(z * 2 / 3)\n"
      : ""
    return """
      import torch
      from safetensors.torch import load_file
      \(lecunTanh)model = \(model)
      model.load_state_dict(load_file("\(pythonEscaped(file))"))

      """
  }

  private static func module(_ activation: ActivationKind) -> String {
    switch activation {
    case .identity: "torch.nn.Identity()"
    case .relu: "torch.nn.ReLU()"
    case .tanh: "torch.nn.Tanh()"
    case .lecunTanh: "LeCunTanh()"
    case .sigmoid: "torch.nn.Sigmoid()"
    case .softplus: "torch.nn.Softplus()"
    case .gelu: "torch.nn.GELU()"
    }
  }
}

extension ExportedNetwork.Layer {
  fileprivate var transposedKernel: [Float] {
    (0..<outputs).flatMap { output in (0..<inputs).map { kernel[$0 * outputs + output] } }
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
