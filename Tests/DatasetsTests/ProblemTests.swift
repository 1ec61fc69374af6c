import Curvature
import Experiments
import Foundation
import Kernels
import Learning
import TestSupport
import Testing

@testable import Datasets

/// Functions and random numbers against NumPy and SciPy: Fixtures/problems.py.
@Suite struct ProblemTests {
  private struct Fixture: Decodable {
    var random: [Random]
    var quadraticDeep: QuadraticDeep
    var rosenbrock: Rosenbrock

    struct Random: Decodable {
      var seed: UInt32
      var words: [UInt32]
      var normals: [Double]
      var uniforms: [Double]
      var last: Double
    }

    struct QuadraticDeep: Decodable {
      var eigenvalues: [Double]
      var trace: Double
      var image: [Double]
      var column: [Double]
      var point: [Double]
      var testPoint: [Double]
      var trainLoss: Double
      var testLoss: Double
      var runs: [Run]
    }

    struct Run: Decodable {
      var optimizer: String
      var rate: Double
      var train: Double
      var test: Double
      var end: [Double]
    }

    struct Rosenbrock: Decodable {
      var w: [Double]
      var value: Double
      var gradient: [Double]
      var hessian: [Double]
    }
  }

  private let fixture: Fixture

  init() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = try #require(Bundle.module.url(forResource: "Fixtures/problems", withExtension: "json"))
    fixture = try decoder.decode(Fixture.self, from: Data(contentsOf: file))
  }

  private func isClose(_ values: [Double], _ expected: [Double], _ tolerance: Double) -> Bool {
    values.count == expected.count
      && zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  // MARK: NumPy's random numbers

  /// Bit by bit: words on both sides of a renewal, and what comes after an odd number of normals.
  @Test func randomState() {
    for expected in fixture.random {
      var state = LegacyRandomState(seed: expected.seed)
      let words = (0..<700).map { _ in state.nextWord() }
      #expect([0, 1, 623, 624, 699].map { words[$0] } == expected.words)
      state = LegacyRandomState(seed: expected.seed)
      #expect((0..<7).map { _ in state.nextNormal() } == expected.normals)
      #expect((0..<5).map { _ in state.nextUniform() } == expected.uniforms)
      #expect(state.nextNormal() == expected.last)
    }
  }

  // MARK: quadratic_deep

  @Test func quadraticDeepIsThePublishedOne() throws {
    let expected = fixture.quadraticDeep
    let problem = PreparedProblem(ProblemSpecification(.quadraticDeep, start: [1]))
    let function = try #require(problem.function as? SpectralFunction)
    #expect([0, 1, 89, 90, 99].map { function.eigenvalues[$0] } == expected.eigenvalues)
    let q = function.curvature(.hessian, at: problem.start)
    // The figures that DeepOBS' own data have.
    #expect(abs(q.trace - 477.61228) < 1e-5 && abs(q.trace - expected.trace) < 1e-10)
    let spectrum = try q.spectrum(vectors: false).values
    #expect(abs(spectrum[99] - 53.1290154) < 1e-7 && abs(spectrum[0] - 0.0055221) < 1e-7)
    #expect(isClose(spectrum, function.eigenvalues.sorted(), 1e-12))
    #expect(isClose((0..<100).map { q[$0, 7] }, expected.column, 1e-12))
    var image = [0.0]
    _ = function.value(at: [Double](repeating: 1, count: 100), gradient: &image)
    #expect(isClose(image, expected.image, 1e-11))

    let samples = problem.samples(as: Double.self)
    #expect(samples.train.count == 1000 && samples.validation.count == 896 && samples.test.count == 0)
    #expect(Array(samples.train.features.array[99_995...]) == expected.point)
    #expect(Array(samples.validation.features.array[89_595...]) == expected.testPoint)

    let start = AlignedBuffer(problem.start)
    let loss = ProblemLoss<Double>(function)
    #expect(abs(loss.evaluate(start, on: samples.train).loss / expected.trainLoss - 1) < 1e-12)
    let test = loss.evaluate(start, on: samples.validation).loss
    #expect(abs(test / expected.testLoss - 1) < 1e-12)
    // Published from single precision.
    #expect(abs(test - 353.446764) < 1e-5)
    let single = ProblemLoss<Float>(function).evaluate(
      AlignedBuffer(problem.start.map { Float($0) }), on: problem.samples(as: Float.self).validation)
    #expect(abs(single.loss - 353.446764) < 1e-4)
    #expect(loss.evaluate(start, on: samples.test).loss.isNaN)
  }

  /// Ten epochs in the order of the data, without the remainder.
  @Test func runsAreNumPys() {
    let problem = PreparedProblem(ProblemSpecification(.quadraticDeep, start: [1]))
    for run in fixture.quadraticDeep.runs {
      let optimizer: any OptimizerState<Double> =
        switch run.optimizer {
        case "gradient_descent": GradientDescentState()
        case "momentum": MomentumState(parameterCount: 100, momentum: 0.99)
        default: AdamState(parameterCount: 100)
        }
      var plan = TrainingPlan(epochs: 10, batchSize: 128, learningRate: run.rate, seed: 0, shuffles: false)
      plan.dropsRemainder = true
      let trainer = Trainer(
        engine: ProblemLoss<Double>(problem.function), optimizer: optimizer, parameters: AlignedBuffer(problem.start),
        samples: problem.samples(as: Double.self), plan: plan)
      #expect(trainer.run() == .completed && trainer.steps == 70)
      #expect(abs(trainer.measurements[10].training.loss / run.train - 1) < 1e-9)
      #expect(abs(trainer.measurements[10].validation.loss / run.test - 1) < 1e-9)
      #expect(isClose(Array(trainer.parameters.array[..<3]), run.end, 1e-9))
    }
  }

  // MARK: Functions

  @Test func rosenbrockIsSciPys() {
    let expected = fixture.rosenbrock
    let function = Rosenbrock(dimension: 4)
    var gradient: [Double] = []
    let value = function.value(at: expected.w, gradient: &gradient)
    #expect(abs(value / expected.value - 1) < 1e-14)
    #expect(isClose(gradient, expected.gradient, 1e-13))
    #expect(isClose(function.curvature(.hessian, at: expected.w).elements, expected.hessian, 1e-13))
    // At the minimum the residuals are zero, so that both matrices are the same.
    let minimum = [1.0, 1, 1, 1]
    #expect(function.value(at: minimum) == 0)
    #expect(
      function.curvature(.hessian, at: minimum).elements == function.curvature(.gaussNewton, at: minimum).elements)
  }

  private static let functions: [ProblemSpecification] = [
    ProblemSpecification(.quadratic(eigenvalues: [10, 0.5, 0, 2], rotationSeed: nil), start: [1]),
    ProblemSpecification(.quadratic(eigenvalues: [10, 0.5, 0, 2], rotationSeed: 3), start: [1]),
    ProblemSpecification(.saddle(eigenvalues: [2, -0.5, -3], quartic: 0.7, rotationSeed: nil), start: [1]),
    ProblemSpecification(.saddle(eigenvalues: [2, -0.5, -3], quartic: 0.7, rotationSeed: 1), start: [1]),
    ProblemSpecification(.rosenbrock(dimension: 5), start: [1]),
  ]

  /// Central differences of the value give the gradient, and those of the gradient the Hessian.
  @Test(arguments: functions)
  func derivatives(specification: ProblemSpecification) {
    let function = PreparedProblem(specification).function
    let count = function.dimension
    let w = [0.3, 0.55, 0.5, 0.15, -0.5].prefix(count).map { $0 }
    var gradient: [Double] = []
    _ = function.value(at: w, gradient: &gradient)
    let hessian = function.curvature(.hessian, at: w)
    let h = 1e-5
    for index in 0..<count {
      var (up, down) = (w, w)
      up[index] += h
      down[index] -= h
      var (above, below) = ([0.0], [0.0])
      let difference = function.value(at: up, gradient: &above) - function.value(at: down, gradient: &below)
      #expect(abs(difference / (2 * h) - gradient[index]) < 1e-6 * max(1, abs(gradient[index])))
      let column = zip(above, below).map { ($0 - $1) / (2 * h) }
      #expect(isClose(column, (0..<count).map { hessian[$0, index] }, 1e-6))
    }
  }

  /// The Hessian at 0 has the eigenvalues that were asked for, in whatever basis; the wells are where the docs say.
  @Test func chosenSpectra() throws {
    for seed: UInt64? in [nil, 1, 7] {
      let specification = ProblemSpecification(
        .saddle(eigenvalues: [2, -0.5, -3, 40], quartic: 0.7, rotationSeed: seed), start: [1])
      let function = PreparedProblem(specification).function
      let origin = [0.0, 0, 0, 0]
      let spectrum = try function.curvature(.hessian, at: origin).spectrum(vectors: false).values
      #expect(isClose(spectrum, [-3, -0.5, 2, 40], 1e-12))
      // λ²/4κ a well.
      #expect(abs(function.value(at: origin) - (9 + 0.25) / 2.8) < 1e-12)
    }
    let wells = SpectralFunction(eigenvalues: [2, -0.5, -3], quartic: 0.7)
    let bottom = [0, -(0.5 / 0.7).squareRoot(), (3 / 0.7).squareRoot()]
    var gradient: [Double] = []
    #expect(abs(wells.value(at: bottom, gradient: &gradient)) < 1e-15 && isClose(gradient, [0, 0, 0], 1e-14))
    // Half a sum of squares with residuals of 0: both matrices are the same.
    #expect(
      isClose(
        wells.curvature(.gaussNewton, at: bottom).elements, wells.curvature(.hessian, at: bottom).elements, 1e-12))
  }

  /// The mean over a batch equals the mean of the values at its points.
  @Test func meansOverPoints() {
    let function = SpectralFunction(eigenvalues: [3, 0.2], rotation: [0.6, 0.8, -0.8, 0.6])
    let points = [0.3, -1, 2, 0.5, -0.7, 0.1]
    let values = [0, 1, 2].map { function.value(at: [points[2 * $0], points[2 * $0 + 1]]) }
    let samples = Samples<Double>(
      count: 3, featureCount: 2, features: AlignedBuffer(points), targets: .values(AlignedBuffer(values), columns: 1))
    let w = [1.5, -2]
    func mean(_ rows: [Int]) -> Double {
      let losses: [Double] = rows.map { row in
        let distance: [Double] = [w[0] - points[2 * row], w[1] - points[2 * row + 1]]
        return function.value(at: distance)
      }
      return losses.reduce(0, +) / Double(rows.count)
    }
    let objective = ProblemObjective(function, samples: samples)
    #expect(abs(objective.value(at: w) - mean([0, 1, 2])) < 1e-13)
    objective.rows = [2, 0]
    #expect(abs(objective.value(at: w) - mean([2, 0])) < 1e-13)
    let loss = ProblemLoss<Double>(function).evaluate(AlignedBuffer(w), on: samples)
    #expect(abs(loss.loss - mean([0, 1, 2])) < 1e-13 && loss.accuracy.isNaN)
  }
}
