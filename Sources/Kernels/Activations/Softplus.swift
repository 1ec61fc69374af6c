import Settings

/// log(1 + eᶻ).
public struct Softplus: ActivationFunction {
  public static let name = "softplus"
  public static let summary = "log(1 + eᶻ)"
  public static let settings: [Setting<Self>] = []

  public init() {}

  public var exports: ActivationExports? {
    .init(torch: "torch.nn.Softplus()", keras: "\"softplus\"", onnx: [.init("Softplus")])
  }

  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    ActivationValue(value: z.softplus(), derivative: z.sigmoid())
  }

  /// φ′(1 − φ′), φ′ being the logistic function.
  @inlinable @inline(__always)
  public func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    first.derivative * (V(repeating: 1) - first.derivative)
  }
}

extension LaneVector {
  /// max(z, 0) + log(1 + e^{−|z|}), which neither overflows nor cancels.
  @inlinable @inline(__always)
  public func softplus() -> Self {
    rectified() + (Self(repeating: 0) - magnitude).exponential().logarithmOfOnePlus()
  }
}
