import Experiments

/// Runs that agree in some hyperparameters, aggregated over everything else; the group with the best run comes first.
public struct GroupedRuns: Sendable {
  public let keys: [String]
  public let groups: [Group]

  public struct Group: Sendable {
    /// One a key; nil where the runs have no such hyperparameter.
    public let values: [HyperparameterValue?]
    /// Over the runs that can be ranked.
    public let statistics: SampleStatistics
    public let bestRow: Int?
    public let outcomes: OutcomeCounts
    /// The row with the lowest identity.
    let row: Int
  }

  /// - Throws: ``ReportError/unknownKey`` for a key that no run has.
  public init(_ ranking: Ranking, by keys: [String]) throws(ReportError) {
    let table = ranking.table
    var columns: [RunTable.Column] = []
    for key in keys { columns.append(try table.requiredColumn(key).byLevel) }
    self.keys = keys
    let groups = table.groups(by: columns)
    var rows = [[Int]](repeating: [], count: groups.count)
    for row in table.runs.indices { rows[Int(groups.ofRow[row])].append(row) }
    let criterion = ranking.criterion
    let values = ranking.values
    self.groups =
      rows.map { rows in
        let ranked = rows.filter { !values[$0].isNaN }
        return Group(
          values: columns.map { $0[rows[0]] }, statistics: SampleStatistics(ranked.map { values[$0] }),
          bestRow: ranked.min { criterion.isBetter(values[$0], than: values[$1]) },
          outcomes: OutcomeCounts(rows.lazy.map { table.runs[$0] }), row: rows[0])
      }
      .sorted { first, second in
        let (value, other) = (first.best(in: values), second.best(in: values))
        if criterion.isBetter(value, than: other) { return true }
        return criterion.isBetter(other, than: value) ? false : first.row < second.row
      }
  }
}

extension GroupedRuns.Group {
  fileprivate func best(in values: [Double]) -> Double { bestRow.map { values[$0] } ?? .nan }
}
