import Kernels
import Testing

@Suite("Matrix products")
struct ProductTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    var m: Int
    var n: Int
    var k: Int
    var testDescription: String { "\(m)×\(n)×\(k)" }

    static let all: [Shape] = {
      let sizes = [1, 3, 16, 17, 33]
      let cubes = sizes.flatMap { m in sizes.flatMap { n in sizes.map { k in Shape(m: m, n: n, k: k) } } }
      // Every height of a register tile, for widths of one to four vectors and more.
      let tiles = (1...33).flatMap { m in [20, 48, 64, 130].map { n in Shape(m: m, n: n, k: 3) } }
      return cubes + tiles + [
        Shape(m: 1500, n: 20, k: 11), Shape(m: 128, n: 10, k: 300), Shape(m: 7, n: 257, k: 64),
        Shape(m: 64, n: 64, k: 1000),
      ] + deep
    }()

    /// In parts, packed where B's rows are far apart or it is transposed, with tiles at the edges.
    static let deep = [Shape(m: 97, n: 515, k: 20), Shape(m: 12, n: 18, k: 1100), Shape(m: 13, n: 70, k: 300)]
  }

  @Test(arguments: Shape.all)
  func singlePrecisionAgreesWithTheDefinition(shape: Shape) { check(shape, Float.self) }

  @Test(arguments: Shape.all)
  func doublePrecisionAgreesWithTheDefinition(shape: Shape) { check(shape, Double.self) }

  @Test(arguments: Shape.deep)
  func denseEntriesAreChains(shape: Shape) {
    for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
      for (beta, padding) in [(Float(0), 0), (1, 3)] {
        let product = ChainedProduct(
          shape, transposeA: transposeA, transposeB: transposeB, alpha: 1, beta: beta, padding: padding, density: 1)
        #expect(product.isRight, "transposes \(transposeA) \(transposeB), β \(beta), padding \(padding)")
      }
    }
  }

  /// Every combination of transposes, rows longer than the matrix is wide, α and β; the error bound is the classical
  /// |fl(Σab) − Σab| ≤ kε·Σ|ab| (Higham, Accuracy and Stability of Numerical Algorithms, section 3.5).
  private func check<S: Scalar>(_ shape: Shape, _: S.Type) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    var numbers = TestNumbers(seed: UInt64(m * 1_000_000 + n * 1000 + k))
    for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
      for (alpha, beta, padding) in [(1.0, 0.0, 0), (-0.5, 1.0, 3)] {
        let strideA = (transposeA ? m : k) + padding
        let strideB = (transposeB ? k : n) + padding
        let strideC = n + padding
        let a: [S] = numbers.values((transposeA ? k : m) * strideA)
        let b: [S] = numbers.values((transposeB ? n : k) * strideB)
        let before: [S] = numbers.values(m * strideC)
        let c = Guarded(before)
        S.product(
          transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: S(alpha),
          a: a, strideA: strideA, b: b, strideB: strideB, beta: S(beta), c: c.pointer, strideC: strideC)
        let after = c.values
        var agrees = c.isIntact
        for row in 0..<m {
          for column in 0..<n {
            var sum = 0.0
            var size = 0.0
            for inner in 0..<k {
              let term =
                Double(transposeA ? a[inner * strideA + row] : a[row * strideA + inner])
                * Double(transposeB ? b[column * strideB + inner] : b[inner * strideB + column])
              sum += term
              size += term.magnitude
            }
            let start = beta * Double(before[row * strideC + column])
            let bound = Double(S.ulpOfOne) * (Double(k + 2) * size + 2 * start.magnitude)
            let error = (Double(after[row * strideC + column]) - (alpha * sum + start)).magnitude
            if !(error <= bound) { agrees = false }
          }
          for gap in n..<strideC where after[row * strideC + gap] != before[row * strideC + gap] { agrees = false }
        }
        #expect(agrees, "transposes \(transposeA) \(transposeB), α \(alpha), β \(beta), padding \(padding)")
      }
    }
  }

  @Test func zeroBetaIgnoresWhatWasThere() {
    var c: [Float] = [.nan, .nan]
    Float.product(
      transposeA: false, transposeB: false, m: 1, n: 2, k: 1, alpha: 1, a: [2], strideA: 1, b: [3, 5], strideB: 2,
      beta: 0, c: &c, strideC: 2)
    #expect(c == [6, 10])
    var d: [Double] = [.nan, .nan]
    Double.product(
      transposeA: false, transposeB: false, m: 1, n: 2, k: 1, alpha: 1, a: [2], strideA: 1, b: [3, 5], strideB: 2,
      beta: 0, c: &d, strideC: 2)
    #expect(d == [6, 10])
  }
}
