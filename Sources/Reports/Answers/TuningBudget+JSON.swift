extension TuningBudget: Answer {
  public var json: JSON {
    .object([
      "criterion": .object(criterion.json), "budgets": .array(budgets.map(JSON.integer)),
      "optimizers": .array(optimizers.indices.map(json)),
    ])
  }

  private func json(_ index: Int) -> JSON {
    let optimizer = optimizers[index]
    let tunability = SearchBudget.Weighting.allCases.map { weighting in
      let value = optimizer.tunability(budget: largest, weighting: weighting)
      return (weighting.rawValue, JSON.number(value))
    }
    return .object([
      "optimizer": .string(optimizer.name), "runs": .integer(optimizer.runs), "trials": .integer(optimizer.trials),
      "lost": .integer(optimizer.replaced), "seeds_without_effect": .boolean(optimizer.seedsHaveNoEffect),
      "expected_best": .array(
        budgets.enumerated().map { row, budget in
          let best = optimizer.best(of: budget)
          return .object([
            "k": .integer(budget), "mean": .number(best.mean), "standard_error": .number(best.standardError),
            "probability_of_best": .number(probabilityOfBest[row][index]),
          ])
        }),
      "tunability": .object(Dictionary(uniqueKeysWithValues: tunability)),
    ])
  }
}
