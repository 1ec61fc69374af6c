import Curvature

/// Σᵢ 100(wᵢ₊₁ − wᵢ²)² + (1 − wᵢ)², with its minimum 0 at (1, …, 1), at the end of a curved valley.
///
/// Rosenbrock (1960), in the form for n dimensions that SciPy's `rosen` has.
public struct Rosenbrock: TestFunction {
  public let dimension: Int

  public init(dimension: Int = 2) {
    precondition(dimension >= 2)
    self.dimension = dimension
  }

  public var isQuadratic: Bool { false }

  public func value(at w: [Double], gradient: inout [Double]) -> Double {
    gradient = [Double](repeating: 0, count: dimension)
    var value = 0.0
    for index in 0..<dimension - 1 {
      let bend = w[index + 1] - w[index] * w[index]
      let rest = 1 - w[index]
      value += 100 * bend * bend + rest * rest
      gradient[index] += -400 * w[index] * bend - 2 * rest
      gradient[index + 1] += 200 * bend
    }
    return value
  }

  public func curvature(_ form: CurvatureForm, at w: [Double]) -> SymmetricMatrix {
    SymmetricMatrix(dimension: dimension) { matrix in
      for index in 0..<dimension - 1 {
        let corner = matrix + index * (dimension + 1)
        // What the Gauss–Newton matrix leaves out: the residual wᵢ₊₁ − wᵢ² times its own curvature.
        let bend = form == .hessian ? w[index + 1] - w[index] * w[index] : 0
        corner[0] += 800 * w[index] * w[index] - 400 * bend + 2
        corner[1] = -400 * w[index]
        corner[dimension] = -400 * w[index]
        corner[dimension + 1] += 200
      }
    }
  }
}
