import Kernels
import Learning
import RealModule
import TestSupport
import Testing

/// Small problems that a broken engine does not learn.
@Suite("Learning problems")
struct LearningProblemTests {
  @Test(arguments: [Activation.tanh, .lecunTanh, .gelu, .softplus, .sigmoid, .relu], Loss.all)
  func exclusiveOrIsLearnt(activation: Activation, loss: Loss) {
    let samples = Samples<Float>(
      features: [-1, -1, -1, 1, 1, -1, 1, 1], width: 2, classes: [0, 1, 1, 0], of: 2)
    let outputs = loss.outputCount(for: samples)
    let network = Network(sizes: [2, 12, outputs], activation: activation)
    let trainer = Trainer<Float>(
      engine: Backpropagation(network: network, loss: loss, dropout: .none(layers: 2)),
      optimizer: AdamState(parameterCount: network.parameterCount), parameters: network.initialParameters(.he, seed: 1),
      samples: samples.everywhere, plan: TrainingPlan(epochs: 600, batchSize: nil, learningRate: 0.02, seed: 1))
    #expect(trainer.run() == .completed)
    #expect(trainer.measurements.last?.training.accuracy == 1)
    #expect(trainer.measurements.last!.training.loss < 0.02)
  }

  /// Two interleaved spirals of more than a turn: no linear model passes three quarters.
  private func spirals(_ count: Int, seed: UInt64) -> Samples<Float> {
    var numbers = TestNumbers(seed: seed)
    let noise: [Float] = numbers.normals(2 * count, scale: 0.1)
    let classes = (0..<count).map { Int32($0 % 2) }
    let features = (0..<count).flatMap { index in
      let radius = 0.2 + 0.8 * Float(index) / Float(count)
      let angle = 3 * Float.pi * radius + Float(index % 2) * Float.pi
      return [4 * radius * Float.cos(angle) + noise[2 * index], 4 * radius * Float.sin(angle) + noise[2 * index + 1]]
    }
    return Samples(features: features, width: 2, classes: classes, of: 2)
  }

  @Test func spiralsAreLearntByANetworkAndNotByALine() {
    func accuracy(hidden: [Int]) -> Double {
      let network = Network(inputs: 2, hidden: hidden, outputs: 2, activation: .tanh)
      let trainer = Trainer<Float>(
        engine: Backpropagation(
          network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: network.layers.count)),
        optimizer: AdamState(parameterCount: network.parameterCount),
        parameters: network.initialParameters(.glorotUniform, seed: 2),
        samples: SplitSamples(
          train: spirals(300, seed: 1), validation: spirals(200, seed: 2), test: spirals(200, seed: 2)),
        plan: TrainingPlan(epochs: 150, batchSize: 20, learningRate: 0.01, seed: 3))
      #expect(trainer.run() == .completed)
      return trainer.measurements.last!.validation.accuracy
    }
    #expect(accuracy(hidden: [32, 32]) > 0.98)
    #expect(accuracy(hidden: []) < 0.75)
  }

  /// A linear model trained to the end is the solution of the normal equations: (XᵀX/N + λI)w = Xᵀy/N.
  @Test func ridgeRegressionIsSolved() {
    var numbers = TestNumbers(seed: 5)
    let (count, width) = (40, 3)
    let x: [Double] = numbers.normals(count * width)
    let y: [Double] = numbers.normals(count)
    let l2 = 0.3
    let network = Network(inputs: width, hidden: [], outputs: 1, activation: .identity, bias: false)
    let trainer = Trainer<Double>(
      engine: Backpropagation(network: network, loss: .squaredError, dropout: .none(layers: 1), l2: l2),
      optimizer: GradientDescentState(), parameters: AlignedBuffer(count: width),
      samples: Samples(features: x, width: width, values: y, columns: 1).everywhere,
      plan: TrainingPlan(epochs: 500, batchSize: nil, learningRate: 0.3, seed: 1))
    _ = trainer.run()
    let w = trainer.parameters.array
    for i in 0..<width {
      var residual = l2 * w[i]
      for n in 0..<count {
        let prediction = (0..<width).reduce(0) { $0 + x[n * width + $1] * w[$1] }
        residual += x[n * width + i] * (prediction - y[n]) / Double(count)
      }
      #expect(residual.magnitude < 1e-12)
    }
  }
}
