import Kernels

/// A mean loss over samples that a ``Trainer`` descends: that of a network, or a problem's.
public protocol TrainableLoss<Value>: AnyObject {
  associatedtype Value: Scalar

  var parameterCount: Int { get }

  /// Memory for vectors of so many scalars, which goes from a run to the next one.
  var buffers: BufferPool<Value> { get }

  /// Whether the loss of a batch differs from one step to the next: dropout, and noise on the inputs.
  var isRandom: Bool { get }

  /// One step of training: the gradient of a batch and the optimizer's update.
  ///
  /// - Parameters:
  ///   - rows: Indices into `samples`, the batch; nil for all samples in their order.
  ///   - masks: Seed and step of the dropout masks.
  ///   - bound: The largest loss that a step follows on.
  ///   - gradient: Room for ``parameterCount`` scalars.
  /// - Returns: The mean loss before the step and ‖g‖₂²; nil where the loss is over the bound or not a number: the
  ///   parameters are then as they were.
  func step(
    _ parameters: AlignedBuffer<Value>, of samples: Samples<Value>, rows: UnsafeBufferPointer<Int32>?,
    masks: (seed: UInt64, step: Int), by optimizer: any OptimizerState<Value>, learningRate: Double, bound: Double,
    gradient: AlignedBuffer<Value>
  ) -> (loss: Double, square: Double?)

  /// Mean loss and accuracy without dropout and penalty.
  ///
  /// - Parameter measuresVariance: Whether the variance of the samples' losses is wanted too.
  func evaluate(
    _ parameters: AlignedBuffer<Value>, on samples: Samples<Value>, measuresVariance: Bool
  ) -> Evaluation

  /// The loss over these samples as second-order methods see it.
  func objective(on samples: Samples<Value>) -> any BatchObjective
}

extension TrainableLoss {
  /// Mean loss and accuracy without dropout and penalty.
  public func evaluate(_ parameters: AlignedBuffer<Value>, on samples: Samples<Value>) -> Evaluation {
    evaluate(parameters, on: samples, measuresVariance: false)
  }
}

/// An objective that is a mean over a batch, which may change from step to step.
public protocol BatchObjective: Objective {
  /// The batch: indices of the samples that count; nil for all of them.
  var rows: [Int32]? { get set }
  /// Seed and step of the dropout masks; nil for no dropout.
  var masks: (seed: UInt64, step: Int)? { get set }
}

extension NetworkObjective: BatchObjective {}

extension Backpropagation: TrainableLoss {
  public var parameterCount: Int { network.parameterCount }

  public var isRandom: Bool { inputNoise > 0 || dropout.keepProbabilities.contains { $0 < 1 } }

  public func objective(on samples: Samples<S>) -> any BatchObjective { NetworkObjective(self, samples: samples) }
}
