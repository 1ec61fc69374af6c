import Settings

/// 1.7159·tanh(2z/3). LeCun et al., "Efficient BackProp" (1998), section 4.4.
public struct LeCunTanh: ActivationFunction {
  public static let name = "lecun_tanh"
  public static let summary = "1.7159·tanh(2z/3). LeCun et al. (1998), section 4.4"
  public static let otherNames = ["scaledtanh"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public var exports: ActivationExports? {
    .init(
      torch: "LeCunTanh()",
      torchClass: """
        class LeCunTanh(torch.nn.Module):
            def forward(self, z):
                return 1.7159 * torch.tanh(z * 2 / 3)

        """,
      keras: "lambda z: 1.7159 * keras.ops.tanh(z * 2 / 3)",
      onnx: [.init("Mul", .number(2 / 3)), .init("Tanh"), .init("Mul", .number(1.7159))])
  }

  /// With a = 1.7159 and b = 2/3 the derivative is ab(1 − tanh²(bz)).
  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let tangent = (V(repeating: 2 / 3) * z).hyperbolicTangent()
    return ActivationValue(
      value: V(repeating: 1.7159) * tangent,
      derivative: V(repeating: 1.7159 * 2 / 3) * (V(repeating: 1) - tangent * tangent))
  }

  /// −2b·tanh(bz)·φ′ = −2(b/a)φφ′.
  @inlinable @inline(__always)
  public func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    V(repeating: -2 * (2 / 3) / 1.7159) * first.value * first.derivative
  }
}
