/// The activation φ of a layer, with its derivative.
public enum Activation: String, CaseIterable, Hashable, Sendable {
  /// z.
  case identity
  /// max(z, 0); derivative 0 at 0.
  case relu
  /// tanh z.
  case tanh
  /// 1.7159·tanh(2z/3). LeCun et al., "Efficient BackProp" (1998), section 4.4.
  case lecunTanh = "lecun_tanh"
  /// 1/(1 + e⁻ᶻ).
  case sigmoid
  /// log(1 + eᶻ).
  case softplus
  /// z·Φ(z), Φ the normal distribution function. Hendrycks and Gimpel (2016).
  case gelu
}

/// φ(z) and φ′(z) of sixteen lanes at once.
struct ActivationValue<V: LaneVector> {
  let value: V
  let derivative: V
}

/// An activation as a type and not a closure, so that it is inlined into its loop for certain.
protocol ActivationFunction {
  static func value<V: LaneVector>(_ z: V) -> ActivationValue<V>
}

enum Identity: ActivationFunction {
  @inline(__always)
  static func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    ActivationValue(value: z, derivative: V(repeating: 1))
  }
}

enum ReLU: ActivationFunction {
  @inline(__always)
  static func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    ActivationValue(value: z.rectified(), derivative: V(repeating: 1).kept(wherePositive: z))
  }
}

enum Tanh: ActivationFunction {
  @inline(__always)
  static func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let value = z.hyperbolicTangent()
    return ActivationValue(value: value, derivative: V(repeating: 1) - value * value)
  }
}

enum LeCunTanh: ActivationFunction {
  /// With a = 1.7159 and b = 2/3 the derivative is ab(1 − tanh²(bz)).
  @inline(__always)
  static func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let tangent = (V(repeating: 2 / 3) * z).hyperbolicTangent()
    return ActivationValue(
      value: V(repeating: 1.7159) * tangent,
      derivative: V(repeating: 1.7159 * 2 / 3) * (V(repeating: 1) - tangent * tangent))
  }
}

enum Sigmoid: ActivationFunction {
  @inline(__always)
  static func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let value = z.sigmoid()
    return ActivationValue(value: value, derivative: value * (V(repeating: 1) - value))
  }
}

enum Softplus: ActivationFunction {
  @inline(__always)
  static func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    ActivationValue(value: z.softplus(), derivative: z.sigmoid())
  }
}

enum GELU: ActivationFunction {
  /// φ′(z) = Φ(z) + z·n(z), n the normal density.
  @inline(__always)
  static func value<V: LaneVector>(_ z: V) -> ActivationValue<V> {
    let half = V(repeating: 0.5)
    let distribution = half + half * (z * V(repeating: 0.7071067811865476)).errorFunction()
    let density = V(repeating: 0.3989422804014327) * (V(repeating: -0.5) * z * z).exponential()
    return ActivationValue(value: z * distribution, derivative: distribution + z * density)
  }
}

extension LaneVector {
  @inline(__always)
  func sigmoid() -> Self {
    let one = Self(repeating: 1)
    return one / (one + (Self(repeating: 0) - self).exponential())
  }

  /// max(z, 0) + log(1 + e^{−|z|}), which neither overflows nor cancels.
  @inline(__always)
  func softplus() -> Self {
    rectified() + (Self(repeating: 0) - magnitude).exponential().logarithmOfOnePlus()
  }
}
