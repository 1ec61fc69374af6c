/// The activation φ of hidden units. What it computes is declared by the protocol that refines this one.
public protocol ActivationPart: Part {
  /// How other tools write it; nil where they have no such thing.
  var exports: ActivationExports? { get }
}

extension ActivationPart {
  public var exports: ActivationExports? { nil }
}

/// An activation in the words of other tools.
public struct ActivationExports: Hashable, Sendable {
  /// A module, such as `torch.nn.ReLU()`.
  public var torch: String
  /// The class of that module, in Python, where PyTorch has none; ends with an empty line.
  public var torchClass: String
  /// The value of Keras' `activation=`: a name in quotes, or a lambda of `z` with `keras.ops`.
  public var keras: String
  /// Nodes in a row. The first takes z, the others what the one before gives.
  public var onnx: [ONNXNode]

  public init(torch: String, torchClass: String = "", keras: String, onnx: [ONNXNode]) {
    self.torch = torch
    self.torchClass = torchClass
    self.keras = keras
    self.onnx = onnx
  }

  /// A node of an ONNX graph with one output.
  public struct ONNXNode: Hashable, Sendable {
    /// The operator's name.
    public var type: String
    /// What it takes beside what the node before gives.
    public var second: Operand?

    public init(_ type: String, _ second: Operand? = nil) {
      self.type = type
      self.second = second
    }
  }

  /// The second input of a node.
  public enum Operand: Hashable, Sendable {
    case number(Float)
    /// z itself.
    case argument
  }
}
