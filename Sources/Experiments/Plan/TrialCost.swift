import Settings

/// Floating-point operations of one trial trained to its last epoch, counted on paper.
///
/// A layer of m inputs and n outputs takes 2mn operations a sample, and position of a convolution, for each of three
/// products: its output, the gradient of its weights and the gradient of its input. The first layer's input needs no
/// gradient. Evaluation takes one product a layer and sample. Biases, activations and losses are left out: they are a
/// share of 1/m.
public struct TrialCost: Hashable, Sendable {
  /// Steps: epochs × ⌈samples / batch size⌉, or ⌊…⌋ where the remainder is dropped.
  public var steps: Int
  /// The three products of each layer, over all epochs.
  public var training: Double
  /// Validation, and training loss where it is measured, at epoch 0 and after each epoch.
  public var evaluation: Double
  /// The optimizer's arithmetic on all parameters, at every step: what makes small batches dear.
  public var updates: Double
  /// Products with the Hessian, and the eigenvalues of a matrix that is formed.
  public var probes = 0.0

  public var total: Double { training + evaluation + updates + probes }
}

/// Sizes of a network once the data's inputs and outputs are known.
public struct NetworkSize: Hashable, Sendable, CustomStringConvertible {
  /// Features of a sample.
  public var inputs: Int
  public var layers: [Layer]
  public var bias: Bool
  /// n where a loss and its gradient take products with a dense n × n matrix, however many samples there are; else 0.
  public var denseMatrix = 0
  /// For example `64-32-10`, or `28x28x1-32c-64c-1024-10` with two convolutions.
  public var description: String

  /// A layer's product: `positions` rows a sample, of m inputs and n outputs.
  public struct Layer: Hashable, Sendable {
    public var positions: Int
    public var inputs: Int
    public var outputs: Int
    /// Numbers of a sample that it takes: of a convolution its image, not the windows.
    public var features: Int
    public var isConvolution = false

    /// Weights without biases.
    public var weights: Int { inputs * outputs }
    /// mn for each position.
    var multiplications: Double { Double(positions) * Double(weights) }
  }

  init(_ problem: ProblemSpecification) {
    inputs = problem.dimension
    layers = [Layer(positions: 1, inputs: problem.dimension, outputs: 1, features: problem.dimension)]
    bias = false
    description = problem.name
    if problem.isRotated { denseMatrix = problem.dimension }
  }

  public init(_ network: NetworkSpecification, inputs: Int, outputs: Int) {
    self.inputs = inputs
    bias = network.bias
    var layers: [Layer] = []
    var width = inputs
    if var image = network.image {
      for convolution in network.convolutions {
        let activations = convolution.activations(on: image) ?? image
        let window = convolution.window.height * convolution.window.width * image.channels
        layers.append(
          Layer(
            positions: activations.height * activations.width, inputs: window, outputs: convolution.channels,
            features: image.count, isConvolution: true))
        image = convolution.output(on: image) ?? activations
      }
      width = image.count
    }
    for units in network.hidden + [outputs] {
      layers.append(Layer(positions: 1, inputs: width, outputs: units, features: width))
      width = units
    }
    self.layers = layers
    let below = network.image.map { ["\($0)"] + network.convolutions.map { "\($0.channels)c" } } ?? ["\(inputs)"]
    description = (below + (network.hidden + [outputs]).map(String.init)).joined(separator: "-")
  }

  /// Σ mn over layers: weights without biases.
  public var weights: Int { layers.reduce(0) { $0 + $1.weights } }

  public var parameters: Int { weights + (bias ? layers.reduce(0) { $0 + $1.outputs } : 0) }

  /// Outputs of all layers, those of a convolution counted once.
  var units: Int { layers.reduce(0) { $0 + $1.outputs } }

  /// 2 Σ mn, a convolution's for each of its positions.
  public var forwardOperations: Double { 2 * layers.reduce(0) { $0 + $1.multiplications } }

  /// 6 Σ mn − 2 m₁n₁.
  public var gradientOperations: Double { 3 * forwardOperations - 2 * layers[0].multiplications }

  /// What a step of an optimizer works on.
  var stepWork: StepWork {
    StepWork(parameters: parameters, gradientOperations: gradientOperations, matrixRows: denseMatrix)
  }

  /// Operations of a loss and its gradient that do not depend on the samples.
  var fixedOperations: Double { stepWork.matrixProduct }

  /// Numbers kept for one sample: the data and their mask; of each hidden layer its input, output, gradient and mask; of
  /// the outputs value, gradient and target.
  var activations: Int {
    let hidden = layers.dropLast().reduce(0) { $0 + 4 * $1.positions * $1.outputs }
    return 2 * inputs + hidden + 3 * layers[layers.count - 1].outputs
  }

  /// Windows of a convolution and their gradient, for as many samples as stay in the second-level cache.
  var windows: Int {
    let sizes = layers.map { layer -> Int in
      let sample = layer.positions * layer.inputs
      return layer.isConvolution ? max(1, (1 << 18) / sample) * sample : 0
    }
    return 2 * (sizes.max() ?? 0)
  }
}
