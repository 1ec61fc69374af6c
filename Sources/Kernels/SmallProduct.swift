import CSIMD

/// Small products with zeros in A, or with few columns, where the dense kernel would do much for nothing.
enum SmallProduct {
  /// Fewer multiplications do not repay a look at A's zeros.
  private static let smallestWork = 1 << 14
  /// Rows of A, in columns, that masks are made of.
  private static let longestRows = Int(CSIMD_MASKED_DEPTH)
  /// Columns of C that are one vector: a dense product takes little more than walking a mask then.
  private static let narrow = 16
  /// Less than ``SparseProduct/mostNonzero`` where C is narrow.
  private static let mostNonzeroNarrow = 22
  private static let mostNonzeroTurned = 13

  /// C ← α·op(A)·B if that is faster than dense.
  ///
  /// - Returns: Whether the product was taken.
  @inline(__always)
  static func take(
    transposeA: Bool, m: Int, n: Int, k: Int, alpha: Float, a: UnsafePointer<Float>, strideA: Int,
    b: UnsafePointer<Float>, strideB: Int, c: UnsafeMutablePointer<Float>, strideC: Int
  ) -> Bool {
    guard m &* n &* k >= smallestWork else { return false }
    let isTurned = transposeA && n < narrow && n &* ((m &+ 15) / 16) < m
    let most = isTurned ? mostNonzeroTurned : n <= narrow ? mostNonzeroNarrow : SparseProduct.mostNonzero
    if k <= longestRows,
      SparseProduct.hasZeros(
        a, rows: transposeA ? k : m, columns: transposeA ? m : k, stride: strideA, most: most)
    {
      csimd_masked_product(
        m, n, k, alpha, a, transposeA ? 1 : strideA, transposeA ? strideA : 1, b, strideB, c, strideC)
      return true
    }
    if isTurned { csimd_narrow_product(m, n, k, alpha, a, strideA, b, strideB, c, strideC) }
    return isTurned
  }
}
