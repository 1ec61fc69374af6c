extension PairedComparisons: Answer {
  public var json: JSON {
    let roles = ColumnRoles(ranking.table)
    return .object([
      "criterion": .object(ranking.criterion.json), "hyperparameter": .string(key),
      "levels": .array(
        levels.map { level in
          .object([
            "value": value(level), "best_configuration": .object(ranking.json(level.best, roles)),
            "convergence": level.convergence.json,
          ])
        }),
      "pairs": .array(pairs.map(json)),
    ])
  }

  private func json(_ pair: Pair) -> JSON {
    let members: [String: JSON] = [
      "first": value(levels[pair.first]), "second": value(levels[pair.second]),
      "adjusted_p_value": pair.comparison?.isExact == true ? .null : .number(pair.adjustedPValue),
      "verdict": .string(pair.verdict.rawValue),
    ]
    return .object(members.merging(pair.comparison?.json ?? [:]) { $1 })
  }

  /// Exact, where the text is rounded; null where the best configuration has none.
  private func value(_ level: Level) -> JSON { ranking.table.column(key)?[level.best.row]?.json ?? .null }
}
