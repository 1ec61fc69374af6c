import Experiments

extension TuningBudget {
  /// Writes E_k with its standard error, the probability of being the best, and tunability.
  public func report(into output: inout some TextOutputStream) {
    output.write(
      TerminalText.wrapped(
        "Expected best \(criterion.metric.rawValue) after k random trials, ± the standard error of that estimate, and the"
          + " probability that the optimizer's best of k new trials is the best of all.", first: ""))
    output.write("\n")
    let titles: [Table.Column] =
      [.init("k", .right)] + optimizers.flatMap { [Table.Column($0.name, .right), Table.Column("P", .right)] }
    Table(
      columns: titles,
      rows: budgets.enumerated().map { row, budget in
        ["\(budget)"]
          + optimizers.enumerated().flatMap { index, optimizer in
            let best = optimizer.best(of: budget)
            return [
              NumberText.measurement(best.mean, best.standardError),
              NumberText.percent(probabilityOfBest[row][index]),
            ]
          }
      }
    ).write(to: &output)
    output.write("\n  Tunability up to k = \(largest): the expected best, weighted over k\n")
    Table(
      columns: [.init("optimizer")] + SearchBudget.Weighting.allCases.map { .init($0.rawValue, .right) }
        + [.init("trials", .right), .init("of"), .init("lost", .right)],
      rows: optimizers.map { optimizer in
        [optimizer.name]
          + SearchBudget.Weighting.allCases.map {
            NumberText.significant(optimizer.tunability(budget: largest, weighting: $0))
          } + ["\(optimizer.trials)", optimizer.trialName + "s", "\(optimizer.replaced)"]
      }
    ).write(to: &output)
    for caution in cautions { output.write(TerminalText.wrapped(caution, first: "  ")) }
  }

  /// What has to be said beside the numbers.
  var cautions: [String] {
    var cautions = cautionsOfRuns
    if optimizers.allSatisfy(\.seedsHaveNoEffect) {
      cautions.append(
        Ranking.seedsWithoutEffect(criterion.metric) + ". A trial is a configuration, whose seeds are one draw.")
    } else {
      let parts = optimizers.filter { $0.repeated > 0 }.map { "\($0.repeated) of \($0.configurations) of \($0.name)" }
      if !parts.isEmpty {
        cautions.append(
          "Seeds have no effect on some configurations (\(parts.joined(separator: ", "))): all seeds of each give the same"
            + " \(criterion.metric.rawValue) to rounding, and are one trial.")
      }
    }
    if let scarcest {
      cautions.append(
        "Budgets end at k = \(largest): \(scarcest.name) has \(scarcest.trials) \(scarcest.trialName)\(scarcest.trials == 1 ? "" : "s"), and"
          + " what more would have found is not known. Leave it out to compare the others further"
          + " (--where optimizer!=\(scarcest.name)).")
    }
    if optimizers.contains(where: { $0.trials < Self.fewestForProbability }) {
      cautions.append("P takes \(Self.fewestForProbability) trials of each optimizer.")
    } else if optimizers.contains(where: { $0.trials < 2 * largest }) {
      cautions.append(
        "Where k is over half of an optimizer's trials, its estimate hangs on one or two of them: ± is on the small side there"
          + " (none where k is all of them), and P too sure: one of two equal optimizers gets P > 90 % in up to every fourth"
          + " comparison.")
    }
    if optimizers.contains(where: { $0.replaced > 0 }) {
      cautions.append(
        "Lost runs (diverged, failed, without a value) count as the worst value measured, and in P as worse than it."
          + (onlyValue == nil
            ? "" : " All others have one value, so that they cost nothing but in P: see how many are lost."))
    }
    let lost = optimizers.filter(\.isLost).map(\.name)
    if !lost.isEmpty {
      cautions.append("No run of \(lost.joined(separator: ", ")) can be ranked: nothing is expected of it.")
    }
    return cautions
  }
}

extension TuningBudget.Optimizer {
  /// What a trial of it is.
  fileprivate var trialName: String { seedsHaveNoEffect ? "configuration" : repeated > 0 ? "trial" : "run" }
}
