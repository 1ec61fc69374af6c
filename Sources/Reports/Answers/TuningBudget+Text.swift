import Experiments

extension TuningBudget {
  /// Writes E_k with its deviation, the probability of being the best, and tunability.
  public func report(into output: inout some TextOutputStream) {
    output.write(
      TerminalText.wrapped(
        "Expected best \(criterion.metric.rawValue) after k random trials, ± its standard deviation, and the probability"
          + " that the optimizer's best is then the best of all.", first: ""))
    output.write("\n")
    let titles: [Table.Column] =
      [.init("k", .right)] + optimizers.flatMap { [Table.Column($0.name, .right), Table.Column("P", .right)] }
    Table(
      columns: titles,
      rows: budgets.enumerated().map { row, budget in
        ["\(budget)"]
          + optimizers.enumerated().flatMap { index, optimizer in
            let best = optimizer.search.best(of: budget)
            return [
              NumberText.measurement(best.mean, best.standardDeviation),
              NumberText.percent(probabilityOfBest[row][index]),
            ]
          }
      }
    ).write(to: &output)
    let largest = budgets.last ?? 1
    output.write("\n  Tunability up to k = \(largest): the expected best, weighted over k\n")
    Table(
      columns: [.init("optimizer")] + SearchBudget.Weighting.allCases.map { .init($0.rawValue, .right) }
        + [.init("runs", .right), .init("lost", .right)],
      rows: optimizers.map { optimizer in
        [optimizer.name]
          + SearchBudget.Weighting.allCases.map {
            NumberText.significant(optimizer.search.tunability(budget: largest, weighting: $0))
          } + ["\(optimizer.runs)", "\(optimizer.replaced)"]
      }
    ).write(to: &output)
    if optimizers.contains(where: { $0.replaced > 0 }) {
      output.write("  Lost runs (diverged, failed, without a value) count as the worst value measured.\n")
    }
  }
}
