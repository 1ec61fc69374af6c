import Experiments

extension ResultReader {
  /// Some traces of many runs, read shard by shard: the columns asked for, the others empty.
  ///
  /// - Parameters:
  ///   - columns: Names of ``Trace/columns``.
  ///   - runs: Which runs; nil for all of them.
  /// - Throws: ``StoreError``.
  public func traces(
    of columns: Set<String>, runs: Set<TrialIdentity>? = nil
  ) throws -> [TrialIdentity: Trace] {
    let columns = Trace.columns.filter { columns.contains($0.name) }
    return try values(of: runs) { record in
      var trace = Trace()
      for column in columns { trace[keyPath: column.values] = record.trace[keyPath: column.values] }
      return trace
    } shard: { shard, rows in
      let traces = try shard.traces(columns)
      return rows.map { traces[$0] }
    }
  }

  /// The weights that runs left, read shard by shard; runs that are not there are left out. Throws ``StoreError``.
  public func weights(of runs: Set<TrialIdentity>) throws -> [TrialIdentity: Weights] {
    guard !runs.isEmpty else { return [:] }
    return try values(of: runs, journal: \.weights) { shard, rows in try rows.map { try shard.weights(of: $0) } }
  }

  /// Something of each run: that of a run that was done before that of one that failed, whichever is met first.
  private func values<Value>(
    of runs: Set<TrialIdentity>?, journal: (TrialRecord) -> Value,
    shard: (borrowing ShardFile, _ rows: [Int]) throws -> [Value]
  ) throws -> [TrialIdentity: Value] {
    // Shards keep what was found in them; where some are gone, joined with others since, all are searched.
    if let runs, let shards = shards(holding: runs) {
      let known = try values(of: runs, among: shards, journal: journal, shard: shard)
      if known.count == runs.count { return known }
    }
    return try values(of: runs, among: nil, journal: journal, shard: shard)
  }

  private func values<Value>(
    of runs: Set<TrialIdentity>?, among shards: [String]?, journal: (TrialRecord) -> Value,
    shard read: (borrowing ShardFile, _ rows: [Int]) throws -> [Value]
  ) throws -> [TrialIdentity: Value] {
    var values: [TrialIdentity: Value] = [:]
    var failed: Set<TrialIdentity> = []
    func isWanted(_ identity: TrialIdentity, isFailure: Bool) -> Bool {
      guard runs?.contains(identity) ?? true else { return false }
      return values[identity] == nil || (!isFailure && failed.contains(identity))
    }
    func add(_ identity: TrialIdentity, isFailure: Bool, _ value: Value) {
      values[identity] = value
      if isFailure { failed.insert(identity) } else { failed.remove(identity) }
    }
    try scan(
      shards: shards,
      journal: { _, record in
        let (identity, isFailure) = (record.identity, record.outcome.isFailure)
        if isWanted(identity, isFailure: isFailure) { add(identity, isFailure: isFailure, journal(record)) }
      },
      shard: { shard in
        let identities = try shard.identities()
        if let runs, runs.isDisjoint(with: identities) { return }
        let outcomes = try shard.outcomes()
        let rows = identities.indices.filter { isWanted(identities[$0], isFailure: outcomes[$0].isFailure) }
        for (row, value) in zip(rows, try read(shard, rows)) {
          add(identities[row], isFailure: outcomes[row].isFailure, value)
        }
      })
    return values
  }
}

extension ShardFile {
  /// The columns of every run, each cut to the run's own length; optional ones stay empty where a run has none.
  fileprivate func traces(_ columns: [Trace.Column]) throws -> [Trace] {
    let lengths = try column(Schema.Name.traceLength, Int32.self)
    var traces = [Trace](repeating: Trace(), count: count)
    let stored = try file.rootNames(prefix: "")
    for column in columns where !column.isOptional || stored.contains(column.name) {
      let (values, width) = try matrix(column.name)
      for row in 0..<count {
        let length = Int(lengths[row])
        guard (0...width).contains(length) else {
          throw damaged("\(Schema.Name.traceLength) is \(length) of \(width) epochs")
        }
        let entries = Array(values[row * width..<row * width + length])
        if column.isOptional && entries.allSatisfy(\.isNaN) { continue }
        traces[row][keyPath: column.values] = entries
      }
    }
    return traces
  }
}
