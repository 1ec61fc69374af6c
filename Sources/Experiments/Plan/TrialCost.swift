/// Floating-point operations of one trial trained to its last epoch, counted on paper.
///
/// A dense layer of m inputs and n outputs takes 2mn operations a sample for each of three products: its output, the
/// gradient of its weights and the gradient of its input. The first layer's input needs no gradient. Evaluation takes
/// one product a layer and sample. Biases, activations and losses are left out: they are a share of 1/m.
public struct TrialCost: Hashable, Sendable {
  /// Steps: epochs × ⌈samples / batch size⌉.
  public var steps: Int
  /// The three products of each layer, over all epochs.
  public var training: Double
  /// Validation, and training loss where it is measured, at epoch 0 and after each epoch.
  public var evaluation: Double
  /// The optimizer's arithmetic on all parameters, at every step: what makes small batches dear.
  public var updates: Double

  public var total: Double { training + evaluation + updates }
}

/// Sizes of a dense network once the data's inputs and outputs are known.
public struct NetworkSize: Hashable, Sendable {
  /// Inputs, units of each hidden layer, outputs.
  public var widths: [Int]
  public var bias: Bool

  public init(_ network: NetworkSpecification, inputs: Int, outputs: Int) {
    widths = [inputs] + network.hidden + [outputs]
    bias = network.bias
  }

  /// Σ mn over layers: weights without biases.
  public var weights: Int { zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } }

  public var parameters: Int { weights + (bias ? widths.dropFirst().reduce(0, +) : 0) }

  /// 2 Σ mn.
  public var forwardOperations: Double { 2 * Double(weights) }

  /// 6 Σ mn − 2 m₁n₁.
  public var gradientOperations: Double { 3 * forwardOperations - 2 * Double(widths[0]) * Double(widths[1]) }

  /// Numbers kept for one sample: the data and their mask; of each hidden layer its input, output, gradient and mask; of
  /// the outputs value, gradient and target.
  var activations: Int { 2 * widths[0] + 4 * widths.dropFirst().dropLast().reduce(0, +) + 3 * widths[widths.count - 1] }
}

extension OptimizerKind {
  /// Vectors of the parameters' size that are kept from step to step.
  public var stateVectors: Int {
    switch self {
    case .gradientDescent: 0
    case .momentum, .nesterov, .adagrad, .rmsprop, .lion: 1
    case .adadelta, .adam, .adamw, .nadam: 2
    }
  }

  /// Operations of an update on one parameter: additions, multiplications, divisions and roots count one each.
  var updateOperations: Int {
    switch self {
    case .gradientDescent: 2
    case .momentum: 4
    case .nesterov: 6
    case .adagrad: 7
    case .adadelta: 14
    case .rmsprop: 8
    case .adam: 12
    case .adamw: 14
    case .nadam: 16
    case .lion: 9
    }
  }
}
