import Experiments

/// What each hyperparameter does to the results by itself and together with another, over all runs and for each
/// optimizer alone: an optimizer's grid is often complete where the whole one is not.
public struct HyperparameterEffects: Sendable {
  /// All runs, then those of each optimizer where there are several.
  public let scopes: [Scope]
  public let criterion: Criterion

  public struct Scope: Sendable {
    /// Nil: all runs.
    public let optimizer: String?
    public let result: Result
  }

  public enum Result: Sendable {
    case complete(Analysis)
    /// No hyperparameter has two values.
    case nothingVaries
    /// Some combinations of the values have no run.
    case incomplete(present: Int, combinations: Int)
    case nothingRanked
  }

  public struct Analysis: Sendable {
    public let factors: [Factor]
    /// Of the configurations' means over their seeds.
    public let anova: FunctionalANOVA
    /// Mean over the configurations of the variance between their runs: what only the seed explains.
    public let seedVariance: Double
    /// Runs that diverged, failed or measured nothing, counted as the worst value that was measured.
    public let replaced: Int
    public let runs: Int

    /// The variance of a run: between configurations and between seeds.
    public var totalVariance: Double { anova.variance + seedVariance }
  }

  public struct Factor: Sendable {
    public let name: String
    /// In ascending order; nil, first, where some runs have none.
    public let values: [HyperparameterValue?]
    /// As tables show them.
    public var levels: [String] { values.map { $0?.text(as: name) ?? NumberText.missing } }
  }

  public init(_ ranking: Ranking) {
    criterion = ranking.criterion
    var scopes = [Scope(optimizer: nil, result: Result(ranking))]
    if let optimizer = ranking.table.column("optimizer"), optimizer.values.count > 1 {
      for (code, value) in optimizer.values.enumerated() {
        let table = ranking.table.filtered { optimizer.codes[$0] == Int32(code) }
        scopes.append(
          Scope(optimizer: value.description, result: Result(Ranking(table, by: ranking.criterion))))
      }
    }
    self.scopes = scopes
  }
}

extension HyperparameterEffects.Result {
  fileprivate init(_ ranking: Ranking) {
    guard ranking.bestRow != nil else {
      self = .nothingRanked
      return
    }
    let columns = ColumnRoles(ranking.table).varying.filter {
      // The complement of the keep probability says nothing more.
      $0.name != "dropout_rate" && $0.levels > 1
    }
    guard !columns.isEmpty else {
      self = .nothingVaries
      return
    }
    let combinations = columns.reduce(1) { count, column in
      let (product, overflow) = count.multipliedReportingOverflow(by: column.levels)
      return overflow ? .max : product
    }
    let present = ranking.configurations.count
    self =
      combinations == present
      ? .complete(.init(ranking, columns)) : .incomplete(present: present, combinations: combinations)
  }
}

extension RunTable.Column {
  /// Values, and one more where some runs have none.
  fileprivate var levels: Int { values.count + (codes.contains(-1) ? 1 : 0) }
}

extension HyperparameterEffects.Analysis {
  /// The columns' values make up a complete grid.
  fileprivate init(_ ranking: Ranking, _ columns: [RunTable.Column]) {
    let measured = ranking.values.filter { !$0.isNaN }
    let worst = (ranking.criterion.metric.higherIsBetter ? measured.min() : measured.max())!
    let hasAbsent = columns.map { $0.codes.contains(-1) }
    let levels = columns.map(\.levels)
    var means = [Double](repeating: .nan, count: ranking.configurations.count)
    var within: [Double] = []
    for configuration in ranking.configurations {
      let values = ranking.rows(of: configuration).map { ranking.values[$0].isNaN ? worst : ranking.values[$0] }
      let statistics = SampleStatistics(values)
      let point = columns.indices.reduce(0) { index, column in
        index * levels[column] + Int(columns[column].codes[configuration.row]) + (hasAbsent[column] ? 1 : 0)
      }
      means[point] = statistics.mean
      within.append(
        values.reduce(0) { $0 + ($1 - statistics.mean) * ($1 - statistics.mean) } / Double(values.count))
    }
    factors = columns.indices.map { index in
      let absent: [HyperparameterValue?] = hasAbsent[index] ? [nil] : []
      return .init(name: columns[index].name, values: absent + columns[index].values.map(Optional.some))
    }
    anova = FunctionalANOVA(levels: levels, values: means)
    seedVariance = within.reduce(0, +) / Double(within.count)
    replaced = ranking.values.count - measured.count
    runs = ranking.values.count
  }
}
