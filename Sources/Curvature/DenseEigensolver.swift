import CLAPACKE
import Kernels

/// All eigenvalues of a symmetric matrix, by LAPACK's divide and conquer.
public struct Spectrum: Sendable {
  /// Ascending.
  public let values: [Double]
  /// The eigenvector of `values[i]` is row i, row-major; nil where only values were asked for.
  public let vectors: [Double]?

  /// The i-th eigenvector, of unit length.
  public func vector(_ index: Int) -> [Double]? {
    vectors.map { Array($0[index * values.count..<(index + 1) * values.count]) }
  }

  /// ‖Av − λv‖₂ of every pair, from one matrix product: 2n³ operations and another n² numbers.
  ///
  /// The vectors must be there.
  public func residuals(of matrix: SymmetricMatrix) -> [Double] {
    guard let vectors, !values.isEmpty else { return [] }
    precondition(matrix.dimension == values.count)
    let size = values.count
    let images = AlignedBuffer<Double>(count: size * size)
    vectors.withUnsafeBufferPointer { rows in
      Double.product(
        transposeA: false, transposeB: false, m: size, n: size, k: size, alpha: 1, a: rows.baseAddress!, strideA: size,
        b: matrix.storage.pointer, strideB: size, beta: 0, c: images.pointer, strideC: size)
      for index in 0..<size * size { images.pointer[index] -= values[index / size] * rows[index] }
    }
    return values.indices.map { norm(images.pointer + $0 * size, count: size) }
  }
}

extension SymmetricMatrix {
  /// All eigenvalues, and the eigenvectors where asked for: O(n³) operations, one or two copies of the matrix.
  ///
  /// Values alone come from the two-stage reduction (Haidar, Ltaief, Dongarra, 2011), whose first stage is matrix
  /// products. Errors are of the order of ε·‖A‖ for every eigenvalue.
  ///
  /// - Throws: ``CurvatureError/routineFailed(name:code:)``, ``CurvatureError/notFinite(what:)``.
  public func spectrum(vectors wantsVectors: Bool = false) throws(CurvatureError) -> Spectrum {
    guard dimension > 0 else { return Spectrum(values: [], vectors: wantsVectors ? [] : nil) }
    let count = dimension * dimension
    for index in 0..<count where !storage.pointer[index].isFinite { throw .notFinite(what: "a matrix element") }
    var values = [Double](repeating: 0, count: dimension)
    var work = [Double](UnsafeBufferPointer(start: storage.pointer, count: count))
    let size = Int32(dimension)
    // Column-major on purpose: LAPACKE copies row-major matrices. The matrix is symmetric, and eigenvectors in columns
    // of that order are rows in ours.
    let code =
      wantsVectors
      ? LAPACKE_dsyevd(LAPACK_COL_MAJOR, 86, 76, size, &work, size, &values)
      : LAPACKE_dsyevd_2stage(LAPACK_COL_MAJOR, 78, 76, size, &work, size, &values)
    guard code == 0 else {
      throw .routineFailed(name: wantsVectors ? "dsyevd" : "dsyevd_2stage", code: Int(code))
    }
    return Spectrum(values: values, vectors: wantsVectors ? work : nil)
  }
}
