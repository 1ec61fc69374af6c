import Settings

/// z·σ(z), σ(z) = 1/(1 + e⁻ᶻ). Elfwing, Uchibe and Doya (2018); Ramachandran, Zoph and Le (2017) call it swish.
public struct SiLU: ActivationFunction {
  public static let name = "silu"
  public static let summary = "z/(1 + e⁻ᶻ). Elfwing et al. (2018); also called swish"
  public static let otherNames = ["swish"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public var exports: ActivationExports? {
    .init(
      torch: "torch.nn.SiLU()", keras: "\"silu\"", onnx: [.init("Sigmoid"), .init("Mul", .argument)])
  }

  /// φ′ = σ(z)(1 + zσ(−z)).
  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let share = z.sigmoid()
    let rest = (V(repeating: 0) - z).sigmoid()
    return ActivationValue(value: z * share, derivative: share * (V(repeating: 1) + z * rest))
  }

  /// φ″ = σ(z)σ(−z)(2 + z(σ(−z) − σ(z))).
  @inlinable @inline(__always)
  public func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    let share = z.sigmoid()
    let rest = (V(repeating: 0) - z).sigmoid()
    return share * rest * (V(repeating: 2) + z * (rest - share))
  }
}
