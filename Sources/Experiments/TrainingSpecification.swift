/// How long a trial trains, in which order, and what ends it early.
public struct TrainingSpecification: Hashable, Sendable {
  public var epochs: Int
  public var order: Order
  /// Whether the samples that fill no whole batch are left out of every epoch.
  public var dropRemainder = false
  /// Stops after this many epochs without a better value of ``stoppingMetric``. Nil: never.
  public var patience: Int?
  /// By how much a value must be better to count as better.
  public var minimumDelta: Double
  /// What early stopping looks at: the metric that runs are selected by.
  public var stoppingMetric = SelectionRule.Metric.validationLoss
  /// A batch loss above this and 1000 times the untrained network's validation loss, NaN or infinite, ends the run as
  /// diverged.
  public var divergenceBound: Double
  /// Whether the training loss and accuracy are measured without dropout at each epoch's end, or left as NaN.
  public var evaluatesTraining: Bool

  public enum Order: String, Hashable, Sendable, CaseIterable, Codable {
    /// A fresh permutation each epoch.
    case shuffled
    /// One permutation, drawn from the seed, the same in every epoch.
    case shuffledOnce = "shuffled_once"
    /// The order of the data, the same in every epoch.
    case fixed
  }

  public init(
    epochs: Int, order: Order = .shuffled, patience: Int? = nil, minimumDelta: Double = 0,
    divergenceBound: Double = 1e6, evaluatesTraining: Bool = true
  ) {
    self.epochs = epochs
    self.order = order
    self.patience = patience
    self.minimumDelta = minimumDelta
    self.divergenceBound = divergenceBound
    self.evaluatesTraining = evaluatesTraining
  }
}

/// The rule by which runs are compared, declared in the experiment file and stored with the results.
public struct SelectionRule: Hashable, Sendable, Codable {
  public var metric: Metric
  public var epoch: Epoch

  public enum Metric: String, Hashable, Sendable, CaseIterable, Codable {
    case validationLoss = "validation_loss"
    case validationAccuracy = "validation_accuracy"
  }

  public enum Epoch: String, Hashable, Sendable, CaseIterable, Codable {
    /// The last epoch trained.
    case final
    /// The epoch with the best value of the metric.
    case best
  }

  public static let standard = SelectionRule(metric: .validationLoss, epoch: .best)

  public init(metric: Metric, epoch: Epoch) {
    self.metric = metric
    self.epoch = epoch
  }
}
