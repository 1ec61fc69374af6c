import CLAPACKE

extension SymmetricMatrix {
  /// x with (A + αI)x = b, whatever the signs of the eigenvalues, by Bunch and Kaufman's factorisation LDLᵀ.
  ///
  /// - Throws: ``CurvatureError/routineFailed(name:code:)`` for a singular matrix, ``CurvatureError/notFinite(what:)``.
  public func solve(_ b: [Double], damping: Double = 0) throws(CurvatureError) -> [Double] {
    precondition(b.count == dimension)
    let count = dimension * dimension
    for index in 0..<count where !storage.pointer[index].isFinite { throw .notFinite(what: "a matrix element") }
    let work = VectorStorage(count: count)
    work.pointer.update(from: storage.pointer, count: count)
    for index in 0..<dimension { work.pointer[index * (dimension + 1)] += damping }
    var pivots = [Int32](repeating: 0, count: dimension)
    var x = b
    let size = Int32(dimension)
    let code = LAPACKE_dsysv(LAPACK_COL_MAJOR, 76, size, 1, work.pointer, size, &pivots, &x, size)
    guard code == 0 else { throw .routineFailed(name: "dsysv", code: Int(code)) }
    return x
  }
}
