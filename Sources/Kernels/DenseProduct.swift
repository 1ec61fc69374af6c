import CSIMD

/// Dense products by the register-tiled AVX-512 kernel in CSIMD: at least as fast as a library's at the shapes of layers, and
/// without its scratch memory and the tens of milliseconds in which it compiles itself at the first call.
enum DenseProduct {
  /// A matrix-vector product is bound by memory: the library's has a way of its own.
  private static let fewestColumns = 2
  /// A transposed B is turned first, for fewer rows in vain.
  private static let fewestRowsWithTransposedB = 12
  /// Up to this many entries of B, 16 KiB, neither matters.
  private static let smallB = 4096

  /// Whether B is so small that nothing is packed.
  @inline(__always)
  static func isSmall(n: Int, k: Int) -> Bool { Processor.hasAVX512 && n &* k <= smallB }

  /// C ← α·op(A)·op(B) + β·C, β being 0 or 1, if the shape is one the kernel is faster at.
  ///
  /// - Returns: Whether the product was taken.
  @inline(__always)
  static func take(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float, a: UnsafePointer<Float>, strideA: Int,
    b: UnsafePointer<Float>, strideB: Int, beta: Float, c: UnsafeMutablePointer<Float>, strideC: Int
  ) -> Bool {
    guard Processor.hasAVX512, beta == 0 || beta == 1,
      n &* k <= smallB || n >= fewestColumns && (!transposeB || m >= fewestRowsWithTransposedB)
    else { return false }
    csimd_product(
      m, n, k, alpha, a, transposeA ? 1 : strideA, transposeA ? strideA : 1, b, transposeB ? 1 : strideB,
      transposeB ? strideB : 1, beta == 0 ? 0 : 1, c, strideC)
    return true
  }
}
