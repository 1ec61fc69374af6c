import Kernels
import Testing

@Suite("Reductions")
struct ReductionTests {
  static let counts = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000]

  @Test(arguments: counts)
  func dotAgreesWithTheDefinition(count: Int) {
    check(count, Float.self)
    check(count, Double.self)
  }

  private func check<S: Scalar>(_ count: Int, _: S.Type) {
    var numbers = TestNumbers(seed: UInt64(count))
    let x: [S] = numbers.values(count)
    let y: [S] = numbers.values(count)
    // What lies beyond the vectors must not matter.
    let beyond = [S](repeating: .nan, count: 64)
    let found = dot(x + beyond, y + beyond, count: count)
    let terms = zip(x, y).map { Double($0) * Double($1) }
    let size = terms.reduce(0) { $0 + $1.magnitude }
    let error = (Double(found) - terms.reduce(0, +)).magnitude
    #expect(error <= Double(count + 1) * Double(S.ulpOfOne) * size)
  }

  @Test(arguments: [1, 2, 7, 64], [1, 15, 16, 17, 33, 48])
  func columnSumsAgreeWithTheDefinition(rows: Int, columns: Int) {
    check(rows: rows, columns: columns, Float.self)
    check(rows: rows, columns: columns, Double.self)
  }

  private func check<S: Scalar>(rows: Int, columns: Int, _: S.Type) {
    var numbers = TestNumbers(seed: UInt64(rows * 100 + columns))
    let matrix: [S] = numbers.values(rows * columns)
    let before: [S] = numbers.values(columns)
    let beyond = [S](repeating: .nan, count: 64)
    for accumulates in [false, true] {
      let sums = Guarded(before)
      columnSums(matrix + beyond, rows: rows, columns: columns, into: sums.pointer, accumulate: accumulates)
      #expect(sums.isIntact)
      for column in 0..<columns {
        // Each column is added from the first row to the last, so the bits are those of the plain loop.
        var sum: S = 0
        for row in 0..<rows { sum += matrix[row * columns + column] }
        #expect(sums.values[column] == (accumulates ? sum + before[column] : sum))
      }
    }
  }
}
