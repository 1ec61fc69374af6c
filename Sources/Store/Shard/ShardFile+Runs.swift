import Experiments

/// A block's runs without traces and weights, as they are on disk. A value: what is made of it needs no library.
struct StoredSummaries: Sendable {
  var identities: [TrialIdentity]
  var hyperparameters: StoredHyperparameters
  var outcomes: [TrialOutcome]
  var epochs: [Int32]
  var best: [Int32]
  var costs: [Cost]
  var validationSamples: [Int]
  var final: [RunSummary.Metrics]
  var atBest: [RunSummary.Metrics]

  /// Throws ``StoreError/damaged``.
  func summaries(sharing shared: inout SharedValues) throws -> [RunSummary] {
    let hyperparameters = try hyperparameters.rows(identities.indices, sharing: &shared)
    return identities.indices.map { run in
      var summary = RunSummary(
        identity: identities[run], hyperparameters: hyperparameters[run], outcome: outcomes[run],
        epochs: Int(epochs[run]), bestEpoch: best[run] < 0 ? nil : Int(best[run]), cost: costs[run],
        final: final[run], best: atBest[run])
      summary.validationSamples = validationSamples[run]
      return summary
    }
  }
}

extension ShardFile {
  func summaries(_ tables: inout TableCache) throws -> StoredSummaries {
    var stored = StoredSummaries(
      identities: try identities(), hyperparameters: try hyperparameters(&tables), outcomes: try outcomes(),
      epochs: try column(Schema.Name.epochs), best: try column(Schema.Name.bestEpoch), costs: try costs(),
      validationSamples: try validationSamples(), final: try metrics("final"), atBest: try metrics("best"))
    for (run, curvature) in try curvatureMetrics().enumerated() {
      stored.final[run].curvature = curvature.final
      stored.atBest[run].curvature = curvature.best
    }
    return stored
  }

  /// The metrics of each run at its `final` or `best` epoch, those of the curvature left out.
  private func metrics(_ epoch: String) throws -> [RunSummary.Metrics] {
    let stored = try file.rootNames(prefix: "")
    let columns = try Schema.metrics.map { metric -> [Double]? in
      let name = "\(metric.name)_\(epoch)"
      return metric.isOptional && !stored.contains(name) ? nil : try column(name)
    }
    return (0..<count).map { run in
      var metrics = RunSummary.Metrics()
      metrics.trainLoss = columns[0]![run]
      metrics.trainAccuracy = columns[1]![run]
      metrics.validationLoss = columns[2]![run]
      metrics.validationAccuracy = columns[3]![run]
      metrics.validationLossVariance = columns[4]?[run] ?? .nan
      return metrics
    }
  }

  private func validationSamples() throws -> [Int] {
    try optionalCounts(Schema.Name.validationSamples) ?? [Int](repeating: 0, count: count)
  }

  /// A column of counts that files of earlier versions lack: 0 stands for unknown.
  private func optionalCounts(_ name: String) throws -> [Int]? {
    guard try file.rootNames(prefix: name).contains(name) else { return nil }
    // Programs that merge files of different age may have a value of their own for none.
    return try column(name, Int32.self).map { max(0, Int($0)) }
  }

  /// Of each run's record; 0 where it is not known, as in files of earlier versions.
  func checksums() throws -> [Int64] {
    try file.has(Schema.Name.checksum) ? column(Schema.Name.checksum) : [Int64](repeating: 0, count: count)
  }

  private func costs() throws -> [Cost] {
    let steps = try column(Schema.Name.steps, Int64.self)
    let gradients = try column(Schema.Name.gradients, Int64.self)
    let products = try column(Schema.Name.products, Int64.self)
    let training = try column(Schema.Name.trainingSeconds, Double.self)
    let total = try column(Schema.Name.totalSeconds, Double.self)
    let workers = try optionalCounts(Schema.Name.workers)
    return (0..<count).map { run in
      var cost = Cost()
      cost.steps = Int(steps[run])
      cost.gradients = Int(gradients[run])
      cost.products = Int(products[run])
      cost.trainingSeconds = training[run]
      cost.totalSeconds = total[run]
      cost.workers = workers?[run] ?? 0
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
    record.validation = try validation(of: row)
    record.cost = try costs()[row]
    record.weights = try weights(of: row)
    record.curvature = try curvature(of: row)
    try record.validate()
    return record
  }

  private func validation(of row: Int) throws -> ValidationSpread {
    func known(_ metrics: [RunSummary.Metrics]) -> Double? {
      let value = metrics[row].validationLossVariance
      return value.isNaN ? nil : value
    }
    return ValidationSpread(
      samples: try validationSamples()[row], finalVariance: known(try metrics("final")),
      bestVariance: known(try metrics("best")))
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
