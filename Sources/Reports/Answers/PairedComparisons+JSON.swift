extension PairedComparisons: Answer {
  public var json: JSON {
    let roles = ColumnRoles(ranking.table)
    return .object([
      "criterion": .object(ranking.criterion.json), "hyperparameter": .string(key),
      "levels": .array(
        levels.map { level in
          .object(["value": .string(level.value), "best_configuration": .object(ranking.json(level.best, roles))])
        }),
      "pairs": .array(pairs.map(json)),
    ])
  }

  private func json(_ pair: Pair) -> JSON {
    let members: [String: JSON] = [
      "first": .string(levels[pair.first].value), "second": .string(levels[pair.second].value),
      "adjusted_p_value": .number(pair.adjustedPValue), "verdict": .string(pair.verdict),
    ]
    return .object(members.merging(pair.comparison?.json ?? [:]) { $1 })
  }
}
