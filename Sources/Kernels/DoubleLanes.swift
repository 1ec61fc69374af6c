import CSIMD

/// Sixteen Doubles.
@frozen
public struct DoubleLanes: LaneVector {
  @usableFromInline var lanes: SIMD16<Double>

  @inlinable @inline(__always)
  init(lanes: SIMD16<Double>) { self.lanes = lanes }

  @inlinable @inline(__always)
  public init(repeating value: Double) { lanes = SIMD16(repeating: value) }

  @inlinable @inline(__always)
  public init(_ pointer: UnsafePointer<Double>) {
    lanes = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Double>.self)
  }

  @inlinable @inline(__always)
  public func store(_ pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: SIMD16<Double>.self)
  }

  @inlinable @inline(__always)
  public subscript(lane: Int) -> Double {
    get { lanes[lane] }
    set { lanes[lane] = newValue }
  }

  @inlinable @inline(__always)
  public static func + (left: Self, right: Self) -> Self { Self(lanes: left.lanes + right.lanes) }

  @inlinable @inline(__always)
  public static func - (left: Self, right: Self) -> Self { Self(lanes: left.lanes - right.lanes) }

  @inlinable @inline(__always)
  public static func * (left: Self, right: Self) -> Self { Self(lanes: left.lanes * right.lanes) }

  @inlinable @inline(__always)
  public static func / (left: Self, right: Self) -> Self { Self(lanes: left.lanes / right.lanes) }

  @inlinable @inline(__always)
  public var magnitude: Self { Self(lanes: lanes.replacing(with: 0 - lanes, where: lanes .< 0)) }

  @inlinable @inline(__always)
  public func squareRoot() -> Self { Self(lanes: csimd_sqrt_double16(lanes)) }

  @inlinable @inline(__always)
  public func rectified() -> Self { Self(lanes: lanes.replacing(with: 0, where: lanes .< 0)) }

  @inlinable @inline(__always)
  public func signed() -> Self {
    Self(lanes: lanes.replacing(with: 1, where: lanes .> 0).replacing(with: -1, where: lanes .< 0))
  }

  @inlinable @inline(__always)
  public func kept(wherePositive condition: Self) -> Self {
    Self(lanes: SIMD16(repeating: 0).replacing(with: lanes, where: condition.lanes .> 0))
  }

  @inlinable @inline(__always)
  public func kept(where bits: SIMD16<UInt32>, below threshold: UInt32) -> Self {
    // With their types comparisons are those of vectors, without them lane by lane.
    let below: SIMDMask<SIMD16<Int32>> = bits .< SIMD16<UInt32>(repeating: threshold)
    let wide: SIMD16<Int64> = csimd_widen_int16(SIMD16<Int32>(repeating: 0).replacing(with: 1, where: below))
    let present: SIMDMask<SIMD16<Int64>> = wide .> SIMD16<Int64>(repeating: 0)
    return Self(lanes: SIMD16<Double>(repeating: 0).replacing(with: lanes, where: present))
  }

  @inlinable @inline(__always)
  public static func maximum(_ left: Self, _ right: Self) -> Self {
    Self(lanes: left.lanes.replacing(with: right.lanes, where: left.lanes .< right.lanes))
  }

  @inlinable @inline(__always)
  public func sum() -> Double { csimd_sum_double16(lanes) }

  @inlinable @inline(__always)
  public func maximum() -> Double { csimd_maximum_double16(lanes) }
}
