import Kernels
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

  private static var samples: Samples<Double> {
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
    let samples = Self.samples
    let engine = Backpropagation<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: [0.8, 0.5, 0.5]), l2: l2)
    let fused: AlignedBuffer<Double> = network.initialParameters(.lecun, seed: 3)
    let whole: AlignedBuffer<Double> = network.initialParameters(.lecun, seed: 3)
    let gradient = AlignedBuffer<Double>(count: network.parameterCount)
    let first = makeOptimizer(name, [:], parameterCount: network.parameterCount) as any Optimizer<Double>
    let second = makeOptimizer(name, [:], parameterCount: network.parameterCount) as any Optimizer<Double>
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

  @Test func aLossOverTheBoundChangesNothing() {
    let network = Self.network
    let engine = Backpropagation<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: [1, 1, 1]))
    let parameters: AlignedBuffer<Double> = network.initialParameters(.lecun, seed: 3)
    let before = parameters.array
    let taken = engine.step(
      parameters, of: Self.samples, rows: nil, masks: (seed: 1, step: 0),
      by: GradientDescent(), learningRate: 0.05, bound: 1e-3, gradient: AlignedBuffer(count: network.parameterCount))
    #expect(taken.square == nil && taken.loss > 1e-3)
    #expect(parameters.array == before)
  }
}
