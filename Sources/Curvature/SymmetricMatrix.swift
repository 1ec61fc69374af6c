import Kernels

/// A symmetric matrix in memory.
public final class SymmetricMatrix: SymmetricOperator, Sendable {
  public let dimension: Int
  /// `dimension` × `dimension`, row-major; both triangles are there and equal.
  let storage: AlignedBuffer<Double>
  /// max |aᵢⱼ − aⱼᵢ| over max |aᵢⱼ| of the numbers this matrix was made from, which were then replaced by the means of
  /// both.
  public let asymmetry: Double

  /// Takes the mean of both triangles of what `fill` writes into a zeroed row-major square.
  public init(dimension: Int, fill: (UnsafeMutablePointer<Double>) -> Void) {
    self.dimension = dimension
    storage = AlignedBuffer(count: dimension * dimension)
    fill(storage.pointer)
    asymmetry = symmetrize(storage.pointer, dimension: dimension)
  }

  /// - Parameter elements: Row-major, `dimension`² of them.
  public convenience init(dimension: Int, elements: [Double]) {
    precondition(elements.count == dimension * dimension)
    self.init(dimension: dimension) { storage in
      for (index, element) in elements.enumerated() { storage[index] = element }
    }
  }

  /// The dense form of an operator: one product with every unit vector.
  ///
  /// - Throws: ``CurvatureError/tooLarge(dimension:limit:)`` above `limit`.
  public convenience init(_ operation: some SymmetricOperator, limit: Int = 5_000) throws(CurvatureError) {
    let dimension = operation.dimension
    guard dimension <= limit else { throw .tooLarge(dimension: dimension, limit: limit) }
    self.init(dimension: dimension) { storage in
      let unit = AlignedBuffer<Double>(count: dimension)
      for row in 0..<dimension {
        unit.pointer[row] = 1
        operation.apply(unit.pointer, into: storage + row * dimension)
        unit.pointer[row] = 0
      }
    }
  }

  public subscript(row: Int, column: Int) -> Double {
    precondition(row >= 0 && row < dimension && column >= 0 && column < dimension)
    return storage.pointer[row * dimension + column]
  }

  /// Row-major.
  public var elements: [Double] { storage.array }

  public var diagonal: [Double] { (0..<dimension).map { storage.pointer[$0 * (dimension + 1)] } }

  public var trace: Double { diagonal.reduce(0, +) }

  public func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    for row in 0..<dimension { result[row] = dot(storage.pointer + row * dimension, v, count: dimension) }
  }
}

/// Replaces both triangles by their mean, in tiles that stay in cache.
///
/// - Returns: The largest difference between mirrored entries over the largest entry.
private func symmetrize(_ a: UnsafeMutablePointer<Double>, dimension n: Int) -> Double {
  var difference = 0.0
  var largest = 0.0
  let tile = 64
  for rows in stride(from: 0, to: n, by: tile) {
    for columns in stride(from: 0, through: rows, by: tile) {
      for row in rows..<min(rows + tile, n) {
        for column in columns..<min(columns + tile, row + 1) {
          let lower = a[row * n + column]
          let upper = a[column * n + row]
          difference = max(difference, abs(lower - upper))
          largest = max(largest, abs(lower), abs(upper))
          a[row * n + column] = (lower + upper) / 2
          a[column * n + row] = (lower + upper) / 2
        }
      }
    }
  }
  return largest == 0 ? 0 : difference / largest
}
