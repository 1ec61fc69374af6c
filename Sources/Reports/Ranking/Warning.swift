import Experiments

/// A reason to believe a comparison less, found without being asked.
public struct Warning: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case severalProblems = "several_problems"
    case tooFewSeeds = "too_few_seeds"
    case insideSeedNoise = "inside_seed_noise"
    case learningRateOnEdge = "learning_rate_on_edge"
    case otherLearningRateOnEdge = "other_learning_rate_on_edge"
    case keepProbabilityOnEdge = "keep_probability_on_edge"
    case hyperparameterOnEdge = "hyperparameter_on_edge"
    case levelsNotConverged = "levels_not_converged"
    case unequalBudgets = "unequal_budgets"
    case unequalTuning = "unequal_tuning"
    case muchDiverged = "much_diverged"
    case failedRuns = "failed_runs"
    case lostSeeds = "lost_seeds"
    case missingRuns = "missing_runs"
    case untrainedIsBest = "untrained_is_best"
    case stillImproving = "still_improving"
    case validationLossRising = "validation_loss_rising"
    case mixedConcurrency = "mixed_concurrency"
    case singleSplit = "single_split"
    case seedsWithoutEffect = "seeds_without_effect"
    case metricAtOtherEpoch = "metric_at_other_epoch"
    case chosenByResult = "chosen_by_result"
    case metricIsBound = "metric_is_bound"
  }

  public let kind: Kind
  public let message: String
}

extension Ranking {
  /// Everything that stands against the ranking as it is.
  ///
  /// - Parameters:
  ///   - plannedRuns: How many runs the sweep has in all, where that is known.
  ///   - shown: How many ranks are compared with the winner: those that a reader sees.
  public func warnings(plannedRuns: Int? = nil, shown: Int = SummaryReport.shownRows) -> [Warning] {
    let outcomes = OutcomeCounts(table.runs)
    var warnings: [Warning?] = [
      severalProblems(), missingRuns(outcomes, planned: plannedRuns), muchDiverged(outcomes), failedRuns(outcomes),
      mixedConcurrency(), seedsWithoutEffect(), metricAtOtherEpoch(), chosenByResult(), metricIsBound(),
    ]
    if let winner {
      warnings += [
        seedNoise(winner, shown: shown), lostSeeds(winner), learningRateOnEdge(winner),
        otherLearningRatesOnEdge(winner),
        keepProbabilityOnEdge(winner),
      ]
      warnings += hyperparametersOnEdge(winner)
      // Runs that are best at their start or their end do not overfit.
      let course = untrainedIsBest(winner) ?? stillImproving(winner) ?? validationLossRising(winner)
      warnings += [course, unequalBudgets(winner)]
      // A sweep that is not done is unequal anyhow.
      if (plannedRuns ?? 0) <= outcomes.total { warnings.append(unequalTuning()) }
    }
    return warnings.compactMap { $0 }
  }

  /// What is ranked as a value and is none.
  private func metricIsBound() -> Warning? { boundText.map { Warning(kind: .metricIsBound, message: $0) } }

  private var boundText: String? {
    let ranked = values.indices.filter { !values[$0].isNaN }.map { table.runs[$0] }
    let bounds = ranked.count { criterion.isBound(of: $0) }
    guard bounds > 0 else { return nil }
    return
      "\(criterion.metric.rawValue) of \(bounds) of \(ranked.count) runs is a lower bound: the true one may be larger, so"
      + " that ranks, means and p-values are of bounds, and say nothing certain of what is bounded."
  }

  private func chosenByResult() -> Warning? {
    chosenByResultText.map { Warning(kind: .chosenByResult, message: $0) }
  }

  /// What conditions on results make of every statistic; nil where there are none.
  var chosenByResultText: String? {
    guard let choice = table.choice, table.isChosenByResult else { return nil }
    let conditions = choice.byResult.map(\.description).joined(separator: ", ")
    return
      "Runs were chosen by their results (\(conditions)): means, intervals and p-values are of runs so chosen, and not"
      + " what new runs would give. A seed that was left out counts as lost."
  }

  private func missingRuns(_ outcomes: OutcomeCounts, planned: Int?) -> Warning? {
    guard let planned, planned > outcomes.total else { return nil }
    return Warning(
      kind: .missingRuns,
      message: "\(planned - outcomes.total) of \(planned) runs are not there yet: the ranking may change.")
  }

  /// From a quarter of the runs on.
  private func muchDiverged(_ outcomes: OutcomeCounts) -> Warning? {
    guard outcomes.diverged * 4 >= outcomes.total, outcomes.diverged > 0 else { return nil }
    let share = NumberText.percent(Double(outcomes.diverged) / Double(outcomes.total))
    return Warning(
      kind: .muchDiverged,
      message: "\(share) of the runs diverged (\(outcomes.diverged) of \(outcomes.total)):"
        + " much of the grid lies beyond the stable learning rates.")
  }

  private func failedRuns(_ outcomes: OutcomeCounts) -> Warning? {
    guard outcomes.failed > 0 else { return nil }
    var example = ""
    for run in table.runs {
      guard case .failed(let message) = run.outcome else { continue }
      example = " For example \(run.identity.short): \(message)"
      break
    }
    return Warning(kind: .failedRuns, message: "\(outcomes.failed) of \(outcomes.total) runs failed.\(example)")
  }

  /// Only where times rank.
  private func mixedConcurrency() -> Warning? {
    mixedConcurrencyText.map { Warning(kind: .mixedConcurrency, message: $0) }
  }

  private var mixedConcurrencyText: String? { criterion.metric.isTime ? Concurrency(table.runs).caution : nil }

  /// What stands against every statistic of these runs, whichever question it answers.
  var cautions: [String] {
    [chosenByResultText, boundText, mixedConcurrencyText, untrainedText].compactMap(\.self)
  }

  /// From a quarter of the runs on: what they are compared by is where training started.
  private var untrainedText: String? {
    let ranked = values.indices.filter { !values[$0].isNaN }
    let untrained = ranked.count(where: isUntrained)
    guard untrained > 0, untrained * 4 >= ranked.count else { return nil }
    return
      "\(untrained) of \(ranked.count) runs are best before their first step: their value is the untrained network's."
  }

  private func lostSeeds(_ winner: Configuration) -> Warning? {
    let incomplete = configurations.filter { !$0.isComplete }
    guard !incomplete.isEmpty else { return nil }
    if !winner.isComplete {
      return Warning(
        kind: .lostSeeds,
        message: "No configuration has all \(seeds) seeds; the best has \(winner.statistics.count).")
    }
    let better = incomplete.count { criterion.isBetter($0.statistics.mean, than: winner.statistics.mean) }
    return Warning(
      kind: .lostSeeds,
      message:
        "\(incomplete.count) of \(configurations.count) configurations lack seeds (lost, not run or excluded) and rank after"
        + " the complete ones"
        + (better > 0 ? "; \(better) of them would have the better mean on the seeds that are left." : "."))
  }

  /// Only the lower edge: nothing lies beyond a keep probability of 1.
  private func keepProbabilityOnEdge(_ winner: Configuration) -> Warning? {
    guard let column = table.column("keep_probability"), let best = column[winner.row]?.keepProbability else {
      return nil
    }
    // Where a condition leaves one there was no choice.
    guard column.values.count > 1 else { return nil }
    let levels = (table.choice?.all.column("keep_probability") ?? column).values.compactMap(\.keepProbability)
    func isLowest(_ value: Double, _ grid: [Double]) -> Bool {
      value < 1 && value == grid.min() && grid.contains { $0 > value }
    }
    let sameDepth = levels.filter { $0.hidden.count == best.hidden.count }
    let onEdge =
      isLowest(best.input, levels.map(\.input))
      || best.hidden.indices.contains { layer in isLowest(best.hidden[layer], sameDepth.map { $0.hidden[layer] }) }
    guard onEdge else { return nil }
    return Warning(
      kind: .keepProbabilityOnEdge,
      message: "The best keep probability, \(column.text(winner.row)), is the lowest on its grid: try lower ones.")
  }

  /// From half of the winner's runs on, where the best epoch is what ranks.
  private func untrainedIsBest(_ winner: Configuration) -> Warning? {
    guard criterion.epoch == .best else { return nil }
    let rows = rankedRows(of: winner)
    let untrained = rows.count(where: isUntrained)
    guard untrained * 2 >= rows.count, untrained > 0 else { return nil }
    let message =
      untrained == rows.count
      ? "The best configuration is the untrained network: the best epoch of all of its \(untrained) runs is 0, before the"
        + " first step. Nothing that was trained ranks before it: try lower learning rates."
      : "The best configuration is partly the untrained network: the best epoch of \(untrained) of its \(rows.count) runs"
        + " is 0, before the first step, and its mean is over these, too: try lower learning rates."
    return Warning(kind: .untrainedIsBest, message: message)
  }

  /// From half of the winner's runs on.
  private func stillImproving(_ winner: Configuration) -> Warning? {
    func isImproving(_ row: Int) -> Bool {
      let run = table.runs[row]
      let couldGoOn = run.outcome == .completed || run.outcome == .stoppedEarly
      return couldGoOn && run.epochs > 0 && run.bestEpoch == run.epochs
    }
    let runs = rankedRows(of: winner)
    let improving = runs.count(where: isImproving)
    guard improving * 2 >= runs.count, improving > 0 else { return nil }
    let share = Double(table.runs.indices.count(where: isImproving)) / Double(table.runs.count)
    return Warning(
      kind: .stillImproving,
      message: "Still improving at the last epoch: \(improving) of \(runs.count) runs of the best configuration,"
        + " \(NumberText.percent(share)) of all. Longer training may change the ranking.")
  }

  /// A mean validation loss at the end more than a tenth above that of the best epoch.
  private func validationLossRising(_ winner: Configuration) -> Warning? {
    let runs = rankedRows(of: winner).map { table.runs[$0] }
    let best = SampleStatistics(runs.map(\.best.validationLoss)).mean
    let final = SampleStatistics(runs.map(\.final.validationLoss)).mean
    guard best > 0, final > 1.1 * best else { return nil }
    return Warning(
      kind: .validationLossRising,
      message: "The best configuration's validation loss rises after its best epoch, from"
        + " \(NumberText.significant(best, 3)) to \(NumberText.significant(final, 3)) at the end:"
        + " it overfits; stop earlier or regularise more.")
  }
}
