import Settings

/// An activation φ with its derivatives, on sixteen lanes at once.
public protocol ActivationFunction: ActivationPart, Hashable {
  /// Whether φ(z) = z.
  static var isIdentity: Bool { get }

  /// Whether φ(z) = max(z, 0), for which there are faster ways: whether z was above 0 shows in φ(z).
  static var isRectifier: Bool { get }

  /// Whether φ″ is zero wherever it exists; ``second(_:_:)`` is then not asked for.
  static var isPiecewiseLinear: Bool { get }

  /// φ(z) and φ′(z).
  func value<V: LaneVector>(_ z: V) -> ActivationValue<V>

  /// φ″(z), given φ(z) and φ′(z): what products with a Hessian need.
  func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V

  /// What applies it to a layer; by default a loop over ``value(_:)`` and ``second(_:_:)``.
  func kernel<S: Scalar>() -> any ActivationKernel<S>
}

extension ActivationFunction {
  public static var isIdentity: Bool { false }
  public static var isRectifier: Bool { false }
  public static var isPiecewiseLinear: Bool { isIdentity || isRectifier }

  @inlinable @inline(__always)
  public func second<V: LaneVector>(_ z: V, _ first: ActivationValue<V>) -> V { V(repeating: 0) }

  @inlinable
  public func kernel<S: Scalar>() -> any ActivationKernel<S> {
    // By name, so that the loops are made for these types and not for any.
    if let kernel = LaneActivation<Self, Float>(self) as? any ActivationKernel<S> { return kernel }
    if let kernel = LaneActivation<Self, Double>(self) as? any ActivationKernel<S> { return kernel }
    return LaneActivation<Self, S>(self)
  }
}

/// φ(z) and φ′(z) of sixteen lanes.
@frozen
public struct ActivationValue<V: LaneVector> {
  public let value: V
  public let derivative: V

  @inlinable @inline(__always)
  public init(value: V, derivative: V) {
    self.value = value
    self.derivative = derivative
  }
}

/// The activation of a layer.
public struct Activation: Sendable {
  public let function: any ActivationFunction
  public let isIdentity: Bool
  public let isRectifier: Bool
  public let isPiecewiseLinear: Bool

  public static let identity = Activation(IdentityActivation())

  public init(_ function: any ActivationFunction) {
    self.function = function
    isIdentity = type(of: function).isIdentity
    isRectifier = type(of: function).isRectifier
    isPiecewiseLinear = type(of: function).isPiecewiseLinear
  }

  public func kernel<S: Scalar>(_: S.Type = S.self) -> any ActivationKernel<S> { function.kernel() }
}

extension Activation: Hashable, CustomStringConvertible {
  public static func == (left: Activation, right: Activation) -> Bool {
    AnyHashable(left.function) == AnyHashable(right.function)
  }

  public func hash(into hasher: inout Hasher) { function.hash(into: &hasher) }

  public var description: String { type(of: function).name }
}
