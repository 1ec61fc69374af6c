import Ravine

/// z/(1 + |z|).
struct Softsign: ActivationFunction {
  static let name = "softsign"
  static let summary = "z/(1 + |z|)"
  static let settings: [Setting<Self>] = []

  var exports: ActivationExports? {
    .init(torch: "torch.nn.Softsign()", keras: "\"softsign\"", onnx: [.init("Softsign")])
  }

  /// φ′ = 1/(1 + |z|)².
  func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let share = V(repeating: 1) / (V(repeating: 1) + z.magnitude)
    return ActivationValue(value: z * share, derivative: share * share)
  }

  /// φ″ = −2 sign(z)/(1 + |z|)³.
  func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    V(repeating: -2) * z.signed() * first.derivative / (V(repeating: 1) + z.magnitude)
  }
}
