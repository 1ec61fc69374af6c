import CSIMD

/// Sixteen Floats.
@frozen
public struct FloatLanes: LaneVector {
  @usableFromInline var lanes: SIMD16<Float>

  @inlinable @inline(__always)
  init(lanes: SIMD16<Float>) { self.lanes = lanes }

  @inlinable @inline(__always)
  public init(repeating value: Float) { lanes = SIMD16(repeating: value) }

  @inlinable @inline(__always)
  public init(_ pointer: UnsafePointer<Float>) {
    lanes = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
  }

  @inlinable @inline(__always)
  public func store(_ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: SIMD16<Float>.self)
  }

  @inlinable @inline(__always)
  public subscript(lane: Int) -> Float {
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
  public func squareRoot() -> Self { Self(lanes: csimd_sqrt_float16(lanes)) }

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
    let limit = SIMD16<UInt32>(repeating: threshold)
    let present: SIMDMask<SIMD16<Int32>> = bits .< limit
    return Self(lanes: SIMD16<Float>(repeating: 0).replacing(with: lanes, where: present))
  }

  @inlinable @inline(__always)
  public static func maximum(_ left: Self, _ right: Self) -> Self {
    Self(lanes: left.lanes.replacing(with: right.lanes, where: left.lanes .< right.lanes))
  }

  @inlinable @inline(__always)
  public func sum() -> Float { csimd_sum_float16(lanes) }

  @inlinable @inline(__always)
  public func maximum() -> Float { csimd_maximum_float16(lanes) }

  public static func transpose(
    _ matrix: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, into vectors: UnsafeMutablePointer<Float>,
    apart: Int
  ) {
    if Processor.hasAVX512 {
      csimd_transpose_tile(matrix, stride, rows, columns, vectors, apart)
    } else {
      transposePortably(matrix, stride: stride, rows: rows, columns: columns, into: vectors, apart: apart)
    }
  }
}
