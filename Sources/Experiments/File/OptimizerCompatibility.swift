/// Refuses optimizers on losses that are not theirs: a reason for each entry of the grid, not one for each trial.
struct OptimizerCompatibility {
  let optimizers: [OptimizerEntry]
  let learningRates: GridAxis<Double>?

  /// Reports each entry's first trial, by the order of the grid, that goes against a rule of its optimizer.
  func check(_ trials: TrialList) {
    var reported: Set<Refusal> = []
    var entries: [OptimizerSpecification: Int] = [:]
    for (index, entry) in optimizers.enumerated() where entry.kind.isSecondOrder {
      for specification in entry.specifications(default: learningRates) { entries[specification] = index }
    }
    for (trial, _) in trials.configurations {
      guard let entry = entries[trial.optimizer] else { continue }
      for rule in Rule.allCases {
        guard let problem = rule.problem(with: trial), reported.insert(.init(entry: entry, rule: rule)).inserted else {
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
    case squareJacobian
    case plainNewton
    case schedule
    case masks

    func problem(with trial: Trial) -> (reason: String, accepted: String)? {
      let optimizer = trial.optimizer
      let name = optimizer.kind.rawValue
      switch self {
      case .batch:
        guard case .samples(let size) = trial.batchSize, optimizer.kind.isBatchMethod, !optimizer.isSet("stochastic")
        else { return nil }
        return (
          "\(name) is a batch method: with a batch size of \(size) every step would see another loss",
          "batch_size: full, stochastic: true, or an exclude rule {optimizer: \(name), batch_size: \(size)}"
        )
      case .dropout:
        let layers = trial.dropout.keepProbabilities(hiddenLayers: trial.network.hiddenLayers)
        guard let keep = layers.first(where: { $0 < 1 }), optimizer.kind.isBatchMethod,
          !optimizer.isSet("frozen_masks")
        else { return nil }
        return (
          "\(name) needs a loss that gives the same value twice, and dropout"
            + " (keep_probability \(HyperparameterValue.number(keep))) draws new masks",
          "frozen_masks: true, which keeps the masks for a step, keep_probability: 1, or an exclude rule"
        )
      case .noise:
        guard trial.inputNoise > 0, optimizer.kind.isBatchMethod, !optimizer.isSet("frozen_masks") else { return nil }
        return (
          "\(name) needs a loss that gives the same value twice, and input_noise"
            + " (\(HyperparameterValue.number(trial.inputNoise))) draws new numbers",
          "frozen_masks: true, which keeps the noise for a step as well, input_noise: 0, or an exclude rule"
        )
      case .squareJacobian:
        guard optimizer.choices["matrix"] == "square_jacobian", trial.loss != .squaredError else { return nil }
        return (
          "the square Jacobian is \(name)'s matrix for squared_error, and the loss is \(trial.loss.rawValue)",
          "matrix: generalized, the generalised Gauss-Newton matrix, or loss: squared_error"
        )
      case .plainNewton:
        guard optimizer.choices["regularization"] == "none", optimizer.choice("line_search") != "none" else {
          return nil
        }
        return (
          "without regularization newton's direction may lead uphill, where no line search finds a step",
          "line_search: none, or regularization: raised"
        )
      case .schedule:
        guard !optimizer.kind.hasLearningRate, trial.schedule != .constant else { return nil }
        return ("\(name) has no learning rate that a schedule could change", "schedule: constant, or an exclude rule")
      case .masks:
        guard trial.problem != nil, optimizer.isSet("frozen_masks") else { return nil }
        return ("a problem has no dropout whose masks could be frozen", "frozen_masks: false")
      }
    }
  }
}
