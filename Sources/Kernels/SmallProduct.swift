import CSIMD

/// Products too small for a library: the register-tiled AVX-512 kernel in CSIMD, where the processor has it.
enum SmallProduct {
  /// Transposed copies of B up to this many entries are made on the stack.
  private static let largestTranspose = Int(CSIMD_LARGEST_TRANSPOSE)
  /// B up to 16 KiB stays in the first-level cache while the rows of A go by, however many.
  private static let largestB = 4096

  /// C ← α·op(A)·op(B) if the shape is one the kernel is faster at.
  ///
  /// - Returns: Whether the product was taken.
  @inline(__always)
  static func take(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float, a: UnsafePointer<Float>, strideA: Int,
    b: UnsafePointer<Float>, strideB: Int, c: UnsafeMutablePointer<Float>, strideC: Int
  ) -> Bool {
    guard Processor.hasAVX512, n &* k <= (transposeB ? largestTranspose : largestB) else { return false }
    let rowStride = transposeA ? 1 : strideA
    let columnStride = transposeA ? strideA : 1
    if transposeB {
      csimd_small_product_transposed(m, n, k, alpha, a, rowStride, columnStride, b, strideB, c, strideC)
    } else {
      csimd_small_product(m, n, k, alpha, a, rowStride, columnStride, b, strideB, c, strideC)
    }
    return true
  }
}
