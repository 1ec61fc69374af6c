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
public struct ActivationValue<V: LaneVector> {
  public var value: V
  public var derivative: V

  @inlinable @inline(__always)
  init(value: V, derivative: V) {
    self.value = value
    self.derivative = derivative
  }
}

extension LaneVector {
  @inlinable @inline(__always)
  func reluValue() -> ActivationValue<Self> {
    let one = Self(repeating: 1)
    return ActivationValue(value: rectified(), derivative: one.kept(wherePositive: self))
  }

  /// a·tanh(bz); derivative ab − (b/a)·φ².
  @inlinable @inline(__always)
  func scaledTanhValue(_ a: Element, _ b: Element) -> ActivationValue<Self> {
    let value = Self(repeating: a) * (Self(repeating: b) * self).hyperbolicTangent()
    return ActivationValue(value: value, derivative: Self(repeating: a * b) - Self(repeating: b / a) * value * value)
  }

  @inlinable @inline(__always)
  func tanhValue() -> ActivationValue<Self> {
    let value = hyperbolicTangent()
    return ActivationValue(value: value, derivative: Self(repeating: 1) - value * value)
  }

  @inlinable @inline(__always)
  func sigmoid() -> Self {
    let one = Self(repeating: 1)
    return one / (one + (Self(repeating: 0) - self).exponential())
  }

  @inlinable @inline(__always)
  func sigmoidValue() -> ActivationValue<Self> {
    let value = sigmoid()
    return ActivationValue(value: value, derivative: value * (Self(repeating: 1) - value))
  }

  /// max(z, 0) + log(1 + e^{−|z|}), which neither overflows nor cancels.
  @inlinable @inline(__always)
  func softplus() -> Self {
    rectified() + (Self(repeating: 0) - magnitude).exponential().logarithmOfOnePlus()
  }

  @inlinable @inline(__always)
  func softplusValue() -> ActivationValue<Self> {
    ActivationValue(value: softplus(), derivative: sigmoid())
  }

  /// φ′(z) = Φ(z) + z·φ_N(z), φ_N the normal density.
  @inlinable @inline(__always)
  func geluValue() -> ActivationValue<Self> {
    let half = Self(repeating: 0.5)
    let distribution = half + half * (self * Self(repeating: 0.7071067811865476)).errorFunction()
    let density = Self(repeating: 0.3989422804014327) * (Self(repeating: -0.5) * self * self).exponential()
    return ActivationValue(value: self * distribution, derivative: distribution + self * density)
  }
}
