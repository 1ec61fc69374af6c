import Foundation
import Harness
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
    /// Whether the first layer's place is taken by 2c2d's convolutions, and nothing is dropped.
    var images = false

    var network: Network {
      let relu = Activation(ReLU())
      let hidden = Array(layers.dropFirst().dropLast())
      guard images else { return Network(inputs: layers[0], hidden: hidden, outputs: 10, activation: relu) }
      let kernel = Window(height: 5, width: 5, padding: .same)
      let pooling = LayerDefinition.pooling(.maximum, Window(height: 2, width: 2, stride: 2))
      let stack: [LayerDefinition] = [
        .convolution(channels: 32, kernel, relu), pooling, .convolution(channels: 64, kernel, relu), pooling,
      ]
      do {
        return try Network(
          image: ImageShape(height: 28, width: 28, channels: 1),
          layers: stack + hidden.map { .dense(units: $0, relu) }, outputs: 10)
      } catch {
        preconditionFailure("\(error)")
      }
    }
  }

  static let configurations = [
    Configuration(name: "A", layers: [64, 64, 10], batch: 32, adam: false, steps: 45),
    Configuration(name: "B", layers: [784, 256, 128, 10], batch: 64, adam: true, steps: 300),
    Configuration(name: "C", layers: [784, 1024, 1024, 10], batch: 128, adam: true, steps: 60),
    Configuration(name: "D", layers: [784, 1024, 10], batch: 128, adam: false, steps: 10, images: true),
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
    let network = configuration.network
    let keep =
      configuration.images
      ? network.layers.map { _ in 1 } : [0.8] + network.layers.dropFirst().map { _ in 0.5 }
    let epochs = 4 + 60_000_000_000 / (network.gradientOperationsPerSample * samples.count)
    let parameters: AlignedBuffer<Float> = network.initialParameters(Initialization(HeNormal()), seed: 1)
    let optimizer: any OptimizerState<Float> =
      configuration.adam
      ? AdamState(parameterCount: network.parameterCount) : MomentumState(parameterCount: network.parameterCount)
    let trainer = Trainer(
      engine: Backpropagation<Float>(
        network: network, loss: Loss(SoftmaxCrossEntropy()), dropout: Dropout(keepProbabilities: keep)),
      optimizer: optimizer, parameters: parameters,
      samples: SplitSamples(train: samples, validation: tiny, test: tiny),
      plan: TrainingPlan(
        epochs: epochs, batchSize: configuration.batch,
        learningRate: configuration.adam ? 1e-3 : configuration.images ? 0.01 : 0.1, seed: 1,
        evaluatesTraining: false, keepsBestParameters: false))
    _ = trainer.run()
    let times = zip(trainer.measurements.dropFirst(), trainer.measurements).map { $0.seconds - $1.seconds }
    let best = times.min()! / Double(configuration.steps)
    let median = times.sorted()[times.count / 2] / Double(configuration.steps)
    report(configuration, network, best: best, median: median)
  }

  /// One JSON object a line: the step, and the ceilings of the same shapes and bytes measured right after it.
  static func report(_ configuration: Configuration, _ network: Network, best: Double, median: Double) {
    let operations = Double(network.gradientOperationsPerSample * configuration.batch)
    let productSeconds = network.layers.indices.reduce(0.0) {
      $0 + productTime(network.layers[$1], batch: configuration.batch, isFirst: $1 == 0)
    }
    // Reads and writes of one update: gradient, parameters and state.
    let traffic = Double(network.parameterCount * 4 * (configuration.adam ? 7 : 5))
    let bandwidth = MachineRates.copy(bytes: Int(traffic))
    let limit = productSeconds + traffic / bandwidth * 1e-9
    let fields: [(String, Double)] = [
      ("step_us", best * 1e6), ("median_us", median * 1e6), ("gflops", operations / best * 1e-9),
      ("product_gflops", operations / productSeconds * 1e-9), ("copy_gb_s", bandwidth),
      ("share_of_limit", limit / best), ("peak_mb", peakMegabytes),
    ]
    let text = fields.map { "\"\($0.0)\": \(($0.1 * 1000).rounded() / 1000)" }.joined(separator: ", ")
    print("{\"network\": \"\(configuration.name)\", \"peer\": \"ravine\", \(text)}")
  }

  /// The three products of a layer, alone; the first layer takes no input gradient.
  static func productTime(_ layer: Layer, batch: Int, isFirst: Bool) -> Double {
    func seconds(_ m: Int, _ n: Int, _ k: Int, _ transposeA: Bool, _ transposeB: Bool) -> Double {
      let rate = MachineRates.product(
        Float.self, m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
      return 2 * Double(m) * Double(n) * Double(k) / rate * 1e-9
    }
    // A convolution's rows, in the blocks that the engine takes them in.
    let blocks = layer.convolution == nil ? 1 : max(1, batch / 32)
    let rows = batch * layer.positions / blocks
    let forward = seconds(rows, layer.outputs, layer.inputs, false, false)
    let kernel = seconds(layer.inputs, layer.outputs, rows, true, false)
    return Double(blocks) * (forward + kernel + (isFirst ? 0 : seconds(rows, layer.inputs, layer.outputs, false, true)))
  }

  static var peakMegabytes: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
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
