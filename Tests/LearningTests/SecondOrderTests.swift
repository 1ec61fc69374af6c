import Curvature
import Kernels
import Learning
import RealModule
import TestSupport
import Testing

/// Problems whose solutions, and the steps they take, are known.
@Suite("Second-order methods")
struct SecondOrderTests {
  private static let exact = LineSearch(.quadratic)

  /// 12 eigenvalues, four of them distinct.
  private func repeated() -> (FunctionObjective, minimum: [Double], start: [Double]) {
    quadratic([1, 1, 1, 4, 4, 4, 4, 9, 9, 30, 30, 30])
  }

  private func quadratic(_ spectrum: [Double]) -> (FunctionObjective, minimum: [Double], start: [Double]) {
    var numbers = TestNumbers(seed: 8)
    let minimum: [Double] = numbers.normals(spectrum.count)
    let matrix = matrix(spectrum: spectrum)
    let start: [Double] = numbers.normals(spectrum.count, scale: 3)
    return (.quadratic(matrix, matrix.product(with: minimum)), minimum, start)
  }

  @Test(arguments: [CurvatureForm.hessian, .gaussNewton], [true, false])
  func newtonEndsInOneStep(form: CurvatureForm, isRegularized: Bool) throws {
    let (objective, minimum, start) = repeated()
    let search = LineSearch(isRegularized ? .backtracking : .none)
    let result = try Descent(maximumSteps: 1).run(
      NewtonState(form: form, isRegularized: isRegularized, search: search), on: objective, from: start)
    #expect(distance(result.end.parameters, minimum) < 1e-10)
    #expect(result.counts.products == 12)
    #expect(result.reports[0].stepLength == 1 && result.reports[0].damping == 0)
  }

  @Test(arguments: ConjugateGradientState.Formula.allCases)
  func conjugateGradientsTakeAStepADistinctEigenvalue(formula: ConjugateGradientState.Formula) throws {
    let (objective, minimum, start) = repeated()
    let result = try Descent(maximumSteps: 4).run(
      ConjugateGradientState(formula, search: Self.exact), on: objective, from: start)
    #expect(distance(result.end.parameters, minimum) < 1e-10)
    #expect(distance(result.path[3].parameters, minimum) > 1e-3)
  }

  /// The directions of a quadratic's conjugate gradients: dᵢᵀAdⱼ = 0.
  @Test func directionsAreConjugate() throws {
    let (objective, _, start) = quadratic([1, 2, 3, 5, 8])
    let result = try Descent(maximumSteps: 5).run(
      ConjugateGradientState(.polakRibiere, search: Self.exact), on: objective, from: start)
    let moves = zip(result.path, result.path.dropFirst()).map { before, after in
      zip(after.parameters, before.parameters).map { $0 - $1 }
    }
    let hessian = objective.curvature(.hessian, at: start)
    for i in moves.indices {
      for j in moves.indices where i < j {
        let image = hessian.product(with: moves[j])
        let lengths = inner(moves[i], moves[i]).squareRoot() * inner(image, image).squareRoot()
        #expect(abs(inner(moves[i], image)) < 1e-10 * lengths)
      }
    }
  }

  @Test func quasiNewtonEndsInAStepAParameterAndOne() throws {
    let (objective, minimum, start) = quadratic([1, 2, 3, 5, 8, 13])
    for method in [BFGSState(search: Self.exact), LBFGSState(memory: 6, search: Self.exact)] as [any SecondOrderState] {
      let result = try Descent(maximumSteps: 7).run(method, on: objective, from: start)
      #expect(distance(result.end.parameters, minimum) < 1e-10)
      #expect(distance(result.path[4].parameters, minimum) > 1e-3)
    }
  }

  /// With exact searches on a quadratic, BFGS takes the steps of conjugate gradients.
  @Test func exactBFGSIsConjugateGradients() throws {
    let (objective, _, start) = quadratic([1, 2, 3, 5, 8, 13])
    let descent = Descent(maximumSteps: 5)
    let first = try descent.run(BFGSState(search: Self.exact), on: objective, from: start)
    let second = try descent.run(
      ConjugateGradientState(.fletcherReeves, search: Self.exact), on: objective, from: start)
    for (left, right) in zip(first.path, second.path) { #expect(distance(left.parameters, right.parameters) < 1e-10) }
  }

  @Test(
    arguments: [
      ("newton", 40), ("truncated", 120), ("fletcher_reeves", 400), ("polak_ribiere", 100), ("bfgs", 60),
      ("lbfgs", 60), ("gauss_newton", 20), ("levenberg_marquardt", 60),
    ])
  func rosenbrock(name: String, steps: Int) throws {
    let method: any SecondOrderState =
      switch name {
      case "newton": NewtonState()
      case "truncated": TruncatedNewtonState()
      case "bfgs": BFGSState()
      case "lbfgs": LBFGSState()
      case "gauss_newton": NewtonState(form: .gaussNewton)
      case "levenberg_marquardt": LevenbergMarquardtState()
      default: ConjugateGradientState(ConjugateGradientState.Formula(rawValue: name)!)
      }
    let result = try Descent(maximumSteps: steps, stopping: .init(gradientTolerance: 1e-9)).run(
      method, on: FunctionObjective.rosenbrock, from: [-1.2, 1])
    #expect(result.reason == .gradient)
    #expect(distance(result.end.parameters, [1, 1]) < 1e-8)
  }

  /// An objective times any number has the same path: SciPy 1.17.1's L-BFGS-B takes 281 to 286 iterations on these, and an
  /// absolute bound on sᵀy leaves steepest descent.
  @Test(arguments: [1, 1e-6, 1e-9, 1e-12])
  func lbfgsRemembersSmallSteps(scale: Double) throws {
    let curvatures = (0..<100).map { scale * Double.pow(1000, Double($0) / 99) }
    let objective = FunctionObjective(
      dimension: 100, value: { w in zip(curvatures, w).reduce(0) { $0 + 0.5 * $1.0 * $1.1 * $1.1 } },
      gradient: { w in zip(curvatures, w).map { $0 * $1 } },
      hessian: { _ in
        SymmetricMatrix(dimension: 100) { matrix in
          for index in 0..<100 { matrix[index * 101] = curvatures[index] }
        }
      })
    let result = try Descent(maximumSteps: 400, stopping: .init(gradientTolerance: scale * 1e-6)).run(
      LBFGSState(), on: objective, from: [Double](repeating: 1, count: 100))
    #expect(result.reason == .gradient)
  }

  /// Without restarts β = ‖g⁺‖²/‖g‖² keeps a short step short: 0.97 is left after 3,000 steps.
  @Test func fletcherReevesDoesNotJam() throws {
    let start = (0..<10).map { $0.isMultiple(of: 2) ? -1.2 : 1.0 }
    let result = try Descent(maximumSteps: 300, stopping: .init(gradientTolerance: 1e-8)).run(
      ConjugateGradientState(.fletcherReeves), on: TestFunctionObjective(Rosenbrock(dimension: 10)), from: start)
    #expect(result.reason == .gradient)
    let value = result.end.value
    // The minimum, 0 at (1, …, 1), or the other one that ten dimensions have, near (−1, 1, …, 1): 3.99 (Shang and Qiu, 2006).
    #expect(value < 1e-12 || abs(value - 3.9866) < 1e-3, "\(value)")
  }

  // MARK: Saddles

  @Test func plainNewtonGoesToTheSaddle() throws {
    let plain = NewtonState(isRegularized: false, search: LineSearch(.none))
    let result = try Descent(maximumSteps: 30, stopping: .init(gradientTolerance: 1e-14)).run(
      plain, on: FunctionObjective.saddle, from: [0.2, 0.7])
    #expect(distance(result.end.parameters, [0, 0]) < 1e-14)
    #expect(result.reason == .gradient)
  }

  @Test func theRegularizedOneLeavesIt() throws {
    let result = try Descent(maximumSteps: 30, stopping: .init(gradientTolerance: 1e-12)).run(
      NewtonState(), on: FunctionObjective.saddle, from: [0.2, 0.7])
    #expect(distance(result.end.parameters.map(abs), [1, 0]) < 1e-12)
    #expect(result.reports[0].damping > 0.88 && result.reports.last!.damping == 0)
  }

  /// At small weights a network of two linear layers stands by the saddle at zero.
  @Test func saddleOfANetwork() throws {
    let surface = LossSurface<Double>(
      sizes: [2, 2, 2], activation: .identity, loss: .squaredError, samples: 30, l2: 0, bias: false)
    let (objective, far) = surface.objective
    let start = far.map { 0.05 * $0 }
    let descent = Descent(maximumSteps: 60, stopping: .init(gradientTolerance: 1e-11))
    let plain = try descent.run(
      NewtonState(isRegularized: false, search: LineSearch(.none)), on: objective, from: start)
    let there = try objective.curvature(.hessian, at: plain.end.parameters).denseMatrix(limit: 100).spectrum().values
    #expect(plain.reason == .gradient && there[0] < -0.01)
    #expect(distance(plain.end.parameters, [Double](repeating: 0, count: 8)) < 1e-10)

    let regularized = try descent.run(NewtonState(), on: objective, from: start)
    let end = try objective.curvature(.hessian, at: regularized.end.parameters).denseMatrix(limit: 100)
    #expect(try end.spectrum().values[0] > -1e-9)
    #expect(regularized.end.value < plain.end.value - 0.01)
  }

  @Test func truncatedNewtonTakesNegativeCurvatureForDescent() throws {
    let result = try Descent(maximumSteps: 30, stopping: .init(gradientTolerance: 1e-9)).run(
      TruncatedNewtonState(), on: FunctionObjective.saddle, from: [0.05, 0.7])
    #expect(distance(result.end.parameters.map(abs), [1, 0]) < 1e-9)
  }

  // MARK: Orders of convergence

  /// log(e₃/e₂)/log(e₂/e₁) of the last errors that stand out of the rounding.
  private func exponent(_ path: [Iterate], from end: [Double]) throws -> Double {
    let errors = path.map { distance($0.parameters, end) }.filter { $0 > 1e-13 }
    try #require(errors.count >= 3)
    let last = errors.suffix(3).map { Double.log($0) }
    return (last[2] - last[1]) / (last[1] - last[0])
  }

  @Test func newtonConvergesQuadratically() throws {
    let surface = LossSurface<Double>(
      sizes: [3, 4], activation: .identity, loss: .softmaxCrossEntropy, samples: 60, l2: 0.05, bias: false)
    let (objective, start) = surface.objective
    let newton = try Descent(maximumSteps: 20).run(NewtonState(search: LineSearch(.none)), on: objective, from: start)
    let minimum = newton.end.parameters
    #expect(newton.end.gradientNorm < 1e-15)
    #expect(try abs(exponent(newton.path, from: minimum) - 2) < 0.25)
    let diagonal = try Descent(maximumSteps: 12).run(DiagonalNewtonState(), on: objective, from: start)
    #expect(try abs(exponent(diagonal.path, from: minimum) - 1) < 0.25)
  }

  /// A hidden layer makes the loss anything but convex; from its minimum's neighbourhood on the order is the same.
  @Test func newtonConvergesQuadraticallyOnANetwork() throws {
    let surface = LossSurface<Double>(
      sizes: [3, 3, 2], activation: .tanh, loss: .squaredError, samples: 50, l2: 0.005)
    let (objective, start) = surface.objective
    let result = try Descent(maximumSteps: 100, stopping: .init(gradientTolerance: 1e-15, stepTolerance: 1e-15)).run(
      NewtonState(), on: objective, from: start)
    let end = result.end.parameters
    #expect(try objective.curvature(.hessian, at: end).denseMatrix(limit: 100).spectrum().values[0] > 1e-3)
    #expect(try abs(exponent(result.path, from: end) - 2) < 0.25)
  }

  // MARK: Levenberg–Marquardt

  private func regression() -> (loss: NetworkObjective<Double>, start: [Double]) {
    LossSurface<Double>(sizes: [3, 3, 2], activation: .tanh, loss: .squaredError, samples: 40, l2: 0.01).objective
  }

  @Test func levenbergMarquardtIsGaussNewtonForLittleDamping() throws {
    let (objective, start) = regression()
    let matrix = try objective.curvature(.gaussNewton, at: start).denseMatrix(limit: 100)
    let gradient = Iterate(objective, at: start).gradient
    let step = try CholeskyFactor(matrix).solve(gradient).map { -$0 }
    // Half-way there, so that the full step lowers the loss.
    let result = try Descent(maximumSteps: 1).run(
      LevenbergMarquardtState(initialDamping: 1e-13), on: objective, from: start)
    let move = zip(result.end.parameters, start).map { $0 - $1 }
    #expect(relativeError(move, step) < 1e-8)
  }

  @Test func levenbergMarquardtIsGradientDescentForMuchDamping() throws {
    let (objective, start) = regression()
    let gradient = Iterate(objective, at: start).gradient
    let result = try Descent(maximumSteps: 1).run(
      LevenbergMarquardtState(initialDamping: 1e7), on: objective, from: start)
    let mu = result.reports[0].damping
    let move = zip(result.end.parameters, start).map { ($0 - $1) * mu }
    #expect(relativeError(move, gradient.map { -$0 }) < 1e-6)
  }

  /// Nielsen's rule: μ falls to a third after a step as good as foretold, and ν doubles from failure to failure.
  @Test func dampingFollowsNielsen() throws {
    let (objective, _, start) = quadratic([1, 2, 3])
    let result = try Descent(maximumSteps: 3).run(
      LevenbergMarquardtState(initialDamping: 0.5), on: objective, from: start)
    // A quadratic's gain ratio is 1 at any damping: μ₀ = ½·max aᵢᵢ, then μ₀/3, μ₀/9.
    let dampings = result.reports.map(\.damping)
    let largest = try objective.curvature(.gaussNewton, at: start).denseMatrix(limit: 3).diagonal().max()!
    #expect(abs(dampings[0] - 0.5 * largest) < 1e-12)
    #expect(abs(dampings[1] - dampings[0] / 3) < 1e-9 && abs(dampings[2] - dampings[0] / 9) < 1e-9)
    // From far up Rosenbrock's valley the first steps fail: μ·2·4·8 …
    let hard = LevenbergMarquardtState(initialDamping: 1e-9)
    let failing = FunctionObjective.line(
      { $0 * $0 / (1 + $0 * $0) }, slope: { 2 * $0 / ((1 + $0 * $0) * (1 + $0 * $0)) })
    let report = try Descent(maximumSteps: 1).run(hard, on: failing, from: [-30]).reports[0]
    let attempts = report.innerIterations
    let exponent = attempts * (attempts - 1) / 2
    #expect(abs(report.damping / (1e-9 * .exp2(Double(exponent))) - 1) < 1e-12)
  }

  // MARK: Diagonals

  @Test func diagonalNewtonSolvesADiagonalProblem() throws {
    let matrix = SymmetricMatrix(dimension: 3, elements: [1, 0, 0, 0, 50, 0, 0, 0, 7])
    let objective = FunctionObjective.quadratic(matrix, [1, 2, 3])
    let result = try Descent(maximumSteps: 1).run(
      DiagonalNewtonState(damping: 1e-12), on: objective, from: [4, 5, 6])
    #expect(distance(result.end.parameters, [1, 2.0 / 50, 3.0 / 7]) < 1e-10)
  }

  /// ⟨h⟩ of two batches with curvatures 2 and 6, γ = ¼: 2, then 3; η/(⟨h⟩ + μ) by hand.
  @Test func stochasticDiagonalByHand() throws {
    func batch(_ h: Double) -> FunctionObjective { .quadratic(SymmetricMatrix(dimension: 1, elements: [h]), [0]) }
    let method = StochasticDiagonalLMState(decay: 0.25, damping: 1)
    var point = Iterate(batch(2), at: [1])
    _ = try method.update(&point, of: batch(2), learningRate: 0.5)
    #expect(abs(point.parameters[0] - (1 - 0.5 * 2 / 3)) < 1e-15)
    let before = point.parameters[0]
    point = Iterate(batch(6), at: point.parameters)
    _ = try method.update(&point, of: batch(6), learningRate: 0.5)
    #expect(abs(point.parameters[0] - before * (1 - 0.5 * 6 / 4)) < 1e-15)
  }

  // MARK: Stops

  @Test func saysWhyItStopped() throws {
    let (objective, minimum, start) = repeated()
    #expect(try Descent(maximumSteps: 3).run(LBFGSState(), on: objective, from: start).reason == nil)
    let tolerant = Descent(maximumSteps: 500, stopping: .init(gradientTolerance: 1e-3))
    let byGradient = try tolerant.run(LBFGSState(), on: objective, from: start)
    #expect(byGradient.reason == .gradient && byGradient.end.gradientNorm <= 1e-3)
    #expect(try tolerant.run(LBFGSState(), on: objective, from: minimum).reports.isEmpty)
    let byStep = try Descent(maximumSteps: 500, stopping: .init(stepTolerance: 1e-4)).run(
      LBFGSState(), on: objective, from: start)
    #expect(byStep.reason == .step)
    #expect(byStep.reports.last!.movement < 1e-4 * 10 && byStep.reports.dropLast().allSatisfy { $0.movement > 1e-4 })
  }

  /// Down to the last bit there is no lower point, and the methods say so instead of moving on.
  @Test func stallsWhereRoundingEndsIt() throws {
    let (objective, minimum, start) = repeated()
    for method in [
      BFGSState(), LBFGSState(), ConjugateGradientState(.polakRibiere), NewtonState(), LevenbergMarquardtState(),
    ]
      as [any SecondOrderState]
    {
      let result = try Descent(maximumSteps: 2_000, stopping: .init(stepTolerance: 1e-15)).run(
        method, on: objective, from: start)
      #expect(result.reason != nil)
      #expect(distance(result.end.parameters, minimum) < 1e-6)
    }
  }
}
