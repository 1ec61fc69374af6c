import Experiments
import RealModule

/// The hyperparameters of some runs that vary, as the factors of a grid.
struct EffectGrid {
  let ranking: Ranking
  let columns: [RunTable.Column]
  /// Of each column: its values, and one more where some runs have none.
  let levels: [Int]

  init(_ ranking: Ranking) {
    self.ranking = ranking
    columns = ColumnRoles(ranking.table).varying.map(\.byLevel).filter {
      // The complement of the keep probability says nothing more.
      $0.name != "dropout_rate" && Self.values($0).count > 1
    }
    levels = columns.map { Self.values($0).count }
  }

  /// The grids of the optimizers by themselves; one of all runs where there is one optimizer.
  static func byOptimizer(_ ranking: Ranking) -> [(optimizer: String, grid: EffectGrid)] {
    guard let column = ranking.table.column("optimizer"), column.values.count > 1 else {
      return [("", EffectGrid(ranking))]
    }
    return column.values.enumerated().map { code, value in
      let table = ranking.table.filtered { column.codes[$0] == Int32(code) }
      return (value.description, EffectGrid(Ranking(table, by: ranking.criterion)))
    }
  }

  /// Ascending; nil, first, where some runs have none.
  static func values(_ column: RunTable.Column) -> [HyperparameterValue?] {
    (column.codes.contains(-1) ? [nil] : []) + column.values.map(Optional.some)
  }

  func column(_ name: String) -> RunTable.Column? { columns.first { $0.name == name } }

  var present: Int { ranking.configurations.count }

  var combinations: Int {
    levels.reduce(1) { count, levels in
      let (product, overflow) = count.multipliedReportingOverflow(by: levels)
      return overflow ? .max : product
    }
  }

  var isComplete: Bool { combinations == present }

  /// The index of a row's value of a hyperparameter.
  func level(_ row: Int, _ name: String) -> Int? {
    column(name).map { Int($0.codes[row]) + ($0.codes.contains(-1) ? 1 : 0) }
  }

  /// The place of a row's configuration in the grid, the last column fastest.
  func point(_ row: Int) -> Int {
    columns.indices.reduce(0) { index, column in
      index * levels[column] + Int(columns[column].codes[row]) + (columns[column].codes.contains(-1) ? 1 : 0)
    }
  }
}

/// What is analysed of each run.
struct EffectResponse {
  /// Of each run; of those that diverged, failed or measured nothing the worst value that was measured.
  private var ofRun: [TrialIdentity: Double] = [:]
  /// Seeds that all configurations ran with.
  let seeds: [HyperparameterValue?]
  let replaced: Int
  /// A value that has no logarithm where there has to be one.
  private(set) var notPositive: Double?
  let shareOfExtremes: Double

  /// Values that differ by rounding alone are taken as one.
  ///
  /// Nil where no run can be ranked.
  init?(_ ranking: Ranking, _ scale: HyperparameterEffects.Scale) {
    let measured = ranking.values.filter { !$0.isNaN }
    let higherIsBetter = ranking.criterion.metric.higherIsBetter
    guard let worst = higherIsBetter ? measured.min() : measured.max() else { return nil }
    replaced = ranking.values.count - measured.count
    let ascending = measured.sorted()
    let merged = Dictionary(zip(ascending, Rounding.merged(ascending)), uniquingKeysWith: { first, _ in first })
    var values = ranking.values.map { merged[$0.isNaN ? worst : $0]! }
    switch scale {
    case .value: break
    case .log:
      notPositive = values.first { $0 <= 0 }
      values = values.map { .log($0) }
    case .rank: values = Self.ranks(values, higherIsBetter: higherIsBetter)
    }
    for (run, value) in zip(ranking.table.runs, values) { ofRun[run.identity] = value }
    let column = ranking.table.column("seed")
    var counts: [Int32: Int] = [:]
    for configuration in ranking.configurations {
      for code in Set(ranking.rows(of: configuration).map { column?.codes[$0] ?? -1 }) { counts[code, default: 0] += 1 }
    }
    seeds = counts.filter { $0.value == ranking.configurations.count }.keys.sorted()
      .map { code in code < 0 ? nil : column?.values[Int(code)] }
    let mean = SampleStatistics(values).mean
    let squares = values.map { ($0 - mean) * ($0 - mean) }.sorted(by: >)
    shareOfExtremes = squares.prefix((squares.count + 19) / 20).reduce(0, +) / squares.reduce(0, +)
  }

  /// Of each seed, of each grid, at each point.
  func values(of grids: [EffectGrid]) -> [[[Double]]] {
    var places: [HyperparameterValue?: Int] = [:]
    for (place, seed) in seeds.enumerated() { places[seed] = place }
    var values = seeds.map { _ in grids.map { [Double](repeating: .nan, count: $0.combinations) } }
    for (index, grid) in grids.enumerated() {
      let seed = grid.ranking.table.column("seed")
      for (row, run) in grid.ranking.table.runs.enumerated() {
        guard let place = places[seed?[row]], let value = ofRun[run.identity] else { continue }
        values[place][index][grid.point(row)] = value
      }
    }
    return values
  }

  /// From 1 for the best; equal values share the mean of their places.
  private static func ranks(_ values: [Double], higherIsBetter: Bool) -> [Double] {
    let order = values.indices.sorted { higherIsBetter ? values[$0] > values[$1] : values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }
}
