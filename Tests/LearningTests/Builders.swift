import Kernels
import Learning

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

/// An optimizer by the name and hyperparameters the fixtures use.
func makeOptimizer<S: Scalar>(
  _ name: String, _ values: [String: Double], parameterCount count: Int
) -> any OptimizerState<S> {
  func value(_ name: String, _ standard: Double) -> Double { values[name] ?? standard }
  let decay = value("weight_decay", name == "adamw" ? 0.01 : 0)
  let momentum = value("momentum", 0.9)
  let beta1 = value("beta1", 0.9)
  switch name {
  case "gradient_descent": return GradientDescentState<S>(weightDecay: decay)
  case "momentum", "nesterov":
    return MomentumState<S>(parameterCount: count, momentum: momentum, nesterov: name == "nesterov", weightDecay: decay)
  case "adagrad":
    return AdagradState<S>(
      parameterCount: count, initialAccumulator: value("initial_accumulator", 0), epsilon: value("epsilon", 1e-10),
      weightDecay: decay)
  case "adadelta":
    return AdadeltaState<S>(
      parameterCount: count, rho: value("rho", 0.9), epsilon: value("epsilon", 1e-6), weightDecay: decay)
  case "rmsprop":
    return RMSpropState<S>(
      parameterCount: count, rho: value("rho", 0.99), epsilon: value("epsilon", 1e-8), weightDecay: decay)
  case "adam", "adamw":
    return AdamState<S>(
      parameterCount: count, beta1: beta1, beta2: value("beta2", 0.999), epsilon: value("epsilon", 1e-8),
      weightDecay: decay, decoupled: name == "adamw")
  case "nadam":
    return NAdamState<S>(
      parameterCount: count, beta1: beta1, beta2: value("beta2", 0.999), epsilon: value("epsilon", 1e-8),
      momentumDecay: value("momentum_decay", 0.004), weightDecay: decay)
  case "lion":
    return LionState<S>(parameterCount: count, beta1: beta1, beta2: value("beta2", 0.99), weightDecay: decay)
  default: preconditionFailure("no optimizer \(name)")
  }
}
