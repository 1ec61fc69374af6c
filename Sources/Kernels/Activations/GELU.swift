import Settings

/// z·Φ(z), Φ the normal distribution function. Hendrycks and Gimpel (2016).
public struct GELU: ActivationFunction {
  public static let name = "gelu"
  public static let summary = "z·Φ(z), Φ the normal distribution function. Hendrycks and Gimpel (2016)"
  public static let settings: [Setting<Self>] = []

  public init() {}

  public var exports: ActivationExports? {
    .init(torch: "torch.nn.GELU()", keras: "\"gelu\"", onnx: [.init("Gelu")])
  }

  /// φ′(z) = Φ(z) + z·n(z), n the normal density.
  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let half = V(repeating: 0.5)
    let distribution = half + half * (z * V(repeating: 0.7071067811865476)).errorFunction()
    let density = V(repeating: 0.3989422804014327) * (V(repeating: -0.5) * z * z).exponential()
    return ActivationValue(value: z * distribution, derivative: distribution + z * density)
  }

  /// n(z)(2 − z²), n the normal density.
  @inlinable @inline(__always)
  public func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    let density = V(repeating: 0.3989422804014327) * (V(repeating: -0.5) * z * z).exponential()
    return density * (V(repeating: 2) - z * z)
  }
}
