import Experiments
import Reports
import TestSupport

/// A run made up for a test.
struct SampleRun {
  var optimizer = "adam"
  var learningRate = 0.01
  var keepProbability: [Double] = [1, 1]
  var seed = 1
  var loss = 1.0
  var outcome = TrialOutcome.completed
  var extra: [Hyperparameter] = []
  var epochs = 10
  var bestEpoch: Int? = 5
  var accuracy = Double.nan
  var seconds = 0.0
  var workers = 0
  /// Nil: the same as `loss`.
  var finalLoss: Double?

  var hyperparameters: [Hyperparameter] {
    [.init("optimizer", .text(optimizer)), .init("learning_rate", .number(learningRate))] + extra + [
      .init("keep_probability", .list(keepProbability)),
      .init("dropout_rate", .list(keepProbability.map { 1 - $0 })), .init("seed", .integer(seed)),
    ]
  }

  var summary: RunSummary {
    var best = RunSummary.Metrics()
    best.validationLoss = loss
    best.validationAccuracy = accuracy
    var final = best
    final.validationLoss = finalLoss ?? loss
    var cost = Cost()
    (cost.trainingSeconds, cost.workers) = (seconds, workers)
    let text = hyperparameters.map { "\($0.name)=\($0.value)\n" }.joined()
    return RunSummary(
      identity: TrialIdentity(hashing: text), hyperparameters: hyperparameters, outcome: outcome, epochs: epochs,
      bestEpoch: bestEpoch, cost: cost, final: final, best: best)
  }
}

extension [SampleRun] {
  /// validation loss = 1 + 2·[rate is 0.1] + 4·[keep is 1] + seed's ±0.5.
  static var additive: [SampleRun] {
    var runs: [SampleRun] = []
    for (rate, first) in [(0.01, 0.0), (0.1, 2.0)] {
      for (keep, second) in [(0.5, 0.0), (1.0, 4.0)] {
        for (seed, noise) in [(1, 0.5), (2, -0.5)] {
          runs.append(
            SampleRun(
              learningRate: rate, keepProbability: [1, keep], seed: seed, loss: 1 + first + second + noise))
        }
      }
    }
    return runs
  }

  var summaries: [RunSummary] { map(\.summary) }

  func ranking(_ metric: Criterion.Metric = .validationLoss, _ epoch: SelectionRule.Epoch = .best) -> Ranking {
    Ranking(RunTable(summaries), by: Criterion(metric: metric, epoch: epoch))
  }
}

extension Ranking {
  /// The learning rates of the configurations from best to worst: what the tests tell configurations by.
  var learningRates: [Double] {
    configurations.map { configuration in
      guard case .number(let value) = table.column("learning_rate")?[configuration.row] else { return .nan }
      return value
    }
  }
}
