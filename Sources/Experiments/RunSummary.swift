/// One run without its traces and weights: a row of the ranking.
public struct RunSummary: Hashable, Sendable {
  public var identity: TrialIdentity
  public var hyperparameters: [Hyperparameter]
  public var outcome: TrialOutcome
  /// Epochs trained.
  public var epochs: Int
  public var bestEpoch: Int?
  public var cost: Cost
  /// Samples that validation losses and accuracies are means of; 0 where it is not known.
  public var validationSamples = 0
  /// At the final and at the best epoch.
  public var final: Metrics
  public var best: Metrics

  public struct Metrics: Hashable, Sendable {
    public var trainLoss = Double.nan
    public var trainAccuracy = Double.nan
    public var validationLoss = Double.nan
    public var validationAccuracy = Double.nan
    /// Of the validation samples' losses, with n − 1; NaN where it is not known.
    public var validationLossVariance = Double.nan
    public var curvature = CurvatureMetrics()

    public init() {}
  }

  public init(
    identity: TrialIdentity, hyperparameters: [Hyperparameter], outcome: TrialOutcome, epochs: Int, bestEpoch: Int?,
    cost: Cost, final: Metrics, best: Metrics
  ) {
    self.identity = identity
    self.hyperparameters = hyperparameters
    self.outcome = outcome
    self.epochs = epochs
    self.bestEpoch = bestEpoch
    self.cost = cost
    self.final = final
    self.best = best
  }
}

extension RunSummary {
  public init(_ record: TrialRecord) {
    self.init(
      identity: record.identity, hyperparameters: record.hyperparameters, outcome: record.outcome,
      epochs: max(0, record.trace.count - 1), bestEpoch: record.bestEpoch, cost: record.cost,
      final: record.trace.metrics(at: record.trace.count - 1),
      best: record.bestEpoch.map { record.trace.metrics(at: $0) } ?? .init())
    validationSamples = record.validation.samples
    final.validationLossVariance = record.validation.finalVariance ?? .nan
    best.validationLossVariance = record.validation.bestVariance ?? .nan
    final.curvature = CurvatureMetrics(record.curvature, at: .final)
    best.curvature = CurvatureMetrics(record.curvature, at: .best)
  }
}

extension Trace {
  /// The metrics at an index; NaN where there is no such epoch.
  public func metrics(at index: Int) -> RunSummary.Metrics {
    var metrics = RunSummary.Metrics()
    guard validationLoss.indices.contains(index) else { return metrics }
    metrics.trainLoss = trainLoss[index]
    metrics.trainAccuracy = trainAccuracy[index]
    metrics.validationLoss = validationLoss[index]
    metrics.validationAccuracy = validationAccuracy[index]
    return metrics
  }
}
