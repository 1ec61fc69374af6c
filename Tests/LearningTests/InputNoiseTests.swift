import Kernels
import TestSupport
import Testing

@testable import Learning

/// Normal noise on the inputs in training.
@Suite("Noise on the inputs")
struct InputNoiseTests {
  private func samples<S: Scalar>(_ count: Int, width: Int, seed: UInt64 = 3) -> Samples<S> {
    var numbers = TestNumbers(seed: seed)
    return Samples(
      features: numbers.normals(count * width), width: width, classes: numbers.classes(count, of: 3), of: 3)
  }

  private func train<S: Scalar>(_ noise: Double, _: S.Type) -> Trainer<S> {
    let network = Network(sizes: [6, 20, 3], activation: .relu)
    let trainer = Trainer(
      engine: Backpropagation<S>(
        network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: [0.9, 0.5]),
        inputNoise: noise),
      optimizer: MomentumState(parameterCount: network.parameterCount),
      parameters: network.initialParameters(.he, seed: 4), samples: samples(70, width: 6).everywhere,
      plan: TrainingPlan(epochs: 8, batchSize: 16, learningRate: 0.1, seed: 1))
    _ = trainer.run()
    return trainer
  }

  /// Noise that disappears in the rounding leaves the masks as they are.
  @Test func noiseTakesNothingFromTheMasks() {
    let quiet = train(0, Float.self).parameters.array
    #expect(train(1e-30, Float.self).parameters.array == quiet)
    #expect(train(1e-3, Float.self).parameters.array != quiet)
  }

  /// Mean 0, variance σ², fourth moment 3σ⁴, none of it shared between neighbours, samples, steps or seeds: each mean
  /// within five standard errors.
  @Test func momentsAreThoseOfIndependentNormalNumbers() {
    let (rows, width, sigma) = (500, 40, 0.7)
    let network = Network(inputs: width, hidden: [], outputs: 3, activation: .identity)
    let engine = Backpropagation<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 1), inputNoise: sigma)
    let zeros = AlignedBuffer<Double>(count: network.parameterCount)
    let data = Samples(
      features: [Double](repeating: 0, count: rows * width), width: width, classes: [Int32](repeating: 0, count: rows),
      of: 3)
    func noise(seed: UInt64, step: Int) -> [Double] {
      engine.startMasks((seed: seed, step: step))
      engine.forward(zeros, data, nil, Block(start: 0, count: rows), masked: true)
      return Array(engine.inputs[0].array.prefix(rows * width))
    }
    let x = noise(seed: 1, step: 0)
    let count = Double(x.count)
    func mean(_ values: some Sequence<Double>) -> Double { values.reduce(0, +) / count }
    let square = sigma * sigma
    #expect(mean(x).magnitude < 5 * sigma / count.squareRoot())
    #expect((mean(x.map { $0 * $0 }) - square).magnitude < 5 * square * (2 / count).squareRoot())
    #expect(
      (mean(x.map { $0 * $0 * $0 * $0 }) - 3 * square * square).magnitude < 5 * square * square
        * (96 / count).squareRoot())
    for other in [
      Array(x.dropFirst()), Array(x.dropFirst(width)), noise(seed: 1, step: 1), noise(seed: 2, step: 0),
    ] {
      #expect(mean(zip(x, other).map { $0 * $1 }).magnitude < 5 * square / count.squareRoot())
    }
    #expect(noise(seed: 1, step: 0) == x)
  }

  /// For a linear unit and squared error the mean gradient over the noise is that of the loss with the penalty ½σ²‖W‖²
  /// (Bishop, 1995): within five standard errors, taken from the draws.
  @Test(arguments: [0.3, 1.0])
  func meanGradientIsThatOfRidgeRegression(sigma: Double) {
    let (count, width, outputs, draws) = (30, 5, 2, 4000)
    var numbers = TestNumbers(seed: 6)
    let data = Samples<Double>(
      features: numbers.normals(count * width), width: width, values: numbers.normals(count * outputs), columns: outputs
    )
    let network = Network(inputs: width, hidden: [], outputs: outputs, activation: .identity)
    let parameters = AlignedBuffer(numbers.normals(network.parameterCount) as [Double])
    let noisy = Backpropagation<Double>(
      network: network, loss: .squaredError, dropout: .none(layers: 1), inputNoise: sigma)
    let ridge = Backpropagation<Double>(
      network: network, loss: .squaredError, dropout: .none(layers: 1), l2: sigma * sigma)
    let expected = ridge.gradient(at: parameters, of: data)
    var sums = [Double](repeating: 0, count: network.parameterCount)
    var squares = sums
    var losses = (sum: 0.0, squares: 0.0)
    for step in 0..<draws {
      let (loss, gradient) = noisy.gradient(at: parameters, of: data, masks: (seed: 9, step: step))
      losses = (losses.sum + loss, losses.squares + loss * loss)
      for (index, value) in gradient.enumerated() {
        sums[index] += value
        squares[index] += value * value
      }
    }
    func agrees(_ sum: Double, _ square: Double, with value: Double) -> Bool {
      let mean = sum / Double(draws)
      let error = ((square / Double(draws) - mean * mean) / Double(draws - 1)).squareRoot()
      return (mean - value).magnitude < 5 * error
    }
    #expect(agrees(losses.sum, losses.squares, with: expected.loss))
    for (index, value) in expected.gradient.enumerated() { #expect(agrees(sums[index], squares[index], with: value)) }
    // And the comparison can fail: without the penalty the kernel's gradient is another.
    let plain = Backpropagation<Double>(network: network, loss: .squaredError, dropout: .none(layers: 1))
      .gradient(at: parameters, of: data)
    #expect(!plain.gradient.indices.allSatisfy { agrees(sums[$0], squares[$0], with: plain.gradient[$0]) })
  }

  /// On images and over several blocks: the gradient is that of samples to which the noise was added before.
  @Test func noiseIsAddedToTheBatch() throws {
    try checkNoiseIsAdded(Float.self)
    try checkNoiseIsAdded(Double.self)
  }

  private func checkNoiseIsAdded<S: Scalar>(_: S.Type) throws {
    let window = Window(height: 3, width: 3, padding: .same)
    let network = try Network(
      image: ImageShape(height: 4, width: 5, channels: 2),
      layers: [
        .convolution(channels: 3, window, .tanh), .pooling(.maximum, Window(height: 2, width: 2, stride: 2)),
        .dense(units: 4, .relu),
      ], outputs: 3)
    let count = Backpropagation<S>.blockRows + 40
    let data: Samples<S> = samples(count, width: 40)
    var random = RandomStream(RandomKey(seed: 5, purpose: .noise, step: 7))
    let features = data.features.array.map { $0 + S(0.4 * random.nextNormal()) }
    guard case .classes(let classes, _) = data.targets else { preconditionFailure() }
    let parameters: AlignedBuffer<S> = network.initialParameters(.lecun, seed: 2)
    let noisy = Backpropagation<S>(
      network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 3), inputNoise: 0.4)
    let plain = Backpropagation<S>(network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 3))
    let found = noisy.gradient(at: parameters, of: data, masks: (seed: 5, step: 7))
    let expected = plain.gradient(
      at: parameters, of: Samples(features: features, width: 40, classes: classes, of: 3))
    #expect(found.loss == expected.loss)
    let isSame = found.gradient == expected.gradient
    #expect(isSame)
    // Nothing of it is left where there are no masks: in evaluation and probes.
    #expect(noisy.evaluate(parameters, on: data) == plain.evaluate(parameters, on: data))
    #expect(noisy.gradient(at: parameters, of: data).loss == plain.gradient(at: parameters, of: data).loss)
  }

  /// With the noise of one step, whether blocks are kept or made anew, products are those of differences of gradients.
  @Test(arguments: [256 << 20, 0])
  func curvatureKeepsTheNoiseOfAStep(memoryBudget: Int) {
    let network = Network(sizes: [6, 8, 3], activation: .tanh)
    var numbers = TestNumbers(seed: 8)
    let surface = LossSurface<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 2), inputNoise: 0.5,
      parameters: AlignedBuffer(numbers.normals(network.parameterCount, scale: 0.4)),
      samples: samples(Backpropagation<Double>.blockRows + 30, width: 6), masks: (seed: 3, step: 2))
    let quiet = LossSurface<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 2), parameters: surface.parameters,
      samples: surface.samples)
    let direction: [Double] = numbers.normals(surface.dimension)
    let operation = HessianOperator(surface, memoryBudget: memoryBudget)
    let product = operation.product(with: direction)
    #expect(relativeError(FiniteDifferenceOperator(surface).product(with: direction), product) < 1e-6)
    #expect(relativeError(operation.product(with: direction), product) == 0)
    #expect(relativeError(HessianOperator(quiet).product(with: direction), product) > 1e-3)
  }
}

/// Whole training runs with noise on the inputs against PyTorch, which added the numbers of the reference generator; one of
/// them without noise.
@Suite("Training with noise against PyTorch")
struct InputNoiseFixtureTests {
  struct Case: Decodable, Sendable {
    var count: Int
    var batch: Int
    var epochs: Int
    var image: [Int]
    var channels: Int
    var kernel: Int
    var features: FixtureArray
    var classes: FixtureArray
    var runs: [Run]
  }

  struct Run: Decodable, Sendable, CustomTestStringConvertible {
    var convolution: Bool
    var widths: [Int]
    var activation: Activation
    var noise: Double
    var keepProbability: Double
    var momentum: Double
    var learningRate: Double
    var seed: UInt64
    var initial: FixtureArray
    var losses: FixtureArray
    var finalFloat: FixtureArray
    var finalDouble: FixtureArray

    var testDescription: String { "\(activation), noise \(noise), keep \(keepProbability), images \(convolution)" }
  }

  static let fixture = try! Fixture.load("input_noise", as: Case.self)

  @Test(arguments: fixture.runs)
  func singlePrecision(run: Run) throws {
    #expect(relativeError(try train(run, Float.self).parameters.array, run.finalFloat.values()) < 1e-5)
  }

  @Test(arguments: fixture.runs)
  func doublePrecision(run: Run) throws {
    let trainer = try train(run, Double.self)
    #expect(relativeError(trainer.parameters.array, run.finalDouble.values()) < 1e-12)
    let losses: [Double] = run.losses.values()
    let fixture = Self.fixture
    let batches = (fixture.count + fixture.batch - 1) / fixture.batch
    let means = (0..<fixture.epochs).map { epoch in
      (0..<batches).reduce(0.0) { sum, batch in
        sum + losses[epoch * batches + batch] * Double(min(fixture.batch, fixture.count - batch * fixture.batch))
      } / Double(fixture.count)
    }
    #expect(relativeError(trainer.measurements.dropFirst().map(\.batchLoss), means) < 1e-12)
  }

  private func train<S: Scalar>(_ run: Run, _: S.Type) throws -> Trainer<S> {
    let fixture = Self.fixture
    let network =
      run.convolution
      ? try Network(
        image: ImageShape(height: fixture.image[0], width: fixture.image[1], channels: fixture.image[2]),
        layers: [
          .convolution(
            channels: fixture.channels, Window(height: fixture.kernel, width: fixture.kernel, padding: .same),
            run.activation)
        ] + run.widths.dropFirst().dropLast().map { .dense(units: $0, run.activation) }, outputs: run.widths.last!)
      : Network(sizes: run.widths, activation: run.activation)
    let samples = Samples<S>(
      features: fixture.features.values(), width: network.inputs, classes: fixture.classes.integers,
      of: network.outputs)
    var keep = [Double](repeating: 1, count: network.layers.count)
    keep[0] = run.keepProbability
    let trainer = Trainer(
      engine: Backpropagation(
        network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: keep), inputNoise: run.noise),
      optimizer: MomentumState(parameterCount: network.parameterCount, momentum: run.momentum),
      parameters: AlignedBuffer(run.initial.values(S.self)), samples: samples.everywhere,
      plan: TrainingPlan(
        epochs: fixture.epochs, batchSize: fixture.batch, learningRate: run.learningRate, seed: run.seed))
    #expect(trainer.run() == .completed)
    return trainer
  }
}
