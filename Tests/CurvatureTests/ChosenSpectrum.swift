import Kernels

@testable import Curvature

/// A symmetric matrix with a chosen spectrum: QΛQᵀ, Q a product of random reflections.
struct ChosenSpectrum: Sendable {
  let matrix: SymmetricMatrix
  /// Ascending.
  let values: [Double]

  init(_ values: [Double], seed: UInt64 = 1) {
    self.values = values.sorted()
    let size = values.count
    var a = [Double](repeating: 0, count: size * size)
    for index in 0..<size { a[index * (size + 1)] = values[index] }
    var stream = RandomStream(RandomKey(seed: seed, purpose: .generation))
    for _ in 0..<3 {
      let v = (0..<size).map { _ in stream.nextNormal() }
      let square = v.reduce(0) { $0 + $1 * $1 }
      // A ← HAH with H = I − 2vvᵀ/vᵀv: A − vwᵀ − wvᵀ with w = 2(Av − (vᵀAv/vᵀv)v)/vᵀv.
      let image = (0..<size).map { row in (0..<size).reduce(0) { $0 + a[row * size + $1] * v[$1] } }
      let projection = zip(image, v).reduce(0) { $0 + $1.0 * $1.1 } / square
      let w = zip(image, v).map { 2 * ($0 - projection * $1) / square }
      for row in 0..<size {
        for column in 0..<size { a[row * size + column] -= v[row] * w[column] + w[row] * v[column] }
      }
    }
    matrix = SymmetricMatrix(dimension: size, elements: a)
  }
}

/// E(w) = ½wᵀAw + c·Σw³/6 at a point: every derivative in closed form.
struct PolynomialField: ScalarField {
  let matrix: SymmetricMatrix
  let cubic: Double
  let point: [Double]

  var dimension: Int { matrix.dimension }
  var roundoff: Double { 4 * .ulpOfOne }

  private func displaced(_ v: UnsafePointer<Double>?, _ alpha: Double) -> [Double] {
    guard let v else { return point }
    return point.indices.map { point[$0] + alpha * v[$0] }
  }

  func value(displacedBy v: UnsafePointer<Double>?, times alpha: Double) -> Double {
    let w = displaced(v, alpha)
    return zip(w, matrix.product(with: w)).reduce(0) { $0 + 0.5 * $1.0 * $1.1 + cubic * $1.0 * $1.0 * $1.0 / 6 }
  }

  func gradient(
    displacedBy v: UnsafePointer<Double>?, times alpha: Double, into result: UnsafeMutablePointer<Double>
  ) {
    let w = displaced(v, alpha)
    for (index, image) in matrix.product(with: w).enumerated() {
      result[index] = image + cubic * w[index] * w[index] / 2
    }
  }

  /// A + c·diag(w).
  var hessian: SymmetricMatrix {
    var elements = matrix.elements
    for index in 0..<dimension { elements[index * (dimension + 1)] += cubic * point[index] }
    return SymmetricMatrix(dimension: dimension, elements: elements)
  }
}

/// ½(aₚᵀw)² of every pattern p: Hessian (1/n)Σaₚaₚᵀ.
struct LinearPatterns: PatternGradients {
  let rows: [[Double]]
  var sign = 1.0

  var dimension: Int { rows[0].count }
  var patternCount: Int { rows.count }

  func difference(
    pattern: Int, displacedBy v: UnsafePointer<Double>, times alpha: Double,
    into result: UnsafeMutablePointer<Double>
  ) {
    let row = rows[pattern]
    let component = row.indices.reduce(0) { $0 + row[$1] * v[$1] }
    for index in row.indices { result[index] = sign * alpha * component * row[index] }
  }

  var hessian: SymmetricMatrix {
    SymmetricMatrix(dimension: dimension) { matrix in
      for row in rows {
        for i in 0..<dimension {
          for j in 0..<dimension { matrix[i * dimension + j] += sign * row[i] * row[j] / Double(rows.count) }
        }
      }
    }
  }
}

func length(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

func inner(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

/// ‖Av − λv‖.
func residual(_ matrix: some SymmetricOperator, _ value: Double, _ vector: [Double]) -> Double {
  length(zip(matrix.product(with: vector), vector).map { $0 - value * $1 })
}
