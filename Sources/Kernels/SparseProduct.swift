import CSIMD

/// Products in single precision that leave out the zeros of a factor: of activations and δ after ReLU and dropout, of images.
enum SparseProduct {
  /// Below this many multiplications packing costs more than the zeros.
  private static let smallestWork = 1 << 20
  /// The same for a matrix that is compressed once: 64×64×32 takes 1.5 µs against 2.3.
  static let smallestCompressedWork = 1 << 17
  /// Fewer columns leave multiplications waiting for each other.
  private static let fewestColumns = 64
  /// A panel of B is packed for fewer rows in vain.
  private static let fewestRows = 24
  /// Numbers in a hundred that are not zero, up to which leaving out the others pays.
  static let mostNonzero = 55
  /// Rows that are looked at.
  private static let sampledRows = 8

  /// C ← α·op(A)·op(B) + β·C, β being 0 or 1, if A has enough zeros for it to be worthwhile.
  ///
  /// - Returns: Whether the product was taken.
  @inline(__always)
  static func take(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float, a: UnsafePointer<Float>, strideA: Int,
    b: UnsafePointer<Float>, strideB: Int, beta: Float, c: UnsafeMutablePointer<Float>, strideC: Int
  ) -> Bool {
    guard isPossible(m: m, n: n, k: k, smallestWork), beta == 0 || beta == 1,
      hasZeros(a, rows: transposeA ? k : m, columns: transposeA ? m : k, stride: strideA)
    else { return false }
    csimd_sparse_product(
      m, n, k, alpha, a, transposeA ? 1 : strideA, transposeA ? strideA : 1, b, transposeB ? 1 : strideB,
      transposeB ? strideB : 1, beta == 0 ? 0 : 1, c, strideC)
    return true
  }

  @inline(__always)
  static func isPossible(m: Int, n: Int, k: Int, _ smallestWork: Int) -> Bool {
    Processor.hasAVX512 && m >= fewestRows && n >= fewestColumns && m &* n &* k >= smallestWork
  }

  /// Whether no more than `most` percent of a matrix are not zero, as far as a few of its rows tell. At half of them the products
  /// here take three quarters of the time, at a quarter 0.45 (Benchmarks/README.md).
  static func hasZeros(
    _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int, most: Int = mostNonzero
  ) -> Bool {
    let sampled = min(rows, sampledRows)
    var count = 0
    for index in 0..<sampled {
      count &+= csimd_count_nonzero(matrix + (index &* rows / sampled) &* stride, columns)
    }
    return areFew(count, of: sampled &* columns, most: most)
  }

  /// Whether no more than `most` percent are not zero.
  static func areFew(_ nonzero: Int, of count: Int, most: Int = mostNonzero) -> Bool { nonzero &* 100 <= most &* count }
}
