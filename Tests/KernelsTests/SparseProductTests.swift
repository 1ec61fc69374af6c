import Kernels
import Testing

/// Products with a factor that is mostly zeros, large enough for the kernels that leave them out.
///
/// Every entry is one chain of fused multiply-adds in the order of p, whose bits the standard library gives as well. On a
/// processor without AVX-512 these are oneDNN's products, which are near.
@Suite("Sparse products")
struct SparseProductTests {
  typealias Shape = ProductTests.Shape

  static let shapes = [
    Shape(m: 26, n: 326, k: 129), Shape(m: 150, n: 64, k: 115), Shape(m: 64, n: 257, k: 64),
    Shape(m: 240, n: 113, k: 39),
  ]
  static let smallShapes = [
    Shape(m: 32, n: 64, k: 64), Shape(m: 70, n: 10, k: 64), Shape(m: 131, n: 33, k: 111), Shape(m: 37, n: 10, k: 250),
    Shape(m: 40, n: 130, k: 29),
  ]
  static let transposedShapes = [
    Shape(m: 150, n: 115, k: 64), Shape(m: 113, n: 70, k: 150), Shape(m: 40, n: 66, k: 420),
    // Small enough to be read in place.
    Shape(m: 66, n: 64, k: 32), Shape(m: 72, n: 70, k: 40), Shape(m: 35, n: 64, k: 64),
  ]

  @Test(arguments: shapes, [0.0, 0.25, 0.5])
  func zerosOfTheFirstFactorAreLeftOut(shape: Shape, density: Double) {
    for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
      for (alpha, beta, padding) in [(Float(1), Float(0), 0), (0.5, 1, 3)] {
        let product = ChainedProduct(
          shape, transposeA: transposeA, transposeB: transposeB, alpha: alpha, beta: beta, padding: padding,
          density: density)
        #expect(product.isRight, "transposes \(transposeA) \(transposeB), α \(alpha), β \(beta), padding \(padding)")
      }
    }
  }

  /// Small products, whose factors are not packed.
  @Test(arguments: smallShapes, [0.0, 0.1, 0.25, 0.5])
  func zerosOfASmallFactorAreLeftOut(shape: Shape, density: Double) {
    for transposeA in [false, true] {
      for (alpha, padding) in [(Float(1), 0), (0.5, 3)] {
        let product = ChainedProduct(
          shape, transposeA: transposeA, transposeB: false, alpha: alpha, beta: 0, padding: padding, density: density)
        #expect(product.isRight, "transpose \(transposeA), α \(alpha), padding \(padding)")
      }
    }
  }

  /// δ with zeros, features without: the way of a kernel's gradient in a step.
  @Test(arguments: transposedShapes, [0.0, 0.25, 0.5])
  func zerosOfTheSecondFactorAreLeftOut(shape: Shape, density: Double) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    var numbers = TestNumbers(seed: UInt64(m))
    let a: [Float] = numbers.values(k * m)
    let b = sparse(k * n, density: density, &numbers)
    let columns = SparseColumns<Float>(rows: k, columns: n)
    guard columns.compress(b, rows: k, columns: n, scale: 0.5, a: a, m: m) else {
      #expect(!ProductLibraries.kernels.contains("avx512f"), "δ was taken for dense")
      return
    }
    // A part of the features, from the third on.
    let c = Guarded([Float](repeating: .nan, count: (m - 2) * n))
    a.withUnsafeBufferPointer { a in
      columns.product(m: m - 2, a: a.baseAddress! + 2, strideA: m, c: c.pointer, strideC: n)
      let once = c.values
      columns.product(m: m - 2, a: a.baseAddress! + 2, strideA: m, accumulate: true, c: c.pointer, strideC: n)
      // Twice, where the product is of one piece.
      if k <= 256 { #expect(c.values == once.map { 2 * $0 }) }
      for index in once.indices { c.pointer[index] -= once[index] }
    }
    let after = c.values
    var worst = 0.0
    for row in 0..<m - 2 {
      for column in 0..<n {
        var sum = 0.0
        var size = 0.0
        for p in 0..<k {
          let term = Double(a[p * m + row + 2]) * Double(b[p * n + column]) * 0.5
          sum += term
          size += term.magnitude
        }
        let error = (Double(after[row * n + column]) - sum).magnitude
        worst = max(worst, error / max(size, .leastNormalMagnitude))
      }
    }
    #expect(c.isIntact && !after.contains { $0.isNaN })
    #expect(worst <= Double(Float.ulpOfOne) * Double(k + 2))
  }

  /// Back-propagation through ReLU that finds the zeros by the way gives the same δ and the same products.
  @Test(arguments: [Shape(m: 64, n: 64, k: 32), Shape(m: 90, n: 72, k: 41), Shape(m: 32, n: 64, k: 64)])
  func zerosOfReLUAreKnown(shape: Shape) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    var numbers = TestNumbers(seed: UInt64(m * k))
    let a: [Float] = numbers.values(k * m)
    let output = sparse(k * n, density: 0.4, &numbers)
    let before: [Float] = numbers.values(k * n)
    let plain = AlignedBuffer(before)
    let outputs = AlignedBuffer(output)
    backpropagateReLU(plain.pointer, output: outputs.pointer, count: k * n, scale: 2)
    let known = Guarded(before)
    let columns = SparseColumns<Float>(rows: k, columns: n)
    let other = SparseColumns<Float>(rows: k, columns: n)
    guard columns.backpropagateReLU(known.pointer, output: output, rows: k, columns: n, scale: 2, m: m) else {
      #expect(!ProductLibraries.kernels.contains("avx512f"), "zeros are not looked for")
      return
    }
    #expect(known.values == plain.array && known.isIntact)
    var c = [Float](repeating: .nan, count: m * n)
    var d = c
    #expect(columns.compress(known.pointer, rows: k, columns: n, scale: 1, a: a, m: m))
    columns.product(m: m, a: a, strideA: m, c: &c, strideC: n)
    #expect(other.compress(plain.pointer, rows: k, columns: n, scale: 1, a: a, m: m))
    other.product(m: m, a: a, strideA: m, c: &d, strideC: n)
    #expect(c == d)
    // What was known is of that δ alone.
    let dense: [Float] = numbers.values(k * n)
    known.pointer.update(from: dense, count: k * n)
    #expect(!columns.compress(known.pointer, rows: k, columns: n, scale: 1, a: a, m: m))
  }

  @Test func whatHasNoZerosIsNotCompressed() {
    var numbers = TestNumbers(seed: 3)
    let dense: [Float] = numbers.values(64 * 256)
    let zeros = sparse(64 * 256, density: 0.25, &numbers)
    let columns = SparseColumns<Float>(rows: 64, columns: 256)
    #expect(!columns.compress(dense, rows: 64, columns: 256, scale: 1, a: dense, m: 256))
    // The features' own zeros are left out without it.
    #expect(!columns.compress(zeros, rows: 64, columns: 256, scale: 1, a: zeros, m: 256))
    // Too small, and larger than there is room for.
    #expect(!columns.compress(zeros, rows: 16, columns: 64, scale: 1, a: dense, m: 64))
    #expect(!columns.compress(zeros, rows: 65, columns: 256, scale: 1, a: dense, m: 256))
    let double = SparseColumns<Double>(rows: 64, columns: 256)
    let wide = zeros.map(Double.init)
    #expect(!double.compress(wide, rows: 64, columns: 256, scale: 1, a: dense.map(Double.init), m: 256))
  }

  @Test func aNaNIsNoZero() {
    let (m, n, k) = (64, 256, 128)
    var numbers = TestNumbers(seed: 4)
    var a = sparse(m * k, density: 0.25, &numbers)
    a[3 * k + 70] = .nan
    let b: [Float] = numbers.values(k * n)
    var c = [Float](repeating: 0, count: m * n)
    Float.product(
      transposeA: false, transposeB: false, m: m, n: n, k: k, alpha: 1, a: a, strideA: k, b: b, strideB: n, beta: 0,
      c: &c, strideC: n)
    let rows = (0..<m).map { row in c[row * n..<(row + 1) * n].count { $0.isNaN } }
    #expect(rows == (0..<m).map { $0 == 3 ? n : 0 })
  }
}

private func sparse(_ count: Int, density: Double, _ numbers: inout TestNumbers) -> [Float] {
  let values: [Float] = numbers.values(count)
  let kept: [Double] = numbers.values(count)
  return zip(values, kept).map { $1 < 2 * density - 1 ? $0 : 0 }
}

/// A product, and whether every entry is one chain of fused multiply-adds in the order of p: to the bit, or near it on a
/// processor without AVX-512.
struct ChainedProduct {
  let isRight: Bool

  init(
    _ shape: ProductTests.Shape, transposeA: Bool, transposeB: Bool, alpha: Float, beta: Float, padding: Int,
    density: Double
  ) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    let strideA = (transposeA ? m : k) + padding
    let strideB = (transposeB ? k : n) + padding
    let strideC = n + padding
    var numbers = TestNumbers(seed: UInt64(m * 1000 + k))
    let a = sparse((transposeA ? k : m) * strideA, density: density, &numbers)
    let b: [Float] = numbers.values((transposeB ? n : k) * strideB)
    let before: [Float] = numbers.values(m * strideC)
    let c = Guarded(before)
    Float.product(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a, strideA: strideA, b: b,
      strideB: strideB, beta: beta, c: c.pointer, strideC: strideC)
    let after = c.values
    let allowed: Float = ProductLibraries.kernels.contains("avx512f") ? 0 : 1e-4
    var agrees = c.isIntact
    for row in 0..<m {
      for column in 0..<n {
        var chain = beta * before[row * strideC + column]
        for p in 0..<k {
          let x = alpha * (transposeA ? a[p * strideA + row] : a[row * strideA + p])
          chain.addProduct(x, transposeB ? b[column * strideB + p] : b[p * strideB + column])
        }
        if !((after[row * strideC + column] - chain).magnitude <= allowed) { agrees = false }
      }
      for gap in n..<strideC where after[row * strideC + gap] != before[row * strideC + gap] { agrees = false }
    }
    isRight = agrees
  }
}
