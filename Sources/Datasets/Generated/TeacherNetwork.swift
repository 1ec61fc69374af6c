import Kernels
import RealModule

/// Targets of a random tanh network on Gaussian inputs.
///
/// x ~ N(0, I) and then z ~ N(0, I), one an output, from the stream (seed, generation, step i) of sample i;
/// h₀ = x, h_l = tanh(h_{l−1}·W_l), y = h_L·W_{L+1} + noise·z. W_l ~ N(0, 1/fan_in), inputs × outputs, row-major, all from
/// the stream (seed, generation, step 0, index 1). There are no biases. Sums run over inputs in order.
struct TeacherNetwork {
  let samples: Int
  let features: Int
  let hidden: [Int]
  let outputs: Int
  let noise: Double
  let seed: UInt64

  func dataset() throws -> RawDataset {
    try validate()
    let weights = makeWeights()
    var inputs: [Double] = []
    var targets: [Double] = []
    inputs.reserveCapacity(samples * features)
    targets.reserveCapacity(samples * outputs)
    for sample in 0..<samples {
      var random = RandomStream(RandomKey(seed: seed, purpose: .generation, step: UInt64(sample)))
      let input = (0..<features).map { _ in random.nextNormal() }
      inputs += input
      for value in output(of: input, weights) { targets.append(value + noise * random.nextNormal()) }
    }
    return try RawDataset(
      samples: RawSamples(rows: samples, features: .doubles(inputs), targets: .values(targets, columns: outputs)),
      featureShape: [features])
  }

  private var sizes: [Int] { [features] + hidden + [outputs] }

  private func validate() throws {
    let settings = GeneratedSettings(source: "teacher")
    try settings.requireCount(samples, "samples", atLeast: 2)
    try settings.requireCount(features, "features", atLeast: 1)
    try settings.requireCount(outputs, "outputs", atLeast: 1)
    for units in hidden { try settings.requireCount(units, "hidden", atLeast: 1) }
    try settings.requireNonnegative(noise, "noise")
    try settings.requireTotal(samples: samples, columns: features)
    try settings.requireTotal(samples: samples, columns: outputs)
    for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
      try settings.requireTotal(samples: inputs, columns: outputs)
    }
  }

  private func makeWeights() -> [[Double]] {
    var random = RandomStream(RandomKey(seed: seed, purpose: .generation, step: 0, index: 1))
    return zip(sizes, sizes.dropFirst()).map { inputs, outputs in
      let scale = 1 / Double(inputs).squareRoot()
      return (0..<inputs * outputs).map { _ in scale * random.nextNormal() }
    }
  }

  private func output(of input: [Double], _ weights: [[Double]]) -> [Double] {
    var units = input
    for (layer, kernel) in weights.enumerated() {
      let width = sizes[layer + 1]
      var sums = [Double](repeating: 0, count: width)
      for (index, unit) in units.enumerated() {
        for output in 0..<width { sums[output] += unit * kernel[index * width + output] }
      }
      units = layer < weights.count - 1 ? sums.map { .tanh($0) } : sums
    }
    return units
  }
}
