import Experiments

// What the objects of several answers have in common.

extension Criterion {
  var json: [String: JSON] {
    [
      "metric": .string(metric.rawValue), "epoch": .string(epoch.rawValue),
      "higher_is_better": .boolean(metric.higherIsBetter),
    ]
  }
}

extension Ranking {
  /// A configuration with its statistics, its runs and what is not the same in all of the table.
  func json(_ configuration: Configuration, _ roles: ColumnRoles) -> [String: JSON] {
    let rows = rows(of: configuration)
    return configuration.statistics.json(on: intervalScale).merging([
      "best_run": json(run: configuration.bestRow), "lost_seeds": .integer(configuration.lostSeeds),
      "complete": .boolean(configuration.isComplete), "outcomes": configuration.outcomes.json,
      "runs": .array(rows.map { .string(table.runs[$0].identity.description) }),
      "values": .array(rows.map { .number(values[$0]) }),
      "hyperparameters": hyperparameters(configuration.row, roles, withSeed: false),
    ]) { $1 }
  }

  func hyperparameters(_ row: Int, _ roles: ColumnRoles, withSeed: Bool) -> JSON {
    let columns = roles.varying + roles.perOptimizer + table.columns.filter { withSeed && $0.name == "seed" }
    let values = columns.compactMap { column in column[row].map { (column.name, $0.json) } }
    return .object(Dictionary(values, uniquingKeysWith: { first, _ in first }))
  }

  func json(run row: Int?) -> JSON { row.map { .string(table.runs[$0].identity.description) } ?? .null }
}

extension Concurrency {
  /// How many runs were trained beside how many others; null workers: not known.
  var json: JSON {
    .array(
      counts.map { entry in
        .object(["workers": entry.workers > 0 ? .integer(entry.workers) : .null, "runs": .integer(entry.runs)])
      })
  }
}

extension HyperparameterValue {
  var json: JSON {
    switch self {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    case .list(let values): .array(values.map(JSON.number))
    }
  }
}

extension Interval {
  var json: JSON { .array([.number(lower), .number(upper)]) }
}

extension SampleStatistics {
  /// - Parameter scale: That of the interval.
  func json(on scale: IntervalScale) -> [String: JSON] {
    let interval = confidenceInterval(on: scale)
    return [
      "ranked": .integer(count), "mean": .number(mean), "standard_error": .number(standardError),
      "standard_deviation": .number(standardDeviation), "median": .number(median),
      "minimum": .number(minimum), "maximum": .number(maximum),
      "confidence_interval_95": interval?.json ?? .null,
      "interval_scale": .string(scale.rawValue),
    ]
  }
}

extension OutcomeCounts {
  var json: JSON {
    .object([
      "completed": .integer(completed), "stopped_early": .integer(stoppedEarly), "diverged": .integer(diverged),
      "failed": .integer(failed), "converged": .integer(converged), "stalled": .integer(stalled),
    ])
  }
}

extension MeanComparison {
  var json: [String: JSON] {
    let interval = confidenceInterval()
    return [
      "method": .string(method.rawValue), "seeds": .array(counts.map(JSON.integer)), "difference": .number(difference),
      "standard_error": .number(standardError), "degrees_of_freedom": .number(degreesOfFreedom),
      "p_value": isExact ? .null : .number(pValue),
      "confidence_interval_95": interval?.json ?? .null,
    ]
  }
}
