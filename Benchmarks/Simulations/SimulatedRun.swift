import Experiments
import Foundation
import RandomNumbers
import Reports

/// A run with a validation loss and hyperparameters alone.
struct SimulatedRun {
  var hyperparameters: [Hyperparameter]
  var seed: Int
  var loss: Double

  func summary(_ index: Int) -> RunSummary {
    var metrics = RunSummary.Metrics()
    metrics.validationLoss = loss
    return RunSummary(
      identity: TrialIdentity(high: 0, low: UInt64(index)),
      hyperparameters: hyperparameters + [.init("seed", .integer(seed))], outcome: .completed, epochs: 100,
      bestEpoch: 50, cost: Cost(), final: metrics, best: metrics)
  }
}

extension [SimulatedRun] {
  var ranking: Ranking {
    Ranking(RunTable(enumerated().map { $1.summary($0) }), by: Criterion(metric: .validationLoss, epoch: .best))
  }
}

extension RandomStream {
  /// The stream of one simulated experiment.
  init(experiment: Int, of seed: UInt64) {
    self.init(RandomKey(seed: seed, purpose: .generation, step: UInt64(experiment)))
  }

  /// Exponential with mean 1.
  mutating func nextExponential() -> Double { -log1p(-nextUniform()) }
}
