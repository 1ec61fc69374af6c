import Settings

/// tanh z.
public struct Tanh: ActivationFunction {
  public static let name = "tanh"
  public static let summary = "tanh z"
  public static let otherNames = ["hyperbolictangent", "tansig"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public var exports: ActivationExports? {
    .init(torch: "torch.nn.Tanh()", keras: "\"tanh\"", onnx: [.init("Tanh")])
  }

  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let value = z.hyperbolicTangent()
    return ActivationValue(value: value, derivative: V(repeating: 1) - value * value)
  }

  /// −2φφ′.
  @inlinable @inline(__always)
  public func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    V(repeating: -2) * first.value * first.derivative
  }
}
