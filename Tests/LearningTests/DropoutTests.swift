import Kernels
import Learning
import TestSupport
import Testing

@Suite("Dropout")
struct DropoutTests {
  private func samples<S: Scalar>(_ count: Int, seed: UInt64 = 3) -> Samples<S> {
    var numbers = TestNumbers(seed: seed)
    return Samples(features: numbers.normals(count * 6), width: 6, classes: numbers.classes(count, of: 3), of: 3)
  }

  private func train<S: Scalar>(
    _ dropout: Dropout, bias: Bool = true, scale: S = 1, learningRate: Double = 0.1, seed: UInt64 = 1,
    activation: Activation = .relu
  ) -> Trainer<S> {
    let network = Network(sizes: [6, 20, 10, 3], activation: activation, bias: bias)
    let parameters: AlignedBuffer<S> = network.initialParameters(.he, seed: 4)
    let trainer = Trainer(
      engine: Backpropagation(network: network, loss: .softmaxCrossEntropy, dropout: dropout),
      optimizer: MomentumState(parameterCount: network.parameterCount),
      parameters: AlignedBuffer(parameters.array.map { scale * $0 }), samples: (samples(70) as Samples<S>).everywhere,
      plan: TrainingPlan(epochs: 8, batchSize: 16, learningRate: learningRate, seed: seed))
    _ = trainer.run()
    return trainer
  }

  /// Losses of every epoch, with the clock left out.
  private func losses<S>(_ trainer: Trainer<S>) -> [[Double]] {
    trainer.measurements.dropFirst().map { [$0.batchLoss, $0.training.loss, $0.validation.loss, $0.gradientNorm] }
  }

  @Test(arguments: [Activation.relu, .tanh, .identity])
  func keepingEverythingIsNoDropoutToTheBit(activation: Activation) {
    let plain: Trainer<Float> = train(.none(layers: 3), activation: activation)
    for form in Dropout.Form.allCases {
      let kept: Trainer<Float> = train(Dropout(form: form, keepProbabilities: [1, 1, 1]), activation: activation)
      #expect(kept.parameters.array == plain.parameters.array)
      #expect(losses(kept) == losses(plain))
    }
    // And the comparison can fail.
    let dropped: Trainer<Float> = train(Dropout(keepProbabilities: [1, 1, 0.99]), activation: activation)
    #expect(dropped.parameters.array != plain.parameters.array)
  }

  /// Only the layers that drop anything are touched: masks are drawn alike whatever the other layers do.
  @Test func gradientsWithoutMasksDropNothing() {
    let network = Network(sizes: [6, 20, 10, 3], activation: .relu)
    let parameters: AlignedBuffer<Float> = network.initialParameters(.he, seed: 4)
    let plain = Backpropagation<Float>(network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 3))
    let dropping = Backpropagation<Float>(
      network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: [0.8, 0.5, 0.5]))
    // A masked gradient before must leave nothing behind.
    let masked = dropping.gradient(at: parameters, of: samples(70), masks: (seed: 1, step: 0))
    let expected = plain.gradient(at: parameters, of: samples(70))
    let found = dropping.gradient(at: parameters, of: samples(70))
    #expect(found.loss == expected.loss && found.gradient == expected.gradient)
    #expect(masked.loss != expected.loss)
  }

  /// Without biases W′ = pW turns one form into the other: gradients are 1/p of the others', so rates are p² of them.
  /// With p = ½ every factor is a power of two and nothing rounds.
  @Test func theFormsAreOneToTheBitWhenNothingRounds() {
    let keep = [0.5, 0.5, 0.5]
    let inverted: Trainer<Float> = train(
      Dropout(form: .inverted, keepProbabilities: keep), bias: false, learningRate: 0.125)
    let scaling: Trainer<Float> = train(
      Dropout(form: .weightScaling, keepProbabilities: keep), bias: false, scale: 2, learningRate: 0.5)
    #expect(scaling.parameters.array == inverted.parameters.array.map { 2 * $0 })
    #expect(scaling.measurements.map(\.validation) == inverted.measurements.map(\.validation))
    #expect(
      scaling.measurements.dropFirst().map(\.batchLoss) == inverted.measurements.dropFirst().map(\.batchLoss))
  }

  @Test(arguments: [Activation.relu, .tanh, .gelu])
  func theFormsAreOneForAnyProbability(activation: Activation) {
    let p = 0.8
    let keep = [p, p, p]
    let inverted: Trainer<Double> = train(
      Dropout(form: .inverted, keepProbabilities: keep), bias: false, learningRate: 0.1 * p * p,
      activation: activation)
    let scaling: Trainer<Double> = train(
      Dropout(form: .weightScaling, keepProbabilities: keep), bias: false, scale: 1 / p, learningRate: 0.1,
      activation: activation)
    #expect(relativeError(scaling.parameters.array.map { p * $0 }, inverted.parameters.array) < 1e-12)
    #expect(
      relativeError(scaling.measurements.map(\.validation.loss), inverted.measurements.map(\.validation.loss)) < 1e-12)
  }

  /// For a linear layer the mean of the outputs over masks is the output at test, in both forms: within five standard
  /// errors, Var z = Σ x²w²(1 − p)/p inverted and p² of that otherwise.
  ///
  /// The outputs are read off as the gradient of ½‖z‖² by the bias, which is their mean over the batch.
  @Test(arguments: Dropout.Form.allCases, [0.25, 0.5, 0.8125])
  func meanOutputIsTheOutputAtTest(form: Dropout.Form, keep: Double) {
    let (inputs, outputs, rows, steps) = (12, 4, 500, 400)
    let network = Network(inputs: inputs, hidden: [], outputs: outputs, activation: .identity)
    let engine = Backpropagation<Double>(
      network: network, loss: .squaredError, dropout: Dropout(form: form, keepProbabilities: [keep]))
    var numbers = TestNumbers(seed: 8)
    let x: [Double] = numbers.normals(inputs)
    let parameters = AlignedBuffer(numbers.normals(network.parameterCount) as [Double])
    let samples = Samples(
      features: (0..<rows).flatMap { _ in x }, width: inputs, values: [Double](repeating: 0, count: rows * outputs),
      columns: outputs)
    var means = [Double](repeating: 0, count: outputs)
    for step in 0..<steps {
      let biases = engine.gradient(at: parameters, of: samples, masks: (seed: 2, step: step)).gradient.suffix(outputs)
      for (output, value) in biases.enumerated() { means[output] += value / Double(steps) }
    }
    let atTest = engine.predict(parameters, on: samples).prefix(outputs)
    let scale = form == .inverted ? 1 / keep : 1
    for (output, expected) in atTest.enumerated() {
      let variance = (0..<inputs).reduce(0.0) { sum, input in
        let term = scale * x[input] * parameters[input * outputs + output]
        return sum + term * term * keep * (1 - keep)
      }
      let standardError = (variance / Double(rows * steps)).squareRoot()
      #expect((means[output] - expected).magnitude < 5 * standardError)
    }
  }

  /// At test the kernel is multiplied by p, the bias is not.
  @Test func weightsAreScaledAtTest() {
    let network = Network(sizes: [2, 2, 1], activation: .identity)
    let engine = Backpropagation<Double>(
      network: network, loss: .squaredError, dropout: Dropout(form: .weightScaling, keepProbabilities: [0.8, 0.5]))
    let samples = Samples<Double>(features: [1, 2], width: 2, values: [0], columns: 1)
    let parameters = AlignedBuffer([1.0, 2, 3, 4, 10, 20, 1, -1, 5])
    // h = 0.8·(1 + 6, 2 + 8) + (10, 20) = (15.6, 28); z = 0.5·(15.6 − 28) + 5 = −1.2.
    #expect((engine.predict(parameters, on: samples)[0] + 1.2).magnitude < 1e-14)
  }
}
