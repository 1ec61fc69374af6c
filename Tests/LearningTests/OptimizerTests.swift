import Kernels
import Learning
import RealModule
import Testing

/// Every optimizer on ½wᵀAw − bᵀw, whose minimum is known.
@Suite("Optimizers on a convex quadratic")
struct OptimizerTests {
  struct Run: Sendable, CustomTestStringConvertible {
    var name: String
    var learningRate: Double
    var values: [String: Double] = [:]

    var testDescription: String { "\(name) \(values.sorted { $0.key < $1.key })" }

    /// The rate falls to nothing by half a cosine, so that methods of constant step length come to rest too.
    static let all = [
      Run(name: "gradient_descent", learningRate: 0.3),
      Run(name: "gradient_descent", learningRate: 0.3, values: ["weight_decay": 0.4]),
      Run(name: "momentum", learningRate: 0.1),
      Run(name: "momentum", learningRate: 0.1, values: ["weight_decay": 0.4]),
      Run(name: "nesterov", learningRate: 0.1),
      Run(name: "nesterov", learningRate: 0.1, values: ["weight_decay": 0.4]),
      Run(name: "adagrad", learningRate: 0.5),
      Run(name: "adagrad", learningRate: 0.5, values: ["weight_decay": 0.4]),
      Run(name: "adadelta", learningRate: 1, values: ["epsilon": 1e-3]),
      Run(name: "adadelta", learningRate: 1, values: ["epsilon": 1e-3, "weight_decay": 0.4]),
      Run(name: "rmsprop", learningRate: 0.02),
      Run(name: "rmsprop", learningRate: 0.02, values: ["weight_decay": 0.4]),
      Run(name: "adam", learningRate: 0.05),
      Run(name: "adam", learningRate: 0.05, values: ["weight_decay": 0.4]),
      Run(name: "adamw", learningRate: 0.05, values: ["weight_decay": 0]),
      Run(name: "nadam", learningRate: 0.05),
      Run(name: "nadam", learningRate: 0.05, values: ["weight_decay": 0.4]),
      Run(name: "lion", learningRate: 0.02),
    ]
  }

  /// A = diag(½, 1, 2, 4) turned by Householder's reflection about (1, 1, 1, 1)/2, so that no axis is its own.
  private static let matrix: [[Double]] = {
    let eigenvalues = [0.5, 1.0, 2, 4]
    func reflection(_ i: Int, _ j: Int) -> Double { (i == j ? 1 : 0) - 0.5 }
    return (0..<4).map { i in
      (0..<4).map { j in (0..<4).reduce(0) { $0 + reflection(i, $1) * eigenvalues[$1] * reflection(j, $1) } }
    }
  }()
  private static let target = [1.0, -2, 0.5, 3]

  /// (A + λI)⁻¹Ax: where A's minimum x moves by coupled weight decay.
  private static func minimum(decay: Double) -> [Double] {
    let eigenvalues = [0.5, 1.0, 2, 4]
    func reflection(_ i: Int, _ j: Int) -> Double { (i == j ? 1 : 0) - 0.5 }
    let coordinates = (0..<4).map { k in (0..<4).reduce(0) { $0 + reflection($1, k) * target[$1] } }
    return (0..<4).map { i in
      (0..<4).reduce(0) { $0 + reflection(i, $1) * coordinates[$1] * eigenvalues[$1] / (eigenvalues[$1] + decay) }
    }
  }

  @Test(arguments: Run.all)
  func reachTheMinimum(run: Run) {
    check(run, Double.self, tolerance: 1e-5)
    check(run, Float.self, tolerance: 1e-5)
  }

  private func check<S: Scalar>(_ run: Run, _: S.Type, tolerance: Double) {
    let optimizer: any OptimizerState<S> = makeOptimizer(run.name, run.values, parameterCount: 4)
    let parameters = AlignedBuffer<S>(count: 4)
    let gradient = AlignedBuffer<S>(count: 4)
    func fill() -> Double {
      for i in 0..<4 {
        gradient[i] = (0..<4).reduce(0) { $0 + S(Self.matrix[i][$1]) * (parameters[$1] - S(Self.target[$1])) }
      }
      return gradient.array.reduce(0) { $0 + Double($1) * Double($1) }
    }
    let steps = 4000
    for step in 0..<steps {
      let square = fill()
      let rate = run.learningRate * 0.5 * (1 + Double.cos(Double.pi * Double(step) / Double(steps)))
      let reported = optimizer.update(parameters, gradient: gradient, learningRate: rate)
      #expect((reported - square).magnitude <= 4 * Double(S.ulpOfOne) * square)
    }
    let minimum = Self.minimum(decay: run.values["weight_decay"] ?? 0)
    #expect(relativeError(parameters.array.map { Double($0) }, minimum) < tolerance)
  }

  /// The decay of AdamW and Lion acts without a gradient: w shrinks by 1 − ηλ a step.
  @Test(arguments: ["adamw", "lion"])
  func decoupledDecayNeedsNoGradient(name: String) {
    let optimizer: any OptimizerState<Double> = makeOptimizer(name, ["weight_decay": 0.5], parameterCount: 1)
    let parameters = AlignedBuffer([3.0])
    for _ in 0..<10 {
      _ = optimizer.update(parameters, gradient: AlignedBuffer([0.0]), learningRate: 0.1)
    }
    #expect((parameters[0] / (3 * Double.pow(0.95, 10)) - 1).magnitude < 1e-14)
  }

  /// Odd lengths end within a vector: the last parameters move like the first.
  @Test(arguments: OptimizerTests.names, [1, 15, 16, 17, 33])
  func everyParameterMoves(name: String, count: Int) {
    let optimizer: any OptimizerState<Float> = makeOptimizer(name, [:], parameterCount: count)
    let parameters = AlignedBuffer([Float](repeating: 1, count: count))
    for step in 1...3 {
      let gradient = AlignedBuffer([Float](repeating: Float(step), count: count))
      let square = optimizer.update(parameters, gradient: gradient, learningRate: 0.01)
      #expect(square == Double(step * step * count))
    }
    #expect(Set(parameters.array).count == 1)
    #expect(parameters[0] < 1)
  }

  static let names = [
    "gradient_descent", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam", "lion",
  ]
}
