import Experiments

/// A block's runs without traces and weights, as they are on disk. A value: what is made of it needs no library.
struct StoredSummaries: Sendable {
  var identities: [TrialIdentity]
  var hyperparameters: StoredHyperparameters
  var outcomes: [TrialOutcome]
  var epochs: [Int32]
  var best: [Int32]
  var costs: [Cost]
  var final: [RunSummary.Metrics]
  var atBest: [RunSummary.Metrics]

  /// Throws ``StoreError/damaged``.
  func summaries(sharing shared: inout SharedValues) throws -> [RunSummary] {
    let hyperparameters = try hyperparameters.rows(identities.indices, sharing: &shared)
    return identities.indices.map { run in
      RunSummary(
        identity: identities[run], hyperparameters: hyperparameters[run], outcome: outcomes[run],
        epochs: Int(epochs[run]), bestEpoch: best[run] < 0 ? nil : Int(best[run]), cost: costs[run],
        final: final[run], best: atBest[run])
    }
  }
}

extension ShardFile {
  func summaries(_ tables: inout TableCache) throws -> StoredSummaries {
    var stored = StoredSummaries(
      identities: try identities(), hyperparameters: try hyperparameters(&tables), outcomes: try outcomes(),
      epochs: try column(Schema.Name.epochs), best: try column(Schema.Name.bestEpoch), costs: try costs(),
      final: try metrics("final"), atBest: try metrics("best"))
    for (run, curvature) in try curvatureMetrics().enumerated() {
      stored.final[run].curvature = curvature.final
      stored.atBest[run].curvature = curvature.best
    }
    return stored
  }

  /// The metrics of each run at its `final` or `best` epoch, those of the curvature left out.
  private func metrics(_ epoch: String) throws -> [RunSummary.Metrics] {
    let columns = try Schema.metrics.map { try column("\($0.name)_\(epoch)", Double.self) }
    return (0..<count).map { run in
      var metrics = RunSummary.Metrics()
      metrics.trainLoss = columns[0][run]
      metrics.trainAccuracy = columns[1][run]
      metrics.validationLoss = columns[2][run]
      metrics.validationAccuracy = columns[3][run]
      return metrics
    }
  }

  private func costs() throws -> [Cost] {
    let steps = try column(Schema.Name.steps, Int64.self)
    let gradients = try column(Schema.Name.gradients, Int64.self)
    let products = try column(Schema.Name.products, Int64.self)
    let training = try column(Schema.Name.trainingSeconds, Double.self)
    let total = try column(Schema.Name.totalSeconds, Double.self)
    let hasWorkers = try file.rootNames(prefix: Schema.Name.workers).contains(Schema.Name.workers)
    let workers = hasWorkers ? try column(Schema.Name.workers, Int32.self) : []
    return (0..<count).map { run in
      var cost = Cost()
      cost.steps = Int(steps[run])
      cost.gradients = Int(gradients[run])
      cost.products = Int(products[run])
      cost.trainingSeconds = training[run]
      cost.totalSeconds = total[run]
      // Programs that merge files of different age may have a value of their own for none.
      cost.workers = hasWorkers ? max(0, Int(workers[run])) : 0
      return cost
    }
  }

  /// One run with all that was kept of it.
  func record(row: Int) throws -> TrialRecord {
    var (tables, shared) = (TableCache(), SharedValues())
    let identity = try identities()[row]
    var record = TrialRecord(
      identity: identity, hyperparameters: try hyperparameters(&tables).rows([row], sharing: &shared)[0],
      outcome: try outcomes()[row])
    let length = Int(try column(Schema.Name.traceLength, Int32.self)[row])
    let stored = try file.rootNames(prefix: "")
    for column in Trace.columns where !column.isOptional || stored.contains(column.name) {
      let dataset = try file.dataset(column.name)
      let values = try dataset.readRow(row, Double.self)
      try dataset.close()
      guard (0...values.count).contains(length) else {
        throw damaged("\(Schema.Name.traceLength) is \(length) of \(values.count) epochs")
      }
      let row = Array(values.prefix(length))
      record.trace[keyPath: column.values] = column.isOptional && row.allSatisfy(\.isNaN) ? [] : row
    }
    let best = try column(Schema.Name.bestEpoch, Int32.self)[row]
    record.bestEpoch = best < 0 ? nil : Int(best)
    record.cost = try costs()[row]
    record.weights = try weights(of: row)
    record.curvature = try curvature(of: row)
    try record.validate()
    return record
  }

  /// The weights that a run left.
  func weights(of row: Int) throws -> Weights {
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
        weights[keyPath: kind.values] =
          dataset.element == .float(bytes: 8)
          ? .double(try dataset.readRow(position)) : .float(try dataset.readRow(position))
        let json = try TextAttribute.read(Schema.Attribute.parameters, of: dataset.handle)
        weights.slices = try JSON.decode([ParameterSlice].self, from: Array(json.utf8), path: path)
        try dataset.close()
      }
    }
    return weights
  }
}
