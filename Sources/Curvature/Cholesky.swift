import CLAPACKE
import Kernels

/// A Cholesky factor of A + αI, for the solution of (A + αI)x = b.
public final class CholeskyFactor {
  public let dimension: Int
  /// α.
  public let damping: Double
  /// Factorisations tried, the one that succeeded among them.
  public let attempts: Int
  private let storage: AlignedBuffer<Double>

  /// Factors A + αI, raising α until that succeeds.
  ///
  /// - Parameters:
  ///   - damping: α of the first attempt.
  ///   - growth: What α is multiplied by after a failure; a first α of zero becomes 1e-12 of the largest |aᵢᵢ|.
  ///   - maximum: Where the attempts end.
  /// - Throws: ``CurvatureError/notPositiveDefinite(damping:)``, ``CurvatureError/notFinite(what:)``.
  public init(
    _ matrix: SymmetricMatrix, damping: Double = 0, growth: Double = 10, maximum: Double = .infinity
  ) throws(CurvatureError) {
    precondition(growth > 1)
    dimension = matrix.dimension
    let count = dimension * dimension
    for index in 0..<count where !matrix.storage.pointer[index].isFinite {
      throw .notFinite(what: "a matrix element")
    }
    storage = AlignedBuffer(count: count)
    let largest = matrix.diagonal.reduce(0) { max($0, abs($1)) }
    var alpha = damping
    var attempts = 1
    while true {
      storage.pointer.update(from: matrix.storage.pointer, count: count)
      for index in 0..<dimension { storage.pointer[index * (dimension + 1)] += alpha }
      let size = Int32(dimension)
      let code = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 76, size, storage.pointer, size)
      if code == 0 { break }
      guard code > 0 else { throw .routineFailed(name: "dpotrf", code: Int(code)) }
      let next = alpha == 0 ? max(1e-12 * largest, .leastNormalMagnitude) : growth * alpha
      guard next <= maximum && next.isFinite else { throw .notPositiveDefinite(damping: alpha) }
      alpha = next
      attempts += 1
    }
    self.damping = alpha
    self.attempts = attempts
  }

  /// x with (A + αI)x = b.
  public func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == dimension)
    var x = b
    let size = Int32(dimension)
    let code = LAPACKE_dpotrs(LAPACK_COL_MAJOR, 76, size, 1, storage.pointer, size, &x, size)
    precondition(code == 0, "dpotrs refused its arguments: \(code)")
    return x
  }
}
