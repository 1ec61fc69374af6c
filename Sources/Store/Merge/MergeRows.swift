import Experiments

/// Which rows of the sources make up the merged file, in its order.
struct MergeRows: Sendable {
  /// Runs, in the order of their identities; each trial once, one that was done rather than one that failed.
  let runs: RowSet
  let identities: [TrialIdentity]
  /// Rows of dimensions that list runs, by the dimension's name in the sources.
  private let position: [[Int32]]

  /// Rows of all sources in the merged order, and by source.
  struct RowSet: Sendable {
    /// Of each source: its rows and where they go, ascending in where they go.
    var bySource: [[Move]]
    var count: Int
  }

  struct Move: Sendable {
    var row: Int32
    var target: Int32
  }

  init(_ sources: [MergeSource]) {
    var order: [(source: Int32, row: Int32)] = []
    order.reserveCapacity(sources.reduce(0) { $0 + $1.identities.count })
    for (index, source) in sources.enumerated() {
      for row in source.identities.indices { order.append((Int32(index), Int32(row))) }
    }
    let failed = UInt8(TrialOutcome.failed(message: "").code)
    order.sort { left, right in
      let (a, b) = (sources[Int(left.source)], sources[Int(right.source)])
      let (first, second) = (a.identities[Int(left.row)], b.identities[Int(right.row)])
      if first != second { return first < second }
      let isFailure = (a.outcomes[Int(left.row)] == failed, b.outcomes[Int(right.row)] == failed)
      if isFailure.0 != isFailure.1 { return isFailure.1 }
      return (left.source, left.row) < (right.source, right.row)
    }
    var bySource = [[Move]](repeating: [], count: sources.count)
    var position = sources.map { [Int32](repeating: -1, count: $0.identities.count) }
    var identities: [TrialIdentity] = []
    for entry in order {
      let identity = sources[Int(entry.source)].identities[Int(entry.row)]
      guard identities.last != identity else { continue }
      let target = Int32(identities.count)
      bySource[Int(entry.source)].append(Move(row: entry.row, target: target))
      position[Int(entry.source)][Int(entry.row)] = target
      identities.append(identity)
    }
    runs = RowSet(bySource: bySource, count: identities.count)
    self.identities = identities
    self.position = position
  }

  /// Rows along a dimension that lists runs, in the order of the merged runs, and the run of each.
  ///
  /// - Parameter name: The dimension's name in a source; nil where the source has none.
  func rows(along name: (Int) -> String?, of sources: [MergeSource]) -> (rows: RowSet, runs: [Int32]) {
    var order: [(run: Int32, source: Int32, row: Int32)] = []
    for (index, source) in sources.enumerated() {
      guard let name = name(index), let runs = source.runIndexes[name] else { continue }
      for (row, run) in runs.enumerated() where position[index][Int(run)] >= 0 {
        order.append((position[index][Int(run)], Int32(index), Int32(row)))
      }
    }
    order.sort { $0 < $1 }
    var bySource = [[Move]](repeating: [], count: sources.count)
    for (target, entry) in order.enumerated() {
      bySource[Int(entry.source)].append(Move(row: entry.row, target: Int32(target)))
    }
    return (RowSet(bySource: bySource, count: order.count), order.map(\.run))
  }
}
