/// How long and in which order a run trains, and what ends it early.
public struct TrainingPlan: Sendable {
  public var epochs: Int
  /// Samples in one gradient; nil for all of them.
  public var batchSize: Int?
  /// Whether each epoch draws a fresh permutation of the samples. A full batch needs none.
  public var shuffles: Bool
  /// Whether every epoch takes the first one's permutation.
  public var repeatsOrder = false
  /// Whether the samples that fill no whole batch are left out of every epoch.
  public var dropsRemainder = false
  public var learningRate: Double
  public var schedule: Schedule
  /// Epochs without a better value of ``stopBy`` before the run stops; nil for never.
  public var patience: Int?
  /// By how much a value must be better to count as better.
  public var minimumDelta: Double
  /// What early stopping looks at.
  public var stopBy = Criterion.validationLoss
  /// A batch loss above ``lossBound(untrained:)``, or not finite, ends the run as diverged.
  public var divergenceBound: Double
  /// Whether the training set is evaluated without dropout after each epoch.
  public var evaluatesTraining: Bool
  /// What the best epoch is best by.
  public var bestBy: Criterion
  public var keepsBestParameters: Bool
  /// Keys sample order and dropout masks.
  public var seed: UInt64

  public enum Criterion: Hashable, Sendable {
    case validationLoss
    case validationAccuracy
  }

  public init(
    epochs: Int, batchSize: Int?, learningRate: Double, seed: UInt64, shuffles: Bool = true,
    schedule: Schedule = .constant, patience: Int? = nil, minimumDelta: Double = 0, divergenceBound: Double = 1e6,
    evaluatesTraining: Bool = true, bestBy: Criterion = .validationLoss, keepsBestParameters: Bool = true
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.shuffles = shuffles
    self.learningRate = learningRate
    self.schedule = schedule
    self.patience = patience
    self.minimumDelta = minimumDelta
    self.divergenceBound = divergenceBound
    self.evaluatesTraining = evaluatesTraining
    self.bestBy = bestBy
    self.keepsBestParameters = keepsBestParameters
    self.seed = seed
  }

  /// The largest loss that training goes on from: ``divergenceBound``, or ``untrainedFactor`` times the loss before
  /// training where that is larger, as it is where targets are large numbers.
  ///
  /// - Parameter untrained: The validation loss at epoch 0; NaN where there is none.
  public func lossBound(untrained: Double) -> Double {
    untrained.isFinite ? max(divergenceBound, Self.untrainedFactor * untrained) : divergenceBound
  }

  /// Batches of heavy-tailed targets lie two orders of magnitude above the mean loss.
  public static let untrainedFactor = 1000.0

  /// Steps in one epoch; the last batch holds what is left, unless that is dropped.
  public func stepsPerEpoch(samples: Int) -> Int {
    let batch = batchSize ?? samples
    return dropsRemainder ? samples / batch : (samples + batch - 1) / batch
  }
}

/// What was measured after an epoch; epoch 0 is the state before training.
public struct EpochMeasurement: Hashable, Sendable {
  /// Mean loss of the epoch's batches, weighted by their samples, with dropout and penalty. NaN at epoch 0.
  public var batchLoss: Double
  /// NaN where the plan does not evaluate the training set.
  public var training: Evaluation
  public var validation: Evaluation
  /// η of the epoch's last step. NaN at epoch 0.
  public var learningRate: Double
  /// Root mean square over the epoch's steps of ‖g‖₂. NaN at epoch 0.
  public var gradientNorm: Double
  /// Time spent in steps since the run began, evaluation excluded.
  public var seconds: Double
  /// What was asked of the loss since the run began.
  public var passes = TrainingPasses()
  /// What a second-order method did in the epoch; nil for others, and at epoch 0.
  public var descent: EpochDescent?
}

/// Work on the training set, in passes over all of it: a batch counts by its samples.
public struct TrainingPasses: Hashable, Sendable {
  /// Gradients; a loss without its gradient, a forward pass alone, counts as a third of one.
  public var gradients = 0.0
  /// Hessian- or Gauss–Newton-vector products, and matrices by the products that take as many operations.
  public var products = 0.0
  /// Gradients that a product took as long as: seconds a pass of either, over the run so far, of the thread alone. NaN where
  /// there were no products. A measurement, which differs from run to run as seconds do.
  public var productCost = Double.nan

  public init() {}
}

/// An epoch of a second-order method.
public struct EpochDescent: Hashable, Sendable {
  /// What the last step's direction was multiplied by; NaN where no step was found.
  public var stepLength = Double.nan
  /// α or μ of the last step; NaN for a method without.
  public var damping = Double.nan
  /// Iterations inside the epoch's steps.
  public var innerIterations = 0
  /// Losses taken to find the lengths of the epoch's steps.
  public var evaluations = 0

  public init() {}

  mutating func add(_ report: StepReport) {
    stepLength = report.stepLength
    damping = report.damping
    innerIterations += report.innerIterations
    evaluations += report.evaluations
  }
}

/// How training ended.
public enum TrainingOutcome: Hashable, Sendable {
  case completed
  case stoppedEarly
  /// A second-order method's stopping rule ended it.
  case converged(StoppingRule.Reason)
  /// At this step, counted from 1.
  case diverged(step: Int)
  /// The caller asked for it.
  case interrupted
}
