extension LearningRateSensitivity: Answer {
  public var json: JSON {
    .object([
      "criterion": .object(ranking.criterion.json), "tolerance": .number(tolerance),
      "optimizers": .array(optimizers.map(json)),
    ])
  }

  private func json(_ optimizer: Optimizer) -> JSON {
    let roles = ColumnRoles(ranking.table)
    let rates = optimizer.rates.enumerated().map { index, rate in
      JSON.object([
        "learning_rate": .number(rate.learningRate), "outcomes": rate.outcomes.json,
        "runs": .integer(rate.outcomes.total), "diverged": .integer(rate.outcomes.diverged),
        "tolerated": .boolean(optimizer.tolerated?.contains(index) ?? false),
        "best_configuration": rate.best.map { .object(ranking.json($0, roles)) } ?? .null,
      ])
    }
    return .object([
      "optimizer": .string(optimizer.name), "rates": .array(rates),
      "best_learning_rate": optimizer.best.map { .number(optimizer.rates[$0].learningRate) } ?? .null,
      "tolerated": optimizer.tolerated.map {
        .array([
          .number(optimizer.rates[$0.lowerBound].learningRate), .number(optimizer.rates[$0.upperBound].learningRate),
        ])
      } ?? .null,
      "tolerated_decades": optimizer.toleratedDecades.map(JSON.number) ?? .null,
      "largest_stable": optimizer.largestStable.map(JSON.number) ?? .null,
      "smallest_divergent": optimizer.smallestDivergent.map(JSON.number) ?? .null,
      "stability_limit": optimizer.stability.limit.map(JSON.number) ?? .null,
      "stability": .string(optimizer.stability.name),
    ])
  }
}
