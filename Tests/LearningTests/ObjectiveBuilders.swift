import Curvature
import Learning

/// A function in closed form: value, gradient, Hessian and, where it is a sum of squares, its Gauss–Newton matrix.
final class FunctionObjective: Objective {
  let dimension: Int
  private let value: ([Double]) -> Double
  private let gradient: ([Double]) -> [Double]
  private let hessian: ([Double]) -> SymmetricMatrix
  private let gaussNewton: (([Double]) -> SymmetricMatrix)?

  init(
    dimension: Int, value: @escaping ([Double]) -> Double, gradient: @escaping ([Double]) -> [Double],
    hessian: @escaping ([Double]) -> SymmetricMatrix, gaussNewton: (([Double]) -> SymmetricMatrix)? = nil
  ) {
    self.dimension = dimension
    self.value = value
    self.gradient = gradient
    self.hessian = hessian
    self.gaussNewton = gaussNewton
  }

  func value(at w: [Double]) -> Double { value(w) }

  func value(at w: [Double], gradient: inout [Double]) -> Double {
    gradient = self.gradient(w)
    return value(w)
  }

  func curvature(_ form: CurvatureForm, at w: [Double]) -> any CurvatureMatrix {
    switch form {
    case .hessian: hessian(w)
    case .gaussNewton: (gaussNewton ?? hessian)(w)
    }
  }
}

extension FunctionObjective {
  /// ½wᵀAw − bᵀw.
  static func quadratic(_ matrix: SymmetricMatrix, _ b: [Double]) -> FunctionObjective {
    FunctionObjective(
      dimension: matrix.dimension,
      value: { w in zip(w, matrix.product(with: w)).reduce(0) { $0 + 0.5 * $1.0 * $1.1 } - inner(b, w) },
      gradient: { w in zip(matrix.product(with: w), b).map { $0 - $1 } }, hessian: { _ in matrix })
  }

  /// ½‖r‖² with r = (10(y − x²), 1 − x): half of Rosenbrock's function. Minimum at (1, 1).
  static var rosenbrock: FunctionObjective {
    FunctionObjective(
      dimension: 2,
      value: { w in 50 * (w[1] - w[0] * w[0]) * (w[1] - w[0] * w[0]) + 0.5 * (1 - w[0]) * (1 - w[0]) },
      gradient: { w in
        let bend = w[1] - w[0] * w[0]
        return [-200 * w[0] * bend - (1 - w[0]), 100 * bend]
      },
      hessian: { w in
        SymmetricMatrix(
          dimension: 2, elements: [600 * w[0] * w[0] - 200 * w[1] + 1, -200 * w[0], -200 * w[0], 100])
      },
      gaussNewton: { w in
        SymmetricMatrix(dimension: 2, elements: [400 * w[0] * w[0] + 1, -200 * w[0], -200 * w[0], 100])
      })
  }

  /// x⁴/4 − x²/2 + y²/2: a saddle at the origin, minima of −¼ at (±1, 0).
  static var saddle: FunctionObjective {
    FunctionObjective(
      dimension: 2, value: { w in w[0] * w[0] * (w[0] * w[0] / 4 - 0.5) + w[1] * w[1] / 2 },
      gradient: { w in [w[0] * w[0] * w[0] - w[0], w[1]] },
      hessian: { w in SymmetricMatrix(dimension: 2, elements: [3 * w[0] * w[0] - 1, 0, 0, 1]) })
  }

  /// A function of one variable.
  static func line(
    _ value: @escaping (Double) -> Double, slope: @escaping (Double) -> Double
  ) -> FunctionObjective {
    FunctionObjective(
      dimension: 1, value: { value($0[0]) }, gradient: { [slope($0[0])] },
      hessian: { _ in SymmetricMatrix(dimension: 1, elements: [1]) })
  }
}

/// QΛQᵀ with a chosen spectrum, Q a reflection: I − 2vvᵀ/vᵀv.
func matrix(spectrum: [Double], seed: UInt64 = 3) -> SymmetricMatrix {
  let size = spectrum.count
  var numbers = TestNumbers(seed: seed)
  let v: [Double] = numbers.normals(size)
  let square = inner(v, v)
  func reflection(_ row: Int, _ column: Int) -> Double {
    (row == column ? 1 : 0) - 2 * v[row] * v[column] / square
  }
  return SymmetricMatrix(dimension: size) { matrix in
    for row in 0..<size {
      for column in 0..<size {
        matrix[row * size + column] = (0..<size).reduce(0) {
          $0 + reflection(row, $1) * spectrum[$1] * reflection(column, $1)
        }
      }
    }
  }
}

func inner(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

func distance(_ x: [Double], _ y: [Double]) -> Double {
  zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
}

extension LossSurface {
  /// The same loss, free to be taken anywhere, and where it stands.
  var objective: (loss: NetworkObjective<S>, start: [Double]) {
    let engine = Backpropagation<S>(network: network, loss: loss, dropout: dropout, l2: l2)
    return (
      NetworkObjective(engine, samples: samples, rows: rows, masks: masks), parameters.array.map { Double($0) }
    )
  }
}

/// A test function as an objective.
final class TestFunctionObjective: Objective {
  private let function: any TestFunction

  init(_ function: any TestFunction) { self.function = function }

  var dimension: Int { function.dimension }

  func value(at w: [Double]) -> Double {
    var gradient = w
    return function.value(at: w, gradient: &gradient)
  }

  func value(at w: [Double], gradient: inout [Double]) -> Double { function.value(at: w, gradient: &gradient) }

  func curvature(_ form: CurvatureForm, at w: [Double]) -> any CurvatureMatrix { function.curvature(form, at: w) }
}
