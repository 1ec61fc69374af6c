import Experiments

/// What runs are compared by: a metric and the epoch it is read at.
public struct Criterion: Hashable, Sendable {
  public var metric: Metric
  public var epoch: SelectionRule.Epoch

  public enum Metric: String, Hashable, Sendable, CaseIterable {
    case validationLoss = "validation_loss"
    case validationAccuracy = "validation_accuracy"
    case trainLoss = "train_loss"
    case trainAccuracy = "train_accuracy"
    case trainingSeconds = "training_seconds"
    case totalSeconds = "total_seconds"
    case steps
    case gradients
    case products
    case epochs
    case lambdaMax = "lambda_max"
    case lambdaMin = "lambda_min"
    case negativeEigenvalues = "negative_eigenvalues"
    case conditionNumber = "condition_number"
    case learningRateOverBound = "learning_rate_over_bound"
    case curvatureTrace = "curvature_trace"
  }

  public init(metric: Metric, epoch: SelectionRule.Epoch) {
    self.metric = metric
    self.epoch = epoch
  }

  /// The rule an experiment declares.
  public init(_ rule: SelectionRule) {
    switch rule.metric {
    case .validationLoss: metric = .validationLoss
    case .validationAccuracy: metric = .validationAccuracy
    }
    epoch = rule.epoch
  }
}

extension Criterion.Metric {
  /// Flat is better than steep, and of the smallest eigenvalues the one that is least below zero.
  public var higherIsBetter: Bool {
    self == .validationAccuracy || self == .trainAccuracy || self == .lambdaMin
  }

  var isTime: Bool { self == .trainingSeconds || self == .totalSeconds }

  /// Whether equal values of two seeds are no chance: not where values are counts or shares of a few samples.
  var isContinuous: Bool {
    switch self {
    case .validationLoss, .trainLoss, .trainingSeconds, .totalSeconds, .lambdaMax, .lambdaMin, .conditionNumber,
      .learningRateOverBound, .curvatureTrace:
      true
    case .validationAccuracy, .trainAccuracy, .steps, .gradients, .products, .epochs, .negativeEigenvalues: false
    }
  }

  /// Whether the metric is a total of the run, the same at every epoch.
  public var isWholeRun: Bool {
    switch self {
    case .validationLoss, .validationAccuracy, .trainLoss, .trainAccuracy: false
    case .lambdaMax, .lambdaMin, .negativeEigenvalues, .conditionNumber, .learningRateOverBound, .curvatureTrace:
      false
    case .trainingSeconds, .totalSeconds, .steps, .gradients, .products, .epochs: true
    }
  }

  /// The run's measured value, NaN where there is none.
  public func value(of run: RunSummary, at epoch: SelectionRule.Epoch) -> Double {
    let metrics = epoch == .final ? run.final : run.best
    return switch self {
    case .validationLoss: metrics.validationLoss
    case .validationAccuracy: metrics.validationAccuracy
    case .trainLoss: metrics.trainLoss
    case .trainAccuracy: metrics.trainAccuracy
    case .trainingSeconds: run.cost.trainingSeconds
    case .totalSeconds: run.cost.totalSeconds
    case .steps: Double(run.cost.steps)
    case .gradients: Double(run.cost.gradients)
    case .products: Double(run.cost.products)
    case .epochs: Double(run.epochs)
    case .lambdaMax: metrics.curvature.lambdaMax
    case .lambdaMin: metrics.curvature.lambdaMin
    case .negativeEigenvalues: metrics.curvature.negatives
    case .conditionNumber: metrics.curvature.condition
    case .learningRateOverBound: metrics.curvature.learningRateOverBound
    case .curvatureTrace: metrics.curvature.trace
    }
  }
}

extension Criterion {
  /// The value a run is ranked by: NaN for a run that diverged, failed or measured nothing finite.
  public func rankedValue(of run: RunSummary) -> Double {
    guard run.outcome.isRankable else { return .nan }
    let value = metric.value(of: run, at: epoch)
    return value.isFinite ? value : .nan
  }

  /// Whether the run's value is a lower bound of what it stands for.
  func isBound(of run: RunSummary) -> Bool {
    let curvature = (epoch == .final ? run.final : run.best).curvature
    return switch metric {
    case .negativeEigenvalues: curvature.negativesAreBound
    case .conditionNumber: curvature.conditionIsBound
    default: false
    }
  }

  /// Whether `first` ranks before `second`. NaN never does.
  public func isBetter(_ first: Double, than second: Double) -> Bool {
    if second.isNaN { return !first.isNaN }
    return metric.higherIsBetter ? first > second : first < second
  }

  /// For example "validation_loss at the best epoch, lower is better".
  ///
  /// The best epoch is the one the experiment's own rule chose while training.
  public func description(selection: SelectionRule) -> String {
    let place: String
    if metric.isWholeRun {
      place = ""
    } else if epoch == .final {
      place = " at the final epoch"
    } else if metric.rawValue == selection.metric.rawValue {
      place = " at the best epoch"
    } else {
      place = " at the epoch with the best \(selection.metric.rawValue)"
    }
    return "\(metric.rawValue)\(place), \(metric.higherIsBetter ? "higher" : "lower") is better"
  }
}
