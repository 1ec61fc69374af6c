/// An activation that has a second derivative: what products with a Hessian need.
protocol CurvedActivation: ActivationFunction {
  /// φ″(z), given φ(z) and φ′(z).
  static func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V
}

extension Identity: CurvedActivation {
  @inline(__always)
  static func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V { V(repeating: 0) }
}

extension ReLU: CurvedActivation {
  /// Zero, at 0 too, where there is none.
  @inline(__always)
  static func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V { V(repeating: 0) }
}

extension Tanh: CurvedActivation {
  /// −2φφ′.
  @inline(__always)
  static func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    V(repeating: -2) * first.value * first.derivative
  }
}

extension LeCunTanh: CurvedActivation {
  /// −2b·tanh(bz)·φ′ = −2(b/a)φφ′.
  @inline(__always)
  static func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    V(repeating: -2 * (2 / 3) / 1.7159) * first.value * first.derivative
  }
}

extension Sigmoid: CurvedActivation {
  /// φ′(1 − 2φ).
  @inline(__always)
  static func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    first.derivative * (V(repeating: 1) - V(repeating: 2) * first.value)
  }
}

extension Softplus: CurvedActivation {
  /// φ′(1 − φ′), φ′ being the logistic function.
  @inline(__always)
  static func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    first.derivative * (V(repeating: 1) - first.derivative)
  }
}

extension GELU: CurvedActivation {
  /// n(z)(2 − z²), n the normal density.
  @inline(__always)
  static func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V {
    let density = V(repeating: 0.3989422804014327) * (V(repeating: -0.5) * z * z).exponential()
    return density * (V(repeating: 2) - z * z)
  }
}

extension Activation {
  /// Whether φ″ is zero wherever it exists.
  public var isPiecewiseLinear: Bool { self == .identity || self == .relu }
}

/// z ← φ(z), with φ′ and φ″ of the same entries beside it; in whole vectors of 16.
@specialized(where S == Float)
@specialized(where S == Double)
public func activateTwice<S: Scalar>(
  _ activation: Activation, _ z: UnsafeMutablePointer<S>, count: Int, derivative: UnsafeMutablePointer<S>,
  second: UnsafeMutablePointer<S>?
) {
  let map = CurvedMap(z: z, count: count, derivative: derivative, second: second)
  switch activation {
  case .identity: map.apply(Identity.self)
  case .relu: map.apply(ReLU.self)
  case .tanh: map.apply(Tanh.self)
  case .lecunTanh: map.apply(LeCunTanh.self)
  case .sigmoid: map.apply(Sigmoid.self)
  case .softplus: map.apply(Softplus.self)
  case .gelu: map.apply(GELU.self)
  }
}

private struct CurvedMap<S: Scalar> {
  let z: UnsafeMutablePointer<S>
  let count: Int
  let derivative: UnsafeMutablePointer<S>
  let second: UnsafeMutablePointer<S>?

  @inline(__always)
  func apply(_ function: (some CurvedActivation).Type) {
    var index = 0
    while index < count {
      let argument = S.Vector(z + index)
      let result = function.value(argument)
      result.value.store(z + index)
      result.derivative.store(derivative + index)
      if let second { function.second(argument, result).store(second + index) }
      index &+= 16
    }
  }
}
