import Curvature
import Kernels
import Learning
import TestSupport

extension LossSurface {
  /// A surface over reproducible samples of two kinds of targets: classes for softmax, numbers for the other losses.
  convenience init(
    sizes: [Int], activation: Activation, loss: Loss, samples count: Int, keep: [Double]? = nil,
    form: Dropout.Form = .inverted, l2: Double = 0.02, bias: Bool = true, rows: [Int32]? = nil,
    masks: (seed: UInt64, step: Int)? = nil, seed: UInt64 = 21
  ) {
    let network = Network(sizes: sizes, activation: activation, bias: bias)
    var numbers = TestNumbers(seed: seed)
    let features: [S] = numbers.normals(count * sizes[0])
    let outputs = network.outputs
    let samples: Samples<S> =
      loss.takesClasses
      ? Samples(features: features, width: sizes[0], classes: numbers.classes(count, of: outputs), of: outputs)
      : Samples(features: features, width: sizes[0], values: numbers.normals(count * outputs), columns: outputs)
    let dropout = keep.map { Dropout(form: form, keepProbabilities: $0) } ?? .none(layers: network.layers.count)
    self.init(
      network: network, loss: loss, dropout: dropout, l2: l2,
      parameters: AlignedBuffer(numbers.normals(network.parameterCount, scale: 0.6)), samples: samples, rows: rows,
      masks: masks)
  }
}

/// LeCun's linear unit: 100 points in two Gaussian classes about ±(0.4, 0.8) of standard deviation 0.2, targets ±1.
struct LinearUnit {
  let features: [Double]
  let targets: [Double]

  init() {
    var numbers = TestNumbers(seed: 5)
    let noise: [Double] = numbers.normals(200, scale: 0.2)
    let means = [0.4, 0.8, -0.4, -0.8]
    features = noise.indices.map { noise[$0] + means[$0 % 4] }
    targets = (0..<100).map { $0 % 2 == 0 ? 1 : -1 }
  }

  func surface(bias: Bool, weights: [Double]? = nil) -> LossSurface<Double> {
    let network = Network(sizes: [2, 1], activation: .identity, bias: bias)
    return LossSurface(
      network: network, loss: .squaredError, dropout: .none(layers: 1),
      parameters: AlignedBuffer(weights ?? [0.1, -0.3, 0.2].prefix(network.parameterCount).map { $0 }),
      samples: Samples(features: features, width: 2, values: targets, columns: 1))
  }

  /// The inputs with a one for the bias.
  func row(_ index: Int, bias: Bool) -> [Double] { features[2 * index..<2 * index + 2] + (bias ? [1] : []) }
}

/// (1/N)Σ xxᵀ of these rows.
func secondMoment(_ rows: [[Double]]) -> SymmetricMatrix {
  let size = rows[0].count
  return SymmetricMatrix(dimension: size) { matrix in
    for row in rows {
      for i in 0..<size {
        for j in 0..<size { matrix[i * size + j] += row[i] * row[j] / Double(rows.count) }
      }
    }
  }
}
