import Kernels
import Learning
import RealModule
import TestSupport
import Testing

/// Gradients against differences of the loss, in Double.
@Suite("Gradients against central differences")
struct GradientTests {
  /// How units are dropped while the gradient is taken.
  enum Dropping: CaseIterable { case nothing, inverted, weightScaling, weightScalingAtTest }

  @Test(arguments: Activation.all, Dropping.allCases)
  func agree(activation: Activation, dropping: Dropping) {
    for loss in Loss.all {
      let network = Network(sizes: [4, 6, 5, 3], activation: activation)
      let keep = dropping == .nothing ? [1.0, 1, 1] : [0.8, 0.6, 0.7]
      let engine = Backpropagation<Double>(
        network: network, loss: loss,
        dropout: Dropout(form: dropping == .inverted ? .inverted : .weightScaling, keepProbabilities: keep),
        l2: 0.02)
      var numbers = TestNumbers(seed: 17)
      let samples = Samples<Double>(
        features: numbers.normals(7 * 4), width: 4, classes: numbers.classes(7, of: 3), of: 3)
      let parameters = AlignedBuffer(numbers.normals(network.parameterCount, scale: 0.7) as [Double])
      let masks: (seed: UInt64, step: Int)? = dropping == .weightScalingAtTest ? nil : (seed: 3, step: 5)
      let rows: [Int32] = [6, 2, 2, 0, 5]
      let found = engine.gradient(at: parameters, of: samples, rows: rows, masks: masks)

      let differences = parameters.array.indices.map { index in
        let start = parameters[index]
        defer { parameters[index] = start }
        func loss(at offset: Double) -> Double {
          parameters[index] = start + offset
          return engine.gradient(at: parameters, of: samples, rows: rows, masks: masks).loss
        }
        // Fourth order: the error is h⁴f⁽⁵⁾/30, the rounding ε·f/h.
        let h = 1e-4
        return (8 * (loss(at: h) - loss(at: -h)) - (loss(at: 2 * h) - loss(at: -2 * h))) / (12 * h)
      }
      #expect(relativeError(found.gradient, differences) < 1e-8, "\(loss)")
    }
  }

  /// Batches of more than a block, the last block ragged: z = (m ∘ x/p)·W + b, loss ½z² summed, all in closed form.
  @Test(arguments: [1, 31, 511, 512, 513, 1200])
  func blocksMakeOneBatch(rows: Int) {
    let (inputs, outputs) = (3, 2)
    let network = Network(inputs: inputs, hidden: [], outputs: outputs, activation: .identity)
    let keep = 0.75
    let engine = Backpropagation<Double>(
      network: network, loss: .squaredError, dropout: Dropout(keepProbabilities: [keep]))
    var numbers = TestNumbers(seed: UInt64(rows))
    let features: [Double] = numbers.normals(rows * inputs)
    let targets: [Double] = numbers.normals(rows * outputs)
    let samples = Samples(features: features, width: inputs, values: targets, columns: outputs)
    let weights: [Double] = numbers.normals(network.parameterCount)
    let found = engine.gradient(at: AlignedBuffer(weights), of: samples, masks: (seed: 9, step: 4))

    var mask = DropoutMask(seed: 9, layer: 0, step: 4, keepProbability: keep)
    let present = mask.presence(count: rows * inputs)
    var loss = 0.0
    var gradient = [Double](repeating: 0, count: network.parameterCount)
    for row in 0..<rows {
      let x = (0..<inputs).map { present[row * inputs + $0] ? features[row * inputs + $0] / keep : 0 }
      for output in 0..<outputs {
        let z = (0..<inputs).reduce(weights[inputs * outputs + output]) { $0 + x[$1] * weights[$1 * outputs + output] }
        let error = z - targets[row * outputs + output]
        loss += 0.5 * error * error / Double(rows)
        for input in 0..<inputs { gradient[input * outputs + output] += x[input] * error / Double(rows) }
        gradient[inputs * outputs + output] += error / Double(rows)
      }
    }
    #expect((found.loss / loss - 1).magnitude < 1e-13)
    #expect(relativeError(found.gradient, gradient) < 1e-13)
  }

  /// A batch's gradient is the mean of its parts' weighted by their samples; so is an evaluation.
  @Test func partsCountByTheirSamples() {
    let network = Network(sizes: [5, 8, 3], activation: .tanh)
    let engine = Backpropagation<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 2))
    var numbers = TestNumbers(seed: 1)
    let features: [Double] = numbers.normals(1300 * 5)
    let classes = numbers.classes(1300, of: 3)
    let all = Samples(features: features, width: 5, classes: classes, of: 3)
    let parameters: AlignedBuffer<Double> = network.initialParameters(.glorotNormal, seed: 1)
    let whole = engine.gradient(at: parameters, of: all)
    var loss = 0.0
    var accuracy = 0.0
    var gradient = [Double](repeating: 0, count: network.parameterCount)
    for part in [0..<1000, 1000..<1013, 1013..<1300] {
      let share = Double(part.count) / 1300
      let found = engine.gradient(at: parameters, of: all, rows: part.map { Int32($0) })
      for index in gradient.indices { gradient[index] += share * found.gradient[index] }
      loss += share * found.loss
      let samples = Samples(
        features: Array(features[part.lowerBound * 5..<part.upperBound * 5]), width: 5, classes: Array(classes[part]),
        of: 3)
      accuracy += share * engine.evaluate(parameters, on: samples).accuracy
    }
    #expect((loss / whole.loss - 1).magnitude < 1e-13)
    #expect(relativeError(gradient, whole.gradient) < 1e-13)
    let evaluation = engine.evaluate(parameters, on: all)
    #expect((evaluation.loss / whole.loss - 1).magnitude < 1e-13)
    #expect((evaluation.accuracy - accuracy).magnitude < 1e-13)
  }

  /// The variance of the samples' losses, each of which is the loss on its sample alone, over several blocks; loss and
  /// accuracy have the same bits with it and without.
  @Test(arguments: Loss.all)
  func theVarianceIsThatOfTheSamplesLosses(loss: Loss) {
    let network = Network(sizes: [5, 7, 3], activation: .tanh)
    let engine = Backpropagation<Double>(network: network, loss: loss, dropout: .none(layers: 2), batchSize: 100)
    var numbers = TestNumbers(seed: 3)
    let count = 700
    let features: [Double] = numbers.normals(count * 5)
    let classes = numbers.classes(count, of: 3)
    let samples = Samples(features: features, width: 5, classes: classes, of: 3)
    let parameters: AlignedBuffer<Double> = network.initialParameters(.glorotNormal, seed: 4)
    let losses = (0..<count).map { row in
      let sample = Samples(
        features: Array(features[row * 5..<(row + 1) * 5]), width: 5, classes: [classes[row]], of: 3)
      let evaluation = engine.evaluate(parameters, on: sample, measuresVariance: true)
      #expect(evaluation.lossVariance == nil)
      return evaluation.loss
    }
    let mean = losses.reduce(0, +) / Double(count)
    let expected = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    var found = engine.evaluate(parameters, on: samples, measuresVariance: true)
    #expect(((found.lossVariance ?? .nan) / expected - 1).magnitude < 1e-12)
    found.lossVariance = nil
    #expect(found == engine.evaluate(parameters, on: samples))
  }

  /// Equal losses differ by nothing, whichever way their sums are rounded; a variance that no number holds is none.
  @Test func theVarianceOfEqualLossesIsZero() {
    let network = Network(inputs: 1, hidden: [], outputs: 3, activation: .identity)
    let engine = Backpropagation<Float>(network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 1))
    let samples = Samples<Float>(
      features: [Float](repeating: 1, count: 333), width: 1, classes: [Int32](repeating: 2, count: 333), of: 3)
    let parameters = AlignedBuffer<Float>([0, 0, 0.7, 0, 0, 0])
    let variance = engine.evaluate(parameters, on: samples, measuresVariance: true).lossVariance
    #expect((variance ?? .nan) >= 0 && (variance ?? .nan) < 1e-15)
    let squares = Backpropagation<Double>(
      network: Network(inputs: 1, hidden: [], outputs: 1, activation: .identity), loss: .squaredError,
      dropout: .none(layers: 1))
    let values = Samples<Double>(features: [1, 2], width: 1, values: [0, 0], columns: 1)
    let evaluation = squares.evaluate(AlignedBuffer([1e100, 0]), on: values, measuresVariance: true)
    #expect((evaluation.loss / 1.25e200 - 1).magnitude < 1e-15 && evaluation.lossVariance == nil)
  }

  /// Loss and accuracy follow from the outputs.
  @Test func evaluationAgreesWithPrediction() {
    let network = Network(sizes: [4, 9, 3], activation: .gelu)
    let engine = Backpropagation<Double>(network: network, loss: .squaredError, dropout: .none(layers: 2))
    var numbers = TestNumbers(seed: 2)
    let classes = numbers.classes(600, of: 3)
    let samples = Samples<Double>(features: numbers.normals(2400), width: 4, classes: classes, of: 3)
    let parameters: AlignedBuffer<Double> = network.initialParameters(.he, seed: 5)
    let outputs = engine.predict(parameters, on: samples)
    var loss = 0.0
    var correct = 0
    for row in 0..<600 {
      let z = Array(outputs[row * 3..<row * 3 + 3])
      for column in 0..<3 {
        let error = z[column] - (column == Int(classes[row]) ? 1 : 0)
        loss += 0.5 * error * error / 600
      }
      if z.firstIndex(of: z.max()!) == Int(classes[row]) { correct += 1 }
    }
    let evaluation = engine.evaluate(parameters, on: samples)
    #expect((evaluation.loss / loss - 1).magnitude < 1e-13)
    #expect(evaluation.accuracy == Double(correct) / 600)
  }

  /// Two classes and one output: σ(z) is the probability of class 1.
  @Test func binaryClassesNeedOneOutput() {
    let samples = Samples<Double>(features: [2, -1, 0.5], width: 1, classes: [1, 0, 0], of: 2)
    #expect(Loss.binaryCrossEntropy.outputCount(for: samples) == 1)
    #expect(Loss.softmaxCrossEntropy.outputCount(for: samples) == 2)
    let network = Network(inputs: 1, hidden: [], outputs: 1, activation: .identity)
    let engine = Backpropagation<Double>(network: network, loss: .binaryCrossEntropy, dropout: .none(layers: 1))
    let parameters = AlignedBuffer([1.5, 0.25])
    let z = [3.25, -1.25, 1.0]
    let loss = (Double.log1pExp(-z[0]) + Double.log1pExp(z[1]) + Double.log1pExp(z[2])) / 3
    let evaluation = engine.evaluate(parameters, on: samples)
    #expect((evaluation.loss / loss - 1).magnitude < 1e-14)
    #expect(evaluation.accuracy == 2.0 / 3)
  }

  @Test func valuesHaveNoAccuracy() {
    let samples = Samples<Double>(features: [1, 2], width: 1, values: [1, 2], columns: 1)
    let network = Network(inputs: 1, hidden: [], outputs: 1, activation: .identity)
    let engine = Backpropagation<Double>(network: network, loss: .squaredError, dropout: .none(layers: 1))
    #expect(engine.evaluate(AlignedBuffer([1, 0]), on: samples).loss == 0)
    #expect(engine.evaluate(AlignedBuffer([1, 0]), on: samples).accuracy.isNaN)
  }
}

extension Double {
  /// log(1 + eˣ).
  fileprivate static func log1pExp(_ x: Double) -> Double { .log(onePlus: .exp(x)) }
}
