import Kernels
import TestSupport
import Testing

@testable import Learning

/// A step that updates large kernels slab by slab does what a whole gradient followed by a whole update does.
@Suite("Fused steps")
struct FusedStepTests {
  /// Odd sizes, so that kernels start and end within vectors of 16; both hidden kernels are large enough to be fused.
  private static let network = Network(inputs: 301, hidden: [127, 263], outputs: 5, activation: .tanh)

  private static let optimizers = [
    "gradient_descent", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam", "lion",
  ]

  private static func samples<S: Scalar>(of _: S.Type) -> Samples<S> {
    var numbers = TestNumbers(seed: 4)
    return Samples(features: numbers.normals(40 * 301), width: 301, classes: numbers.classes(40, of: 5), of: 5)
  }

  @Test func bothKernelsAreFused() {
    #expect(FusedRanges(Self.network).layers == [true, true, false])
  }

  @Test func everyParameterIsUpdatedOnce() {
    let ranges = FusedRanges(Self.network)
    var times = [Int](repeating: 0, count: Self.network.parameterCount)
    for range in ranges.rest { for index in range { times[index] += 1 } }
    for (layer, isFused) in zip(Self.network.layers, ranges.layers) where isFused {
      for index in FusedRanges.vectors(of: layer) { times[index] += 1 }
    }
    #expect(times.allSatisfy { $0 == 1 })
  }

  @Test(arguments: optimizers, [0, 0.01])
  func stepsAreThoseOfTheWholeGradient(name: String, l2: Double) {
    let network = Self.network
    let samples = Self.samples(of: Double.self)
    let engine = Backpropagation<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: [0.8, 0.5, 0.5]), l2: l2)
    let fused: AlignedBuffer<Double> = network.initialParameters(.lecun, seed: 3)
    let whole: AlignedBuffer<Double> = network.initialParameters(.lecun, seed: 3)
    let gradient = AlignedBuffer<Double>(count: network.parameterCount)
    let first = makeOptimizer(name, [:], parameterCount: network.parameterCount) as any OptimizerState<Double>
    let second = makeOptimizer(name, [:], parameterCount: network.parameterCount) as any OptimizerState<Double>
    for step in 0..<3 {
      let taken = engine.step(
        fused, of: samples, rows: nil, masks: (seed: 1, step: step), by: first, learningRate: 0.05, bound: 1e6,
        gradient: gradient)
      let loss = engine.gradient(at: whole, of: samples, rows: nil, masks: (seed: 1, step: step), into: gradient)
      let square = second.update(whole, gradient: gradient, learningRate: 0.05)
      #expect((taken.loss - loss).magnitude <= 1e-14 * loss, "step \(step)")
      #expect(((taken.square ?? .nan) - square).magnitude <= 1e-12 * square, "step \(step)")
    }
    let difference = (0..<whole.count).map { (whole[$0] - fused[$0]).magnitude }.max()!
    #expect(difference < 1e-12)
    #expect(whole[0] != network.initialParameters(.lecun, seed: 3)[0] as Double)
  }

  /// Single precision leaves out the zeros that ReLU and dropout make; double precision multiplies with them.
  @Test(arguments: [1.0, 0.8], ["gradient_descent", "adam"])
  func stepsWithManyZerosAreThoseOfDoublePrecision(inputKeepProbability: Double, name: String) {
    let network = Network(inputs: 301, hidden: [127, 263], outputs: 5, activation: .relu)
    let dropout = Dropout(keepProbabilities: [inputKeepProbability, 0.5, 0.5])
    let single = parameters(after: 3, network, dropout, samples: Self.samples(of: Float.self), name)
    let double = parameters(after: 3, network, dropout, samples: Self.samples(of: Double.self), name)
    // A step of Adam's is as large where the gradient is next to nothing but rounding.
    let differences = zip(single, double).map { (Double($0) - $1).magnitude }
    #expect(differences.filter { $0 > 2e-6 }.count <= (name == "adam" ? 20 : 0))
    #expect(differences.reduce(0, +) / Double(differences.count) < 2e-8)
  }

  private func parameters<S: Scalar>(
    after steps: Int, _ network: Network, _ dropout: Dropout, samples: Samples<S>, _ optimizer: String
  ) -> [S] {
    let engine = Backpropagation<S>(network: network, loss: .softmaxCrossEntropy, dropout: dropout)
    let parameters: AlignedBuffer<S> = network.initialParameters(.he, seed: 3)
    let optimizer = makeOptimizer(optimizer, [:], parameterCount: network.parameterCount) as any OptimizerState<S>
    let gradient = AlignedBuffer<S>(count: network.parameterCount)
    for step in 0..<steps {
      _ = engine.step(
        parameters, of: samples, rows: nil, masks: (seed: 1, step: step), by: optimizer, learningRate: 0.01, bound: 1e6,
        gradient: gradient)
    }
    return parameters.array
  }

  @Test func aLossOverTheBoundChangesNothing() {
    let network = Self.network
    let engine = Backpropagation<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: [1, 1, 1]))
    let parameters: AlignedBuffer<Double> = network.initialParameters(.lecun, seed: 3)
    let before = parameters.array
    let taken = engine.step(
      parameters, of: Self.samples(of: Double.self), rows: nil, masks: (seed: 1, step: 0),
      by: GradientDescentState(), learningRate: 0.05, bound: 1e-3,
      gradient: AlignedBuffer(count: network.parameterCount))
    #expect(taken.square == nil && taken.loss > 1e-3)
    #expect(parameters.array == before)
  }
}
