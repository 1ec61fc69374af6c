import Experiments

extension SweepComparison: Answer {
  public var json: JSON {
    .object([
      "criterion": .object(rankings[0].criterion.json), "sweeps": .array(names.indices.map(json)),
      "same_data": hasSameData.map(JSON.boolean) ?? .null,
      "winners": winners.map { .object($0.json.merging(winnersJSON) { $1 }) } ?? .null,
      "shared": .object(
        (shared?.json ?? ["comparison": .null]).merging(runs.json) { $1 }.merging(["equal": .integer(equalRuns)]) { $1 }
      ),
      "matched": matched?.json ?? .null, "differences": .array(differences.map { json(hyperparameter: $0.name) }),
    ])
  }

  private var winnersJSON: [String: JSON] {
    [
      "verdict": winnersVerdict.map { .string($0.rawValue) } ?? .null,
      "convergence": winnersConvergence.map { .array($0.map(\.json)) } ?? .null,
    ]
  }

  private func json(_ index: Int) -> JSON {
    let ranking = rankings[index]
    return .object([
      "name": .string(names[index]),
      "data_hash": dataHashes[index].isEmpty ? .null : .string(dataHashes[index]),
      "runs": .integer(ranking.table.runs.count),
      "outcomes": OutcomeCounts(ranking.table.runs).json, "configurations": .integer(ranking.configurations.count),
      "best": ranking.winner.map { .object(ranking.json($0, ColumnRoles(ranking.table))) } ?? .null,
      "workers": Concurrency(ranking.table.runs).json,
    ])
  }

  /// All of its values in either sweep, null where a sweep does not have it.
  private func json(hyperparameter name: String) -> JSON {
    let values = rankings.map { ranking in
      ranking.table.column(name).map { JSON.array($0.values.map(\.json)) } ?? .null
    }
    return .object(["hyperparameter": .string(name), "first": values[0], "second": values[1]])
  }
}

extension SweepComparison.Matched {
  fileprivate var json: JSON {
    .object(
      differences.json.merging(pairs.json) { $1 }.merging(["differ_in": .array(names.map(JSON.string))]) { $1 })
  }
}

extension SweepComparison.RunPairs {
  fileprivate var json: [String: JSON] {
    ["runs": .integer(count), "still_improving": .integer(improving), "time_ratio": .number(timeRatio)]
  }
}

extension ClusteredDifferences {
  /// The comparison is null with a single seed.
  fileprivate var json: [String: JSON] {
    [
      "seeds": .integer(seeds), "configurations": .integer(configurations), "left_out": .integer(leftOut),
      "difference": .number(difference), "comparison": comparison.map { .object($0.json) } ?? .null,
    ]
  }
}
