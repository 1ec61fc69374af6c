import Settings

/// max(z, 0); derivative 0 at 0.
public struct ReLU: ActivationFunction {
  public static let name = "relu"
  public static let summary = "max(z, 0)"
  public static let otherNames = ["rectifier", "rectifiedlinear", "rectifiedlinearunit"]
  public static let settings: [Setting<Self>] = []
  public static let isRectifier = true

  public init() {}

  public var exports: ActivationExports? {
    .init(torch: "torch.nn.ReLU()", keras: "\"relu\"", onnx: [.init("Relu")])
  }

  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    ActivationValue(value: z.rectified(), derivative: V(repeating: 1).kept(wherePositive: z))
  }
}
