import Experiments

extension SummaryReport {
  /// Writes the whole report as one JSON object: sorted keys, NaN as null.
  public func writeJSON(to output: inout some TextOutputStream) {
    json.write(to: &output)
    output.write("\n")
  }

  private var json: JSON {
    let table = ranking.table
    var members: [String: JSON] = [
      "name": .string(name),
      "runs": .integer(table.runs.count),
      "seeds": .integer(ranking.seeds),
      "outcomes": OutcomeCounts(table.runs).json,
      "selection": .object([
        "metric": .string(selection.metric.rawValue), "epoch": .string(selection.epoch.rawValue),
      ]),
      "criterion": .object(
        ranking.criterion.json.merging(["description": .string(criterionDescription)]) { $1 }),
      "conditions": .array(conditions.map { .string($0.description) }),
      "fixed": .object(
        Dictionary(roles.constant.map { ($0.name, $0.values[0].json) }, uniquingKeysWith: { first, _ in first })),
      "warnings": .array(
        warnings.map { .object(["kind": .string($0.kind.rawValue), "message": .string($0.message)]) }),
      "unread": unread.json,
      "test": testResult.json,
      "winners_curse": winnersCurse?.json(on: ranking.intervalScale) ?? .null,
    ]
    if let groups {
      members["groups"] = json(groups)
    } else if options.ranksRuns {
      members["ranking"] = rankedRuns
    } else {
      members["configurations"] = rankedConfigurations
    }
    if let keepProbability {
      members["keep_probability"] = .object([
        "overall": json(keepProbability.overall), "optimizers": .array(keepProbability.optimizers.map(json)),
      ])
    }
    return .object(members)
  }

  private var rankedConfigurations: JSON {
    .objects(count: min(options.top ?? .max, ranking.configurations.count)) { index in
      let configuration = ranking.configurations[index]
      return .object(
        ranking.json(configuration, roles).merging(["rank": configuration.isRanked ? .integer(index + 1) : .null]) {
          $1
        })
    }
  }

  private var rankedRuns: JSON {
    let rows = ranking.rankedRows()
    return .objects(count: min(options.top ?? .max, rows.count)) { index in
      let run = ranking.table.runs[rows[index]]
      return .object([
        "rank": ranking.values[rows[index]].isNaN ? .null : .integer(index + 1),
        "value": .number(ranking.values[rows[index]]),
        "run": .string(run.identity.description), "outcome": .string(run.outcome.name),
        "epochs": .integer(run.epochs), "best_epoch": run.bestEpoch.map(JSON.integer) ?? .null,
        "hyperparameters": ranking.hyperparameters(rows[index], roles, withSeed: true),
        "training_seconds": .number(run.cost.trainingSeconds),
        "workers": run.cost.workers > 0 ? .integer(run.cost.workers) : .null, "final": run.final.json,
        "best": run.best.json,
      ])
    }
  }

  private func json(_ groups: GroupedRuns) -> JSON {
    .objects(count: min(options.top ?? .max, groups.groups.count)) { index in
      let group = groups.groups[index]
      let key = zip(groups.keys, group.values).map { ($0, $1?.json ?? .null) }
      return .object(
        group.statistics.json(on: ranking.intervalScale).merging([
          "group": .object(Dictionary(key, uniquingKeysWith: { first, _ in first })), "outcomes": group.outcomes.json,
          "best_run": ranking.json(run: group.bestRow),
          "best": .number(group.bestRow.map { ranking.values[$0] } ?? .nan),
        ]) { $1 })
    }
  }

  private func json(_ scope: KeepProbabilityAnswer.Scope) -> JSON {
    let levels = scope.levels.enumerated().map { index, level -> JSON in
      .object([
        "probability_of_best": scope.confidence.map { .number($0.probabilityOfBest[index]) } ?? .null,
        "keep_probability": .string(level.label), "convergence": level.convergence?.json ?? .null,
        "dropout_rate": .string(level.rateLabel),
        // The names are rounded; these are not.
        "keep_input": .number(level.keepProbability.input),
        "keep_hidden": .array(level.keepProbability.hidden.map(JSON.number)),
        "configurations": .integer(level.configurations), "outcomes": level.outcomes.json,
        "best_run": ranking.json(run: level.bestRow),
        "best_value": .number(level.bestRow.map { ranking.values[$0] } ?? .nan),
        "best_configuration": level.best.map { .object(ranking.json($0, roles)) } ?? .null,
      ])
    }
    return .object([
      "optimizer": scope.optimizer.map(JSON.string) ?? .null, "levels": .array(levels),
      "winner": scope.winner.map { .string(scope.levels[$0].label) } ?? .null,
      "one_standard_error_choice": scope.confidence?.oneStandardErrorChoice.map {
        .string(scope.levels[$0].label)
      } ?? .null,
      "against_no_dropout": scope.contrast?.json ?? .null, "answer": .string(sentence(scope)),
    ])
  }
}

extension RunSummary.Metrics {
  fileprivate var json: JSON {
    .object([
      "train_loss": .number(trainLoss), "train_accuracy": .number(trainAccuracy),
      "validation_loss": .number(validationLoss), "validation_accuracy": .number(validationAccuracy),
    ])
  }
}

extension Convergence {
  var json: JSON {
    .object([
      "converged": .boolean(isConverged), "still_improving": .boolean(isStillImproving),
      "improving_runs": .integer(improving),
      "runs": .integer(runs), "learning_rate_edge": learningRateEdge.map { .string($0.rawValue) } ?? .null,
    ])
  }
}

extension KeepProbabilityAnswer.Contrast {
  fileprivate var json: JSON {
    let members: [String: JSON] = [
      "keep_probability": .string(label), "verdict": .string(verdict.rawValue),
      "corrected": corrected.map { .object($0.json) } ?? .null,
      "candidates": .object(["dropout": .integer(candidates.dropout), "none": .integer(candidates.none)]),
    ]
    return .object(members.merging(comparison?.json ?? [:]) { $1 })
  }
}

extension TestResult {
  fileprivate var json: JSON {
    var members: [String: JSON] = ["message": .string(description), "looked_at": .boolean(self == .lost)]
    if case .winner(let loss, let accuracy, _, _, let looks) = self {
      let scale: IntervalScale = loss.minimum < 0 ? .linear : .log
      members["looked_at"] = .boolean(true)
      switch looks {
      case .exactly(let count): (members["looks"], members["looks_are_all_known"]) = (.integer(count), .boolean(true))
      case .atLeast(let count): (members["looks"], members["looks_are_all_known"]) = (.integer(count), .boolean(false))
      }
      members["loss"] = .object(loss.json(on: scale))
      members["accuracy"] = accuracy.map { .object($0.json(on: .logit)) } ?? .null
    }
    return .object(members)
  }
}
