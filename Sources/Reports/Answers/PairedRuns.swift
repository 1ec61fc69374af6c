import Experiments

/// Runs of two sweeps that belong together.
struct PairedRuns {
  /// What each is ranked by; pairs of which one cannot be ranked are left out.
  private(set) var pairs: [ClusteredDifferences.Pair] = []
  /// Training time of the first over that of the second.
  private var ratios: [Double] = []
  private var improving = 0
  private var workers: Set<Int> = []

  /// - Parameter key: The same for the runs of a pair, and for no others of either sweep.
  init<Key: Hashable>(_ first: Ranking, _ second: Ranking, by key: (RunSummary) -> Key) {
    var rows: [Key: Int] = [:]
    for (row, run) in second.table.runs.enumerated() { rows[key(run)] = row }
    let seeds = first.table.column("seed")
    for (index, configuration) in first.configurations.enumerated() {
      for row in first.rows(of: configuration) {
        let run = first.table.runs[row]
        guard let other = rows[key(run)] else { continue }
        let (value, otherValue) = (first.values[row], second.values[other])
        guard !value.isNaN, !otherValue.isNaN else { continue }
        pairs.append(
          .init(seed: seeds?.codes[row] ?? 0, configuration: index, first: value, second: otherValue))
        if first.isStillImproving(row) || second.isStillImproving(other) { improving += 1 }
        workers.formUnion([run.cost.workers, second.table.runs[other].cost.workers])
        let ratio = run.cost.trainingSeconds / second.table.runs[other].cost.trainingSeconds
        if ratio.isFinite { ratios.append(ratio) }
      }
    }
  }

  /// First minus second; nil without a pair.
  var differences: ClusteredDifferences? { pairs.isEmpty ? nil : ClusteredDifferences(pairs) }

  var summary: SweepComparison.RunPairs {
    .init(
      count: pairs.count, improving: improving, hasOneConcurrency: workers.count <= 1,
      timeRatio: workers.count > 1 ? .nan : SampleStatistics(ratios).median)
  }
}

extension SweepComparison {
  /// Runs of one sweep, each with one of the other.
  public struct RunPairs: Hashable, Sendable {
    public let count: Int
    /// Pairs of which a run's best epoch is among the last tenth of all that it trained.
    public let improving: Int
    /// Whether all were trained with as many runs beside them: times cannot be compared otherwise.
    public let hasOneConcurrency: Bool
    /// Median of the first's training time over the second's; NaN without any, and without ``hasOneConcurrency``.
    public let timeRatio: Double

    /// What is to be said beside a difference between them.
    var sentence: String {
      let course =
        improving > 0
        ? " In \(improving) of \(count) pairs a run is best in the last tenth of its epochs: more of them may change the"
          + " difference." : ""
      let times =
        hasOneConcurrency
        ? " The first took \(NumberText.significant(timeRatio, 3)) times as long to train (median)."
        : " Their times are not compared: they were not trained with as many at a time."
      return course + times
    }
  }

  /// Pairs of runs that agree in all but a few hyperparameters, which are the same in all of each sweep.
  public struct Matched: Sendable {
    /// The hyperparameters in which they differ.
    public let names: [String]
    public let pairs: RunPairs
    /// First value minus second.
    public let differences: ClusteredDifferences

    /// - Parameter differences: Hyperparameters of which the sweeps have different values.
    init?(_ first: Ranking, _ second: Ranking, _ differences: [String]) {
      let names = differences.filter { name in
        [first, second].allSatisfy { ranking in
          guard let column = ranking.table.column(name) else { return true }
          return column.values.count == 1 && !column.codes.contains(-1)
        }
      }
      let excluded = Set(names)
      let pairs = PairedRuns(first, second) { run in run.hyperparameters.filter { !excluded.contains($0.name) } }
      guard !names.isEmpty, let differences = pairs.differences else { return nil }
      self.names = names
      self.differences = differences
      self.pairs = pairs.summary
    }
  }
}
