import CSIMD

/// The columns of a matrix of which most is zero, looked through once for several products Aᵀ·B.
///
/// That is the way of δ to a kernel's gradient, xᵀ·δ, where the layer's input x has no zeros to speak of. What is left of a
/// large matrix is compressed; of a small one it is known where it stands.
public final class SparseColumns<S: Scalar> {
  private let storage: UnsafeMutableRawPointer
  private let capacity: Int
  private var shape = (rows: 0, columns: 0)
  /// B and α where B is small: read in place.
  private var small: (b: UnsafePointer<Float>, scale: Float)?
  /// δ whose masks are there, and how many of its numbers are not zero.
  private var rectified: (delta: UnsafePointer<Float>, left: Int)?

  /// A and B of a small product stay in the first-level cache together.
  private static var smallestCompressed: Int { 4096 }
  /// One mask a column.
  private static var mostMaskedRows: Int { 64 }

  /// - Parameters:
  ///   - rows: Of the largest matrix.
  ///   - columns: Of the same; none where there is nothing to compress.
  public init(rows: Int, columns: Int) {
    capacity = S.self == Float.self && Processor.hasAVX512 ? csimd_compressed_size(columns, rows) : 0
    storage = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { storage.deallocate() }

  /// ``backpropagateReLU(_:output:count:scale:)`` of a matrix that is small enough for masks of its columns, which are made
  /// by the way. It is to be compressed next.
  ///
  /// - Returns: Whether it was done.
  public func backpropagateReLU(
    _ delta: UnsafeMutablePointer<S>, output: UnsafePointer<S>, rows: Int, columns: Int, scale: S, m: Int
  ) -> Bool {
    guard isPossible(rows: rows, columns: columns, m: m), Self.isSmall(rows: rows, columns: columns, m: m) else {
      return false
    }
    let target = UnsafeMutableRawPointer(delta).assumingMemoryBound(to: Float.self)
    let left = csimd_rectify_columns(
      rows, columns, target, Self.single(output), unsafeBitCast(scale, to: Float.self), masks)
    rectified = (UnsafePointer(target), left)
    return true
  }

  private func isPossible(rows: Int, columns: Int, m: Int) -> Bool {
    // There is room only where S is Float.
    SparseProduct.isPossible(m: m, n: columns, k: rows, SparseProduct.smallestCompressedWork)
      && csimd_compressed_size(columns, rows) <= capacity
  }

  private static func isSmall(rows: Int, columns: Int, m: Int) -> Bool {
    rows <= mostMaskedRows && rows &* max(m, columns) <= smallestCompressed
  }

  /// Compresses α·B, `rows`×`columns`, for products with parts of Aᵀ, `m`×`rows`.
  ///
  /// - Parameter b: Unchanged until the last product.
  /// - Returns: Whether that is worthwhile: B has enough zeros, and A, whose zeros a product leaves out by itself, has not.
  public func compress(
    _ b: UnsafePointer<S>, rows: Int, columns: Int, scale: S, a: UnsafePointer<S>, m: Int
  ) -> Bool {
    let known = rectified
    rectified = nil
    guard isPossible(rows: rows, columns: columns, m: m) else { return false }
    let (b, a, scale) = (Self.single(b), Self.single(a), unsafeBitCast(scale, to: Float.self))
    let isMasked = known?.delta == b
    guard
      isMasked
        ? SparseProduct.areFew(known?.left ?? 0, of: rows &* columns)
        : SparseProduct.hasZeros(b, rows: rows, columns: columns, stride: columns),
      !SparseProduct.hasZeros(a, rows: rows, columns: m, stride: m)
    else { return false }
    shape = (rows, columns)
    if Self.isSmall(rows: rows, columns: columns, m: m) {
      small = (b, scale)
      if !isMasked { csimd_mask_columns(columns, rows, b, columns, masks) }
    } else {
      small = nil
      csimd_compress_columns(columns, rows, scale, b, columns, storage)
    }
    return true
  }

  /// C ← α·Aᵀ·B, or C + α·Aᵀ·B, all row-major, with `m` columns of A.
  public func product(
    m: Int, a: UnsafePointer<S>, strideA: Int, accumulate: Bool = false, c: UnsafeMutablePointer<S>, strideC: Int
  ) {
    precondition(shape.rows > 0)
    let target = UnsafeMutableRawPointer(c).assumingMemoryBound(to: Float.self)
    if let small {
      csimd_product_with_masked(
        m, shape.columns, small.scale, Self.single(a), strideA, small.b, shape.columns, masks, accumulate ? 1 : 0,
        target, strideC)
    } else {
      csimd_product_with_sparse(
        m, shape.columns, shape.rows, Self.single(a), strideA, storage, accumulate ? 1 : 0, target, strideC)
    }
  }

  private var masks: UnsafeMutablePointer<UInt64> { storage.assumingMemoryBound(to: UInt64.self) }

  /// The same numbers where S is Float. A cast would ask the runtime for the pointers' types at every step.
  private static func single(_ values: UnsafePointer<S>) -> UnsafePointer<Float> {
    UnsafeRawPointer(values).assumingMemoryBound(to: Float.self)
  }
}
