import Experiments

extension ShardFile {
  /// Every run without its traces and weights.
  func summaries(sharing shared: inout SharedValues) throws -> [RunSummary] {
    let identities = try identities()
    let hyperparameters = try hyperparameters(rows: Array(0..<count), sharing: &shared)
    let outcomes = try outcomes()
    let epochs = try column(Schema.Name.epochs, Int32.self)
    let best = try column(Schema.Name.bestEpoch, Int32.self)
    let costs = try costs()
    var metrics = [(final: RunSummary.Metrics, best: RunSummary.Metrics)](
      repeating: (.init(), .init()), count: count)
    for metric in Schema.metrics {
      let final = try column("\(metric.name)_final", Double.self)
      let best = try column("\(metric.name)_best", Double.self)
      for run in 0..<count {
        metrics[run].final[keyPath: metric.value] = final[run]
        metrics[run].best[keyPath: metric.value] = best[run]
      }
    }
    return (0..<count).map { run in
      RunSummary(
        identity: identities[run], hyperparameters: hyperparameters[run], outcome: outcomes[run],
        epochs: Int(epochs[run]), bestEpoch: best[run] < 0 ? nil : Int(best[run]), cost: costs[run],
        final: metrics[run].final, best: metrics[run].best)
    }
  }

  private func costs() throws -> [Cost] {
    let steps = try column(Schema.Name.steps, Int64.self)
    let gradients = try column(Schema.Name.gradients, Int64.self)
    let products = try column(Schema.Name.products, Int64.self)
    let training = try column(Schema.Name.trainingSeconds, Double.self)
    let total = try column(Schema.Name.totalSeconds, Double.self)
    return (0..<count).map { run in
      var cost = Cost()
      cost.steps = Int(steps[run])
      cost.gradients = Int(gradients[run])
      cost.products = Int(products[run])
      cost.trainingSeconds = training[run]
      cost.totalSeconds = total[run]
      return cost
    }
  }

  /// One run with all that was kept of it.
  func record(row: Int) throws -> TrialRecord {
    var shared = SharedValues()
    let identity = try identities()[row]
    var record = TrialRecord(
      identity: identity, hyperparameters: try hyperparameters(rows: [row], sharing: &shared)[0],
      outcome: try outcomes()[row])
    let length = Int(try column(Schema.Name.traceLength, Int32.self)[row])
    for column in Trace.columns {
      let dataset = try file.dataset(column.name)
      let values = try dataset.readRow(row, Double.self)
      try dataset.close()
      guard (0...values.count).contains(length) else {
        throw damaged("\(Schema.Name.traceLength) is \(length) of \(values.count) epochs")
      }
      record.trace[keyPath: column.values] = Array(values.prefix(length))
    }
    let best = try column(Schema.Name.bestEpoch, Int32.self)[row]
    record.bestEpoch = best < 0 ? nil : Int(best)
    record.cost = try costs()[row]
    record.weights = try weights(of: row)
    try record.validate()
    return record
  }

  private func weights(of row: Int) throws -> Weights {
    var weights = Weights()
    let names = try file.rootNames(prefix: Schema.weightPrefixes.vector + "_")
    for kind in Schema.weightKinds {
      let prefix = "\(Schema.weightPrefixes.vector)_\(kind.name)_"
      for name in names where name.hasPrefix(prefix) && !name.hasSuffix("_run") {
        let index = try file.dataset("\(name)_run")
        let position = try index.read(Int32.self).firstIndex(of: Int32(row))
        try index.close()
        guard let position else { continue }
        let dataset = try file.dataset(name)
        weights[keyPath: kind.values] = try dataset.readRow(position)
        let json = try TextAttribute.read(Schema.Attribute.parameters, of: dataset.handle)
        weights.slices = try JSON.decode([ParameterSlice].self, from: Array(json.utf8), path: path)
        try dataset.close()
      }
    }
    return weights
  }
}
