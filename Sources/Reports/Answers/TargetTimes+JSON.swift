extension TargetTimes: Answer {
  public var json: JSON {
    .object(
      targetJSON.merging([
        "tuned": .array(tuned.map(json)), "fastest": .array(fastest.map(json)),
        "unranked": .array(unranked.map(JSON.string)),
      ]) { $1 })
  }

  /// The target and the number of workers beside whom its times were taken.
  var targetJSON: [String: JSON] {
    [
      "metric": .string(metric.rawValue), "higher_is_better": .boolean(metric == .validationAccuracy),
      "target": .number(target), "origin": .string(origin), "workers": concurrency.json,
    ]
  }

  private func json(_ entry: Entry) -> JSON {
    .object([
      "optimizer": .string(entry.optimizer), "met": .integer(entry.met), "runs": .integer(entry.runs),
      "epochs": .number(entry.medians.epochs), "steps": .number(entry.medians.steps),
      "gradients": .number(entry.medians.gradients), "seconds": .number(entry.medians.seconds),
      "configuration": .object(ranking.json(entry.configuration, ColumnRoles(ranking.table))),
    ])
  }
}
