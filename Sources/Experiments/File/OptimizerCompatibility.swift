import Settings

/// Refuses optimizers on losses that are not theirs: a reason for each entry of the grid, not one for each trial.
struct OptimizerCompatibility {
  let optimizers: [OptimizerEntry]
  let learningRates: GridAxis<Double>?

  /// Reports each entry's first trial, by the order of the grid, that goes against a rule of its optimizer.
  func check(_ trials: TrialList) {
    var reported: Set<Refusal> = []
    var entries: [OptimizerSpecification: Int] = [:]
    for (index, entry) in optimizers.enumerated() where entry.kind.type.isSecondOrder {
      for specification in entry.specifications(default: learningRates) { entries[specification] = index }
    }
    for (trial, _) in trials.configurations {
      guard let entry = entries[trial.optimizer] else { continue }
      let optimizer = trial.optimizer.optimizer
      for rule in Rule.allCases {
        guard let problem = rule.problem(with: trial, of: optimizer),
          reported.insert(.init(entry: entry, rule: rule)).inserted
        else {
          continue
        }
        optimizers[entry].field.report(problem.reason, accepted: problem.accepted)
      }
    }
  }

  private struct Refusal: Hashable {
    var entry: Int
    var rule: Rule
  }

  private enum Rule: CaseIterable {
    case batch
    case dropout
    case noise
    case own
    case schedule
    case masks

    func problem(
      with trial: Trial, of optimizer: any OptimizerPart
    ) -> (reason: String, accepted: String)? {
      let (name, method) = (trial.optimizer.kind.name, trial.optimizer.kind.type)
      switch self {
      case .batch:
        guard case .samples(let size) = trial.batchSize, method.isBatchMethod, !optimizer.isStochastic
        else { return nil }
        return (
          "\(name) is a batch method: with a batch size of \(size) every step would see another loss",
          "batch_size: full, stochastic: true, or an exclude rule {optimizer: \(name), batch_size: \(size)}"
        )
      case .dropout:
        let layers = trial.dropout.keepProbabilities(hiddenLayers: trial.network.hiddenLayers)
        guard let keep = layers.first(where: { $0 < 1 }), method.isBatchMethod,
          !optimizer.freezesMasks
        else { return nil }
        return (
          "\(name) needs a loss that gives the same value twice, and dropout"
            + " (keep_probability \(HyperparameterValue.number(keep))) draws new masks",
          "frozen_masks: true, which keeps the masks for a step, keep_probability: 1, or an exclude rule"
        )
      case .noise:
        guard trial.inputNoise > 0, method.isBatchMethod, !optimizer.freezesMasks else { return nil }
        return (
          "\(name) needs a loss that gives the same value twice, and input_noise"
            + " (\(HyperparameterValue.number(trial.inputNoise))) draws new numbers",
          "frozen_masks: true, which keeps the noise for a step as well, input_noise: 0, or an exclude rule"
        )
      case .own:
        // A problem is its own loss.
        let isSquaredError = trial.problem != nil || trial.loss.lossPart.isSquaredError
        return optimizer.conflict(loss: trial.loss.name, isSquaredError: isSquaredError)
          .map { ($0.reason, $0.accepted) }
      case .schedule:
        guard !method.hasLearningRate, trial.schedule != .constant else { return nil }
        return ("\(name) has no learning rate that a schedule could change", "schedule: constant, or an exclude rule")
      case .masks:
        guard trial.problem != nil, optimizer.freezesMasks else { return nil }
        return ("a problem has no dropout whose masks could be frozen", "frozen_masks: false")
      }
    }
  }
}
