/// An activation applied to whole layers.
public protocol ActivationKernel<Value>: Sendable {
  associatedtype Value: Scalar

  /// z ← φ(z + b), row by row, with φ′ of the same entries beside it where that is wanted.
  func apply(to map: RowMap<Value>)

  /// z ← φ(z), with φ′ and φ″ of the same entries beside it.
  func apply(to map: CurvedMap<Value>)
}

/// An activation as a type and not a closure, so that it is inlined into its loops for certain.
@frozen
public struct LaneActivation<Function: ActivationFunction, Value: Scalar>: ActivationKernel {
  @usableFromInline let function: Function

  @inlinable
  public init(_ function: Function) { self.function = function }

  @inlinable
  public func apply(to map: RowMap<Value>) {
    let columns = map.columns
    let whole = columns / 16 * 16
    let tail = columns &- whole
    var row = 0
    var start = 0
    while row < map.rows {
      var column = 0
      while column < whole {
        let z = map.z + start + column
        let result = function.value(map.biased(Value.Vector(UnsafePointer(z)), column))
        result.value.store(z)
        if let derivative = map.derivative { result.derivative.store(derivative + start + column) }
        column &+= 16
      }
      if tail > 0 {
        let z = map.z + start + whole
        let result = function.value(map.biased(Value.Vector(UnsafePointer(z), first: tail), whole))
        result.value.store(z, first: tail)
        if let derivative = map.derivative { result.derivative.store(derivative + start + whole, first: tail) }
      }
      start &+= columns
      row &+= 1
    }
  }

  @inlinable
  public func apply(to map: CurvedMap<Value>) {
    var index = 0
    while index < map.count {
      let argument = Value.Vector(UnsafePointer(map.z + index))
      let result = function.value(argument)
      result.value.store(map.z + index)
      result.derivative.store(map.derivative + index)
      if let second = map.second { function.second(argument, result).store(second + index) }
      index &+= 16
    }
  }
}

/// A layer's z, row by row, and its bias.
@frozen
public struct RowMap<S: Scalar> {
  /// `rows` × `columns`, row-major, followed by at least 16 readable scalars.
  public let z: UnsafeMutablePointer<S>
  public let rows: Int
  public let columns: Int
  /// `columns` scalars followed by at least 16 readable ones, or nil for no bias.
  public let bias: UnsafePointer<S>?
  /// Where φ′ goes; nil where it is not wanted.
  public let derivative: UnsafeMutablePointer<S>?

  @inlinable
  public init(
    z: UnsafeMutablePointer<S>, rows: Int, columns: Int, bias: UnsafePointer<S>?,
    derivative: UnsafeMutablePointer<S>? = nil
  ) {
    self.z = z
    self.rows = rows
    self.columns = columns
    self.bias = bias
    self.derivative = derivative
  }

  @inlinable @inline(__always)
  func biased(_ z: S.Vector, _ column: Int) -> S.Vector {
    if let bias { z + S.Vector(bias + column) } else { z }
  }
}

/// A layer's z with its bias, in whole vectors of 16.
@frozen
public struct CurvedMap<S: Scalar> {
  public let z: UnsafeMutablePointer<S>
  public let count: Int
  /// Where φ′ goes.
  public let derivative: UnsafeMutablePointer<S>
  /// Where φ″ goes; nil where it is not wanted.
  public let second: UnsafeMutablePointer<S>?

  @inlinable
  public init(
    z: UnsafeMutablePointer<S>, count: Int, derivative: UnsafeMutablePointer<S>, second: UnsafeMutablePointer<S>?
  ) {
    self.z = z
    self.count = count
    self.derivative = derivative
    self.second = second
  }
}
