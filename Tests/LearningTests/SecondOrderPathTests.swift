import Kernels
import Learning
import TestSupport
import Testing

/// Batch methods on small networks against SciPy and PyTorch, from the same weights.
@Suite("Paths of batch methods")
struct SecondOrderPathTests {
  struct Case: Decodable {
    var steps: Int
    var memory: Int
    var paths: [Path]
    var leastSquares: [LeastSquares]
  }

  struct Path: Decodable, Sendable, CustomTestStringConvertible {
    var sizes: [Int]
    var activation: Activation
    var loss: Loss
    var l2: Double
    var features: FixtureArray
    var targets: FixtureArray
    var initial: FixtureArray
    var method: String
    var evaluations: Int
    var path: FixtureArray
    var losses: FixtureArray

    var testDescription: String { "\(method), \(sizes), \(loss)" }
  }

  struct LeastSquares: Decodable, Sendable, CustomTestStringConvertible {
    var sizes: [Int]
    var activation: Activation
    var features: FixtureArray
    var targets: FixtureArray
    var initial: FixtureArray
    var lossAtEnd: Double
    var end: FixtureArray

    var testDescription: String { "\(sizes)" }
  }

  static let fixture = try! Fixture.load("second_order", as: Case.self)

  @Test(arguments: fixture.paths)
  func stepByStep(path: Path) throws {
    let outcome = try run(path, Double.self)
    let size = outcome.path[0].parameters.count
    let expected = path.path.values(Double.self)
    let losses = path.losses.values(Double.self)
    #expect(outcome.path.count == losses.count)
    for (step, point) in outcome.path.enumerated() {
      // What rounding makes of a difference grows with the steps.
      let bound = step < 10 ? 1e-10 : 1e-7
      #expect(relativeError(point.parameters, Array(expected[step * size..<(step + 1) * size])) < bound, "step \(step)")
      #expect(abs(point.value - losses[step]) < bound * losses[step], "step \(step)")
    }
    #expect(outcome.counts.gradients == path.evaluations)
    #expect(outcome.counts.values == 0 && outcome.counts.products == 0)
  }

  /// In single precision the first steps agree to it, and the end is as low.
  @Test(arguments: fixture.paths)
  func singlePrecision(path: Path) throws {
    let outcome = try run(path, Float.self)
    let size = outcome.path[0].parameters.count
    let expected = path.path.values(Double.self)
    for step in 0...3 {
      let error = relativeError(outcome.path[step].parameters, Array(expected[step * size..<(step + 1) * size]))
      #expect(error < 1e-4, "step \(step)")
    }
    #expect(outcome.end.value < 1.1 * path.losses.values(Double.self).last!)
  }

  private func run<S: Scalar>(_ path: Path, _: S.Type) throws -> Descent.Result {
    let network = Network(sizes: path.sizes, activation: path.activation)
    let features = path.features.values(S.self)
    let samples: Samples<S> =
      path.loss == .softmaxCrossEntropy
      ? Samples(features: features, width: path.sizes[0], classes: path.targets.integers, of: network.outputs)
      : Samples(features: features, width: path.sizes[0], values: path.targets.values(), columns: network.outputs)
    let engine = Backpropagation<S>(
      network: network, loss: path.loss, dropout: .none(layers: network.layers.count), l2: path.l2)
    let method: any SecondOrderState =
      switch path.method {
      case "bfgs": BFGSState()
      case "lbfgs": LBFGSState(memory: Self.fixture.memory)
      default: ConjugateGradientState(ConjugateGradientState.Formula(rawValue: path.method)!)
      }
    return try Descent(maximumSteps: Self.fixture.steps).run(
      method, on: NetworkObjective(engine, samples: samples), from: path.initial.values())
  }

  /// Levenberg–Marquardt ends where SciPy's least_squares does.
  @Test(arguments: fixture.leastSquares)
  func levenbergMarquardtEndsThere(problem: LeastSquares) throws {
    let network = Network(sizes: problem.sizes, activation: problem.activation)
    let samples = Samples<Double>(
      features: problem.features.values(), width: problem.sizes[0], values: problem.targets.values(),
      columns: network.outputs)
    let engine = Backpropagation<Double>(
      network: network, loss: .squaredError, dropout: .none(layers: network.layers.count))
    let outcome = try Descent(maximumSteps: 500, stopping: .init(gradientTolerance: 1e-10)).run(
      LevenbergMarquardtState(), on: NetworkObjective(engine, samples: samples), from: problem.initial.values())
    #expect(abs(outcome.end.value - problem.lossAtEnd) < 1e-9 * problem.lossAtEnd)
    #expect(relativeError(outcome.end.parameters, problem.end.values()) < 1e-4)
    #expect(outcome.reason != nil)
  }
}
