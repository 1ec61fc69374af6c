import Kernels
import Learning

/// Times the training loop on the networks of the peers' benchmark: shuffling, masks, loss, optimizer, everything.
@main
struct EngineBenchmark {
  struct Configuration {
    var name: String
    var layers: [Int]
    var batch: Int
    var adam: Bool
    var steps: Int
  }

  static let configurations = [
    Configuration(name: "A", layers: [64, 64, 10], batch: 32, adam: false, steps: 45),
    Configuration(name: "B", layers: [784, 256, 128, 10], batch: 64, adam: true, steps: 300),
    Configuration(name: "C", layers: [784, 1024, 1024, 10], batch: 128, adam: true, steps: 60),
  ]

  static func main() {
    let wanted = CommandLine.arguments.dropFirst()
    for configuration in configurations where wanted.isEmpty || wanted.contains(configuration.name) {
      run(configuration)
    }
  }

  static func run(_ configuration: Configuration) {
    let samples = randomSamples(count: configuration.steps * configuration.batch, features: configuration.layers[0])
    let tiny = randomSamples(count: 1, features: configuration.layers[0])
    let network = Network(
      inputs: configuration.layers[0], hidden: Array(configuration.layers.dropFirst().dropLast()), outputs: 10,
      activation: .relu)
    let keep = [0.8] + network.layers.dropFirst().map { _ in 0.5 }
    let epochs = 4 + 60_000_000_000 / (network.gradientOperationsPerSample * samples.count)
    let parameters: AlignedBuffer<Float> = network.initialParameters(.he, seed: 1)
    let optimizer: any Optimizer<Float> =
      configuration.adam
      ? Adam(parameterCount: network.parameterCount) : Momentum(parameterCount: network.parameterCount)
    let trainer = Trainer(
      engine: Backpropagation<Float>(
        network: network, loss: .softmaxCrossEntropy, dropout: Dropout(keepProbabilities: keep)),
      optimizer: optimizer, parameters: parameters,
      samples: SplitSamples(train: samples, validation: tiny, test: tiny),
      plan: TrainingPlan(
        epochs: epochs, batchSize: configuration.batch, learningRate: configuration.adam ? 1e-3 : 0.1, seed: 1,
        evaluatesTraining: false, keepsBestParameters: false))
    _ = trainer.run()
    let times = zip(trainer.measurements.dropFirst(), trainer.measurements).map { $0.seconds - $1.seconds }
    let best = times.min()! / Double(configuration.steps)
    let median = times.sorted()[times.count / 2] / Double(configuration.steps)
    let rate = Double(network.gradientOperationsPerSample * configuration.batch) / best * 1e-9
    print(
      "\(configuration.name) best \((best * 1e7).rounded() / 10) µs/step, median \((median * 1e7).rounded() / 10),"
        + " \(rate.rounded()) GFLOP/s, loss \(trainer.measurements.last!.batchLoss)")
  }

  static func randomSamples(count: Int, features: Int) -> Samples<Float> {
    var stream = RandomStream(RandomKey(seed: 7, purpose: .generation))
    let matrix = AlignedBuffer<Float>(count: count * features)
    for index in 0..<matrix.count { matrix[index] = Float(stream.nextUniform()) }
    let labels = (0..<count).map { _ in Int32(stream.nextIndex(below: 10)) }
    return Samples(
      count: count, featureCount: features, features: matrix, targets: .classes(labels, classes: 10))
  }
}
