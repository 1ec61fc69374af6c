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

  /// Whether 45 % of a matrix are zeros, as far as a few of its rows tell. At half of them the products here take three quarters
  /// of the time, at three quarters 0.45 (Benchmarks/README.md).
  static func hasZeros(_ matrix: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int) -> Bool {
    let sampled = min(rows, sampledRows)
    var count = 0
    for index in 0..<sampled {
      count &+= csimd_count_nonzero(matrix + (index &* rows / sampled) &* stride, columns)
    }
    return count &* 100 <= 55 &* sampled &* columns
  }
}

/// The columns of a matrix of which most is zero, compressed once for several products Aᵀ·B.
///
/// That is the way of δ to a kernel's gradient, xᵀ·δ, where the layer's input x has no zeros to speak of.
public final class SparseColumns<S: Scalar> {
  private let storage: UnsafeMutableRawPointer
  private let capacity: Int
  private var shape = (rows: 0, columns: 0)

  /// - Parameters:
  ///   - rows: Of the largest matrix.
  ///   - columns: Of the same; none where there is nothing to compress.
  public init(rows: Int, columns: Int) {
    capacity = S.self == Float.self && Processor.hasAVX512 ? csimd_compressed_size(columns, rows) : 0
    storage = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { storage.deallocate() }

  /// Compresses α·B, `rows`×`columns`, for products with parts of Aᵀ, `m`×`rows`.
  ///
  /// - Returns: Whether that is worthwhile: B has enough zeros, and A, whose zeros a product leaves out by itself, has not.
  public func compress(
    _ b: UnsafePointer<S>, rows: Int, columns: Int, scale: S, a: UnsafePointer<S>, m: Int
  ) -> Bool {
    guard SparseProduct.isPossible(m: m, n: columns, k: rows, SparseProduct.smallestCompressedWork),
      csimd_compressed_size(columns, rows) <= capacity
    else { return false }
    // There is room only where S is Float.
    let (b, a, scale) = (Self.single(b), Self.single(a), unsafeBitCast(scale, to: Float.self))
    guard SparseProduct.hasZeros(b, rows: rows, columns: columns, stride: columns),
      !SparseProduct.hasZeros(a, rows: rows, columns: m, stride: m)
    else { return false }
    csimd_compress_columns(columns, rows, scale, b, columns, storage)
    shape = (rows, columns)
    return true
  }

  /// C ← α·Aᵀ·B, or C + α·Aᵀ·B, all row-major, with `m` columns of A.
  public func product(
    m: Int, a: UnsafePointer<S>, strideA: Int, accumulate: Bool = false, c: UnsafeMutablePointer<S>, strideC: Int
  ) {
    precondition(shape.rows > 0)
    let target = UnsafeMutableRawPointer(c).assumingMemoryBound(to: Float.self)
    csimd_product_with_sparse(
      m, shape.columns, shape.rows, Self.single(a), strideA, storage, accumulate ? 1 : 0, target, strideC)
  }

  /// The same numbers where S is Float. A cast would ask the runtime for the pointers' types at every step.
  private static func single(_ values: UnsafePointer<S>) -> UnsafePointer<Float> {
    UnsafeRawPointer(values).assumingMemoryBound(to: Float.self)
  }
}
