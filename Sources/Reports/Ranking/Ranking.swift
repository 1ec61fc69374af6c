import Experiments

/// Configurations from best to worst.
///
/// A configuration is every hyperparameter but the seed; its value is the mean over its seeds. Configurations that lost
/// seeds (diverged, failed, not run) rank after those with fewer lost: a mean over the lucky seeds proves nothing. Then
/// the better mean ranks first, and equal ones in the order of identity.
public struct Ranking: Sendable {
  public let table: RunTable
  public let criterion: Criterion
  /// Each row's value: NaN where the run diverged, failed or measured nothing finite.
  public let values: [Double]
  /// How many seeds the whole sweep uses: what a complete configuration has.
  public let seeds: Int
  /// That of intervals around its values: the metric's, and linear where losses are below 0, as those of saddles.
  public let intervalScale: IntervalScale
  /// Best first.
  public let configurations: [Configuration]
  /// Rows grouped by configuration, each group by seed and identity; `Configuration.members` points here.
  private let members: [Int]

  /// One setting of all hyperparameters but the seed.
  public struct Configuration: Hashable, Sendable {
    fileprivate let members: Range<Int>
    /// Over the seeds that can be ranked.
    public let statistics: SampleStatistics
    /// The row of the best seed; nil where none can be ranked.
    public let bestRow: Int?
    public let outcomes: OutcomeCounts
    /// Seeds that diverged, failed, measured nothing or have not run.
    public let lostSeeds: Int
    /// The row with the lowest identity: any of a configuration's rows describes it.
    public let row: Int

    public var isComplete: Bool { lostSeeds == 0 }
    public var isRanked: Bool { bestRow != nil }
  }

  public init(_ table: RunTable, by criterion: Criterion) {
    self.table = table
    self.criterion = criterion
    let values = table.runs.map(criterion.rankedValue)
    self.values = values
    let scale = criterion.metric.intervalScale
    intervalScale = scale == .log && values.contains { $0 < 0 } ? .linear : scale
    let seed = table.column("seed")
    let seeds = table.isChosenByResult ? table.choice!.seeds : table.seeds
    self.seeds = seeds

    let groups = table.groups(by: table.columns.filter { $0.name != "seed" })
    let members = table.runs.indices.sorted {
      let first = (groups.ofRow[$0], seed?.codes[$0] ?? 0, Int32($0))
      let second = (groups.ofRow[$1], seed?.codes[$1] ?? 0, Int32($1))
      return first < second
    }
    self.members = members

    var configurations: [Configuration] = []
    configurations.reserveCapacity(groups.count)
    var start = 0
    while start < members.count {
      var end = start + 1
      while end < members.count, groups.ofRow[members[end]] == groups.ofRow[members[start]] { end += 1 }
      let rows = members[start..<end]
      let ranked = rows.filter { !values[$0].isNaN }
      configurations.append(
        Configuration(
          members: start..<end, statistics: SampleStatistics(ranked.map { values[$0] }),
          bestRow: ranked.min { criterion.isBetter(values[$0], than: values[$1]) },
          outcomes: OutcomeCounts(rows.lazy.map { table.runs[$0] }), lostSeeds: max(0, seeds - ranked.count),
          row: rows.min()!))
      start = end
    }
    self.configurations = configurations.sorted { criterion.precedes($0, $1) }
  }

  /// The rows of a configuration in the order of seeds.
  public func rows(of configuration: Configuration) -> ArraySlice<Int> { members[configuration.members] }

  /// Those of them that can be ranked.
  func rankedRows(of configuration: Configuration) -> [Int] { rows(of: configuration).filter { !values[$0].isNaN } }

  /// The best configuration; nil where no run can be ranked.
  public var winner: Configuration? { configurations.first.flatMap { $0.isRanked ? $0 : nil } }

  /// Single runs from best to worst; those that cannot be ranked come last. Rows are in the order of identity.
  public func rankedRows() -> [Int] {
    values.indices.sorted {
      if criterion.isBetter(values[$0], than: values[$1]) { return true }
      return criterion.isBetter(values[$1], than: values[$0]) ? false : $0 < $1
    }
  }

  /// The best single run; nil where none can be ranked.
  public var bestRow: Int? {
    let best = values.indices.min { criterion.isBetter(values[$0], than: values[$1]) }
    return best.flatMap { values[$0].isNaN ? nil : $0 }
  }

  /// First mean minus second: paired where at least two seeds are shared, else Welch; nil without two seeds each.
  public func compare(_ first: Configuration, with second: Configuration) -> MeanComparison? {
    guard let codes = table.column("seed")?.codes else {
      return .welch(first.statistics, second.statistics)
    }
    let ranked = [first, second].map { rankedRows(of: $0) }
    var pairs: [(Double, Double)] = []
    var partner = 0
    for row in ranked[0] {
      while partner < ranked[1].count, codes[ranked[1][partner]] < codes[row] { partner += 1 }
      guard partner < ranked[1].count else { break }
      if codes[ranked[1][partner]] == codes[row] {
        pairs.append((values[row], values[ranked[1][partner]]))
        partner += 1
      }
    }
    return pairs.count >= 2
      ? .paired(pairs.map(\.0), pairs.map(\.1)) : .welch(first.statistics, second.statistics)
  }
}

extension Criterion {
  /// Whether `first` ranks before `second`: a total order.
  func precedes(_ first: Ranking.Configuration, _ second: Ranking.Configuration) -> Bool {
    if first.lostSeeds != second.lostSeeds { return first.lostSeeds < second.lostSeeds }
    if isBetter(first.statistics.mean, than: second.statistics.mean) { return true }
    if isBetter(second.statistics.mean, than: first.statistics.mean) { return false }
    return first.row < second.row
  }
}

/// How many runs ended in which way.
public struct OutcomeCounts: Hashable, Sendable {
  public private(set) var completed = 0
  public private(set) var stoppedEarly = 0
  public private(set) var diverged = 0
  public private(set) var failed = 0
  public private(set) var converged = 0
  public private(set) var stalled = 0

  public init() {}

  public init(_ runs: some Sequence<RunSummary>) {
    for run in runs {
      switch run.outcome {
      case .completed: completed += 1
      case .stoppedEarly: stoppedEarly += 1
      case .diverged: diverged += 1
      case .failed: failed += 1
      case .converged: converged += 1
      case .stalled: stalled += 1
      }
    }
  }

  public var total: Int { completed + stoppedEarly + diverged + failed + converged + stalled }

  /// The outcomes that occur, in words.
  public var named: [(count: Int, name: String)] {
    [
      (completed, "completed"), (stoppedEarly, "stopped early"), (converged, "converged"), (stalled, "stalled"),
      (diverged, "diverged"), (failed, "failed"),
    ].filter { $0.0 > 0 }
  }

  public static func += (left: inout Self, right: Self) {
    left.completed += right.completed
    left.stoppedEarly += right.stoppedEarly
    left.diverged += right.diverged
    left.failed += right.failed
    left.converged += right.converged
    left.stalled += right.stalled
  }
}
