import Settings

/// 1/(1 + e⁻ᶻ).
public struct Sigmoid: ActivationFunction {
  public static let name = "sigmoid"
  public static let summary = "1/(1 + e⁻ᶻ)"
  public static let otherNames = ["logistic", "expit", "sigm"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public var exports: ActivationExports? {
    .init(torch: "torch.nn.Sigmoid()", keras: "\"sigmoid\"", onnx: [.init("Sigmoid")])
  }

  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let value = z.sigmoid()
    return ActivationValue(value: value, derivative: value * (V(repeating: 1) - value))
  }

  /// φ′(1 − 2φ).
  @inlinable @inline(__always)
  public func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    first.derivative * (V(repeating: 1) - V(repeating: 2) * first.value)
  }
}

extension LaneVector {
  /// 1/(1 + e⁻ᶻ).
  @inlinable @inline(__always)
  public func sigmoid() -> Self {
    let one = Self(repeating: 1)
    return one / (one + (Self(repeating: 0) - self).exponential())
  }
}
