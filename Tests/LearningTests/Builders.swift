import Kernels
import Learning
import Settings
import TestSupport

extension Samples {
  init(features: [S], width: Int, classes: [Int32], of count: Int) {
    self.init(
      count: classes.count, featureCount: width, features: AlignedBuffer(features),
      targets: .classes(classes, classes: count))
  }

  init(features: [S], width: Int, values: [S], columns: Int) {
    self.init(
      count: features.count / width, featureCount: width, features: AlignedBuffer(features),
      targets: .values(AlignedBuffer(values), columns: columns))
  }

  /// Trained, validated and tested on alike.
  var everywhere: SplitSamples<S> { SplitSamples(train: self, validation: self, test: self) }
}

extension Network {
  /// Widths of all layers, the data's first and the output's last.
  init(sizes: [Int], activation: Activation, bias: Bool = true) {
    self.init(
      inputs: sizes[0], hidden: Array(sizes[1..<sizes.count - 1]), outputs: sizes[sizes.count - 1],
      activation: activation, bias: bias)
  }
}

extension Backpropagation {
  func gradient(
    at parameters: AlignedBuffer<S>, of samples: Samples<S>, rows: [Int32]? = nil,
    masks: (seed: UInt64, step: Int)? = nil
  ) -> (loss: Double, gradient: [S]) {
    let result = AlignedBuffer<S>(count: network.parameterCount)
    let loss =
      if let rows {
        rows.withUnsafeBufferPointer { gradient(at: parameters, of: samples, rows: $0, masks: masks, into: result) }
      } else {
        gradient(at: parameters, of: samples, rows: nil, masks: masks, into: result)
      }
    return (loss, result.array)
  }
}

/// Reproducible test data.
struct TestNumbers {
  private var stream: RandomStream

  init(seed: UInt64) { stream = RandomStream(RandomKey(seed: seed, purpose: .generation)) }

  mutating func normals<S: Scalar>(_ count: Int, scale: Double = 1) -> [S] {
    (0..<count).map { _ in S(scale * stream.nextNormal()) }
  }

  mutating func classes(_ count: Int, of classes: Int) -> [Int32] {
    (0..<count).map { _ in Int32(stream.nextIndex(below: classes)) }
  }
}

/// A registered optimizer by the name and settings the fixtures use.
func makeOptimizer<S: Scalar>(
  _ name: String, _ values: [String: Double], parameterCount count: Int
) -> any OptimizerState<S> {
  guard let kind = Parts.standard.optimizer(named: name) else { preconditionFailure("no optimizer \(name)") }
  precondition(values.keys.allSatisfy { key in kind.settings.contains { $0.name == key } })
  let settings = kind.settings.map { setting in values[setting.name].map { .number($0) } ?? setting.standard }
  guard let optimizer = kind.make(settings) as? any FirstOrderOptimizer else {
    preconditionFailure("\(name) is not of first order")
  }
  return optimizer.makeState(parameterCount: count, buffers: BufferPool())
}
