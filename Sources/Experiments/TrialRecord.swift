/// What a run leaves behind: the only currency between training, store and reports.
public struct TrialRecord: Hashable, Sendable {
  public var identity: TrialIdentity
  public var hyperparameters: [Hyperparameter]
  public var outcome: TrialOutcome
  /// One entry an epoch trained, and epoch 0: the state before training.
  public var trace: Trace
  /// Index into `trace` of the best epoch by the selection metric, lowest index on ties; nil where none is finite.
  public var bestEpoch: Int?
  public var validation = ValidationSpread()
  public var cost: Cost
  public var weights: Weights
  /// Probes of the curvature, in the order of their epochs.
  public var curvature: [CurvatureMeasurement] = []

  public init(
    identity: TrialIdentity, hyperparameters: [Hyperparameter], outcome: TrialOutcome, trace: Trace = .init(),
    bestEpoch: Int? = nil, cost: Cost = .init(), weights: Weights = .init()
  ) {
    self.identity = identity
    self.hyperparameters = hyperparameters
    self.outcome = outcome
    self.trace = trace
    self.bestEpoch = bestEpoch
    self.cost = cost
    self.weights = weights
  }
}

/// How the losses of the validation samples differ from one another, which tells how far their mean may be from the loss
/// on new samples: by √(variance/samples).
public struct ValidationSpread: Hashable, Sendable {
  /// Samples that validation losses are means of; 0 in runs that were stored before it was, and in those of problems.
  public var samples = 0
  /// Σ(lᵢ − l̄)²/(n − 1) at the final epoch; nil where it is not known or not finite.
  public var finalVariance: Double?
  /// The same at the best epoch.
  public var bestVariance: Double?

  public init(samples: Int = 0, finalVariance: Double? = nil, bestVariance: Double? = nil) {
    self.samples = samples
    self.finalVariance = finalVariance
    self.bestVariance = bestVariance
  }
}

/// How a run ended. Divergence is a result, not an error.
public enum TrialOutcome: Hashable, Sendable {
  /// Trained all of its epochs.
  case completed
  /// The validation loss had not improved for `patience` epochs.
  case stoppedEarly
  /// The loss was NaN, infinite or over the bound at this step, counted from 1.
  case diverged(step: Int)
  /// Could not run; the message says why.
  case failed(message: String)
  /// The gradient's norm fell to the optimizer's tolerance.
  case converged
  /// The optimizer found no step that lowers the loss, or one no longer than its tolerance.
  case stalled

  public var name: String {
    switch self {
    case .completed: "completed"
    case .stoppedEarly: "stopped_early"
    case .diverged: "diverged"
    case .failed: "failed"
    case .converged: "converged"
    case .stalled: "stalled"
    }
  }

  /// Names in the order of their codes on disk.
  public static let names = ["completed", "stopped_early", "diverged", "failed", "converged", "stalled"]

  /// Whether the run trained to its end, so that it can be ranked.
  public var isRankable: Bool {
    switch self {
    case .completed, .stoppedEarly, .converged, .stalled: true
    case .diverged, .failed: false
    }
  }
}

/// Measurements by epoch, columnar. Entry 0 is the state before training; `batchLoss`, `gradientNorm` are NaN there.
public struct Trace: Hashable, Sendable {
  /// Mean loss of the epoch's batches while they were trained on: with dropout and penalty.
  public var batchLoss: [Double] = []
  /// Loss on the whole training set after the epoch, without dropout, without penalty.
  public var trainLoss: [Double] = []
  /// Share of training samples classified correctly; NaN for regression.
  public var trainAccuracy: [Double] = []
  public var validationLoss: [Double] = []
  public var validationAccuracy: [Double] = []
  /// η of the epoch's last step.
  public var learningRate: [Double] = []
  /// Root mean square over the epoch's steps of ‖∇E‖₂ of the batch, dropout and penalty included.
  public var gradientNorm: [Double] = []
  /// Training time since the run began, evaluation excluded.
  public var seconds: [Double] = []
  /// Gradients since the run began, in passes over the training set: a batch counts by its samples, a loss without its
  /// gradient as a third of one. Empty in runs that were stored before it was measured.
  public var gradientPasses: [Double] = []
  /// Hessian- or Gauss–Newton-vector products since the run began, in passes over the training set. Empty as above.
  public var productPasses: [Double] = []
  /// What the last step's direction was multiplied by. This and the following: empty for first-order optimizers.
  public var stepLength: [Double] = []
  /// α of H + αI, or μ, of the last step. Empty for an optimizer without.
  public var damping: [Double] = []
  /// Iterations inside the epoch's steps: products of an inner solver, or factorisations tried.
  public var innerIterations: [Double] = []
  /// Losses taken to find the lengths of the epoch's steps, with or without gradients.
  public var evaluations: [Double] = []
  /// Gradients that a product took as long as, measured over the run so far. Empty without products, and in runs that were
  /// stored before it was measured: those count a matrix as a product a parameter.
  public var productCost: [Double] = []

  public init() {}

  public var count: Int { validationLoss.count }

  /// The named columns in the order they are stored. New ones are added at the end, as optional ones: journals rely on it.
  public static let columns: [Column] = [
    .init("batch_loss", "mean batch loss during the epoch, with dropout and penalty", "1", \.batchLoss),
    .init("train_loss", "training loss after the epoch, without dropout", "1", \.trainLoss),
    .init("train_accuracy", "share of training samples classified correctly", "1", \.trainAccuracy),
    .init("val_loss", "validation loss after the epoch", "1", \.validationLoss),
    .init("val_accuracy", "share of validation samples classified correctly", "1", \.validationAccuracy),
    .init("learning_rate_trace", "learning rate of the epoch's last step", "1", \.learningRate),
    .init("gradient_norm", "root mean square of the batch gradient's norm over the epoch", "1", \.gradientNorm),
    .init("seconds_trace", "training time since the run began", "s", \.seconds),
    .optional("gradient_passes", "gradients since the run began, in passes over the training set", \.gradientPasses),
    .optional(
      "product_passes", "curvature products since the run began, in passes over the training set", \.productPasses),
    .optional("step_length", "multiple of its direction that the epoch's last step took", \.stepLength),
    .optional("damping_trace", "damping of the epoch's last step", \.damping),
    .optional("inner_iterations", "iterations inside the epoch's steps", \.innerIterations),
    .optional("evaluations", "losses taken to find the lengths of the epoch's steps", \.evaluations),
    .optional("product_cost", "gradients that a curvature product took as long as, over the run so far", \.productCost),
  ]

  /// The values of ``columns``, in their order. Reading many through their key paths copies the whole trace each time.
  public var columnValues: [[Double]] {
    [
      batchLoss, trainLoss, trainAccuracy, validationLoss, validationAccuracy, learningRate, gradientNorm, seconds,
      gradientPasses, productPasses, stepLength, damping, innerIterations, evaluations, productCost,
    ]
  }

  /// The last of them: those that first-order optimizers leave empty.
  static let secondOrderColumns = 5

  public struct Column: Sendable {
    public var name: String
    public var longName: String
    public var units: String
    public var values: any WritableKeyPath<Trace, [Double]> & Sendable
    /// Whether runs may be without it: an empty array.
    public var isOptional = false

    static func optional(
      _ name: String, _ longName: String, _ values: any WritableKeyPath<Trace, [Double]> & Sendable
    ) -> Column {
      var column = Column(name, longName, "1", values)
      column.isOptional = true
      return column
    }

    init(_ name: String, _ longName: String, _ units: String, _ values: any WritableKeyPath<Trace, [Double]> & Sendable)
    {
      self.name = name
      self.longName = longName
      self.units = units
      self.values = values
    }
  }
}

/// What a run cost.
public struct Cost: Hashable, Sendable {
  /// Parameter updates.
  public var steps = 0
  /// Gradient evaluations, in batches.
  public var gradients = 0
  /// Hessian- or Gauss–Newton-vector products.
  public var products = 0
  /// Wall-clock time of training, evaluation excluded.
  public var trainingSeconds = 0.0
  /// Wall-clock time of the whole run.
  public var totalSeconds = 0.0
  /// Trials that the process trained at a time, this one among them: times of runs side by side are no times of runs
  /// alone. 0 in runs that were stored before it was.
  public var workers = 0

  public init() {}
}

/// Flat parameter vectors, each layer's kernel (inputs × outputs, row-major) and then its bias. Empty where not kept.
public struct Weights: Hashable, Sendable {
  public var initial: WeightVector = []
  /// At the best epoch by the selection metric.
  public var best: WeightVector = []
  public var final: WeightVector = []
  /// What each part of a vector is, in order and without gaps; the same for all three. Empty where nothing is kept.
  public var slices: [ParameterSlice] = []

  public init() {}

  /// Of the vectors that are kept; nil where there are none.
  public var precision: Precision? { initial.precision ?? best.precision ?? final.precision }
}

/// One named slice of the flat parameter vector.
public struct ParameterSlice: Hashable, Sendable, Codable {
  /// Index of the layer from 0.
  public var layer: Int
  /// `kernel` or `bias`.
  public var role: String
  public var offset: Int
  /// `[inputs, outputs]` or `[outputs]`.
  public var shape: [Int]

  public init(layer: Int, role: String, offset: Int, shape: [Int]) {
    self.layer = layer
    self.role = role
    self.offset = offset
    self.shape = shape
  }
}
