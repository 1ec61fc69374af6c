import Settings

/// z.
public struct IdentityActivation: ActivationFunction {
  public static let name = "identity"
  public static let summary = "z"
  public static let otherNames = ["linear"]
  public static let settings: [Setting<Self>] = []
  public static let isIdentity = true

  public init() {}

  public var exports: ActivationExports? {
    .init(torch: "torch.nn.Identity()", keras: "\"linear\"", onnx: [.init("Identity")])
  }

  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    ActivationValue(value: z, derivative: V(repeating: 1))
  }
}
