extension TargetTimes: Answer {
  public var json: JSON {
    .object(
      targetJSON.merging([
        "tuned": .array(tuned.map(json)), "fastest": .array(fastest.map(json)),
        "unranked": .array(unranked.map(JSON.string)),
      ]) { $1 })
  }

  /// The target, the number of workers beside whom its times were taken, and what products count as.
  var targetJSON: [String: JSON] {
    [
      "metric": .string(metric.rawValue), "higher_is_better": .boolean(metric == .validationAccuracy),
      "target": .number(target), "origin": .string(origin), "workers": concurrency.json,
      "product_cost": productCosts.json,
    ]
  }

  private func json(_ entry: Entry) -> JSON {
    .object([
      "optimizer": .string(entry.optimizer), "met": .integer(entry.met), "runs": .integer(entry.runs),
      "passes": .number(entry.medians.passes), "epochs": .number(entry.medians.epochs),
      "steps": .number(entry.medians.steps), "gradients": .number(entry.medians.gradients),
      "products": .number(entry.medians.products), "seconds": .number(entry.medians.seconds),
      "configuration": .object(ranking.json(entry.configuration, ColumnRoles(ranking.table))),
    ])
  }
}
