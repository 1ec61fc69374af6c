/// Sixteen lanes of a scalar: the vector every element-wise kernel is written in.
///
/// The lane count is fixed whatever the machine's registers, so reductions associate the same way everywhere. Each
/// operation is the IEEE one, never contracted, so results do not depend on the target or on optimisation.
public protocol LaneVector: Sendable {
  associatedtype Element: Scalar

  init(repeating value: Element)
  init(_ pointer: UnsafePointer<Element>)
  func store(_ pointer: UnsafeMutablePointer<Element>)

  subscript(lane: Int) -> Element { get set }

  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  static func / (left: Self, right: Self) -> Self

  var magnitude: Self { get }
  func squareRoot() -> Self
  /// max(x, 0); NaN stays NaN.
  func rectified() -> Self
  /// −1, 0 or 1 with the sign of the lane; NaN stays NaN.
  func signed() -> Self
  /// The lanes where `condition` is over zero, zeros elsewhere.
  func kept(wherePositive condition: Self) -> Self
  /// The lanes whose `bits` are below `threshold`, zeros elsewhere.
  func kept(where bits: SIMD16<UInt32>, below threshold: UInt32) -> Self
  static func maximum(_ left: Self, _ right: Self) -> Self

  /// Sum by halving: 16 → 8 → 4 → 2 → 1.
  func sum() -> Element
  func maximum() -> Element

  func exponential() -> Self
  func hyperbolicTangent() -> Self
  /// log(1 + x) for x in [0, 1].
  func logarithmOfOnePlus() -> Self
  func errorFunction() -> Self

  /// Writes the first `columns` columns of a row-major matrix of up to 16 `rows` as one vector each, `apart` scalars apart,
  /// with zeros in the lanes beyond the rows.
  ///
  /// - Parameter matrix: Of 16 rows whole vectors are read.
  static func transpose(
    _ matrix: UnsafePointer<Element>, stride: Int, rows: Int, columns: Int, into vectors: UnsafeMutablePointer<Element>,
    apart: Int)
}

extension LaneVector {
  @inlinable @inline(__always)
  public init(_ pointer: UnsafeMutablePointer<Element>) { self.init(UnsafePointer(pointer)) }

  /// The first `count` elements, zeros in the lanes beyond.
  @inlinable @inline(__always)
  public init(_ pointer: UnsafePointer<Element>, first count: Int) {
    self.init(repeating: 0)
    for lane in 0..<count { self[lane] = pointer[lane] }
  }

  @inlinable @inline(__always)
  public func store(_ pointer: UnsafeMutablePointer<Element>, first count: Int) {
    for lane in 0..<count { pointer[lane] = self[lane] }
  }

  @inlinable @inline(__always)
  public static func += (left: inout Self, right: Self) { left = left + right }

  public static func transpose(
    _ matrix: UnsafePointer<Element>, stride: Int, rows: Int, columns: Int, into vectors: UnsafeMutablePointer<Element>,
    apart: Int
  ) {
    transposePortably(matrix, stride: stride, rows: rows, columns: columns, into: vectors, apart: apart)
  }

  static func transposePortably(
    _ matrix: UnsafePointer<Element>, stride: Int, rows: Int, columns: Int, into vectors: UnsafeMutablePointer<Element>,
    apart: Int
  ) {
    for column in 0..<columns {
      for row in 0..<16 { vectors[apart &* column &+ row] = row < rows ? matrix[row &* stride &+ column] : 0 }
    }
  }
}
