import Experiments

extension SummaryReport {
  /// Writes the ranking, one record a configuration (or a run, or a group), with all hyperparameters that vary.
  public func writeCSV(to output: inout some TextOutputStream) {
    if let groups {
      write(groups, to: &output)
    } else if options.ranksRuns {
      writeRuns(to: &output)
    } else {
      writeConfigurations(to: &output)
    }
  }

  private var columns: [RunTable.Column] {
    ranking.table.columns.filter { column in
      column.name != "seed" && !roles.constant.contains { $0.name == column.name }
    }
  }

  private var metric: String { ranking.criterion.metric.rawValue }

  private func writeConfigurations(to output: inout some TextOutputStream) {
    let columns = columns
    let titles =
      [
        "rank", metric, "standard_error", "standard_deviation", "lower_95", "upper_95", "best", "best_run",
        "ranked_seeds", "lost_seeds",
      ]
      + ["diverged", "failed"]
    CSV.write((titles + columns.map(\.name)).map(CSV.Cell.text), to: &output)
    for (index, configuration) in ranking.configurations.prefix(options.top ?? .max).enumerated() {
      let statistics = configuration.statistics
      let cells: [CSV.Cell] = [
        configuration.isRanked ? .integer(index + 1) : .text(""), .number(statistics.mean),
        .number(statistics.standardError), .number(statistics.standardDeviation),
        .number(statistics.confidenceInterval(on: ranking.intervalScale)?.lower ?? .nan),
        .number(statistics.confidenceInterval(on: ranking.intervalScale)?.upper ?? .nan),
        .number(configuration.bestRow.map { ranking.values[$0] } ?? .nan), run(configuration.bestRow),
        .integer(statistics.count), .integer(configuration.lostSeeds), .integer(configuration.outcomes.diverged),
        .integer(configuration.outcomes.failed),
      ]
      CSV.write(cells + columns.map { cell($0[configuration.row]) }, to: &output)
    }
  }

  private func writeRuns(to output: inout some TextOutputStream) {
    let columns = columns + ranking.table.columns.filter { $0.name == "seed" }
    let titles = ["rank", "run", metric, "outcome", "epochs", "best_epoch", "training_seconds", "workers"]
    CSV.write((titles + columns.map(\.name)).map(CSV.Cell.text), to: &output)
    for (index, row) in ranking.rankedRows().prefix(options.top ?? .max).enumerated() {
      let run = ranking.table.runs[row]
      let cells: [CSV.Cell] = [
        ranking.values[row].isNaN ? .text("") : .integer(index + 1), .text(run.identity.description),
        .number(ranking.values[row]), .text(run.outcome.name), .integer(run.epochs),
        run.bestEpoch.map(CSV.Cell.integer) ?? .text(""), .number(run.cost.trainingSeconds),
        run.cost.workers > 0 ? .integer(run.cost.workers) : .text(""),
      ]
      CSV.write(cells + columns.map { cell($0[row]) }, to: &output)
    }
  }

  private func write(_ groups: GroupedRuns, to output: inout some TextOutputStream) {
    let titles = ["best", "best_run", metric, "standard_error", "median", "ranked", "runs", "diverged", "failed"]
    CSV.write((groups.keys + titles).map(CSV.Cell.text), to: &output)
    for group in groups.groups.prefix(options.top ?? .max) {
      let statistics = group.statistics
      let cells: [CSV.Cell] = [
        .number(group.bestRow.map { ranking.values[$0] } ?? .nan), run(group.bestRow), .number(statistics.mean),
        .number(statistics.standardError), .number(statistics.median), .integer(statistics.count),
        .integer(group.outcomes.total), .integer(group.outcomes.diverged), .integer(group.outcomes.failed),
      ]
      CSV.write(group.values.map(cell) + cells, to: &output)
    }
  }

  private func run(_ row: Int?) -> CSV.Cell {
    .text(row.map { ranking.table.runs[$0].identity.description } ?? "")
  }

  private func cell(_ value: HyperparameterValue?) -> CSV.Cell {
    switch value {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text, .list: .text(value!.description)
    case nil: .text("")
    }
  }
}
