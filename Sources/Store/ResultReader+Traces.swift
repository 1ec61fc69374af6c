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
    var traces: [TrialIdentity: Trace] = [:]
    var failed: Set<TrialIdentity> = []
    // A run that was done counts before one that failed, whichever is met first.
    func add(_ identity: TrialIdentity, isFailure: Bool, _ trace: () -> Trace) {
      guard runs?.contains(identity) ?? true else { return }
      if traces[identity] == nil || (!isFailure && failed.contains(identity)) {
        traces[identity] = trace()
        if isFailure { failed.insert(identity) } else { failed.remove(identity) }
      }
    }
    try scan(
      journal: { _, record in
        add(record.identity, isFailure: record.outcome.isFailure) {
          var trace = Trace()
          for column in columns { trace[keyPath: column.values] = record.trace[keyPath: column.values] }
          return trace
        }
      },
      shard: { shard in
        let identities = try shard.identities()
        if let runs, runs.isDisjoint(with: identities) { return }
        let outcomes = try shard.outcomes()
        let stored = try shard.traces(columns)
        for (row, identity) in identities.enumerated() {
          add(identity, isFailure: outcomes[row].isFailure) { stored[row] }
        }
      })
    return traces
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
