/// Differences of paired runs of several configurations, each with the same seeds: the seeds are the sample.
///
/// Runs of one seed share their initial weights and their order of batches, whatever their configuration, so that their
/// differences are not independent: taken as so many pairs they make every noise look small. The differences are averaged
/// over the configurations within each seed, and Student's t test is over the seeds' averages. Source: S. Galbraith, J.
/// Daniel, B. Vissel, "A Study of Clustered Data and Approaches to Its Analysis", J. Neurosci. 30 (2010): the summary
/// statistic of each cluster, which a mixed model with a random effect of the seed agrees with on balanced data.
public struct ClusteredDifferences: Hashable, Sendable {
  public let seeds: Int
  public let configurations: Int
  /// Pairs of configurations that do not have a pair with each of the seeds.
  public let leftOut: Int
  /// First minus second, over all seeds and configurations.
  public let difference: Double
  /// Over the seeds; nil for a single one, of which no noise can be told.
  public let comparison: MeanComparison?

  /// Two runs that belong together.
  struct Pair {
    var seed: Int32
    var configuration: Int
    var first: Double
    var second: Double
  }

  /// Configurations with a pair for each seed count, so that seeds differ by nothing else; all, where there are none.
  init(_ pairs: [Pair]) {
    let seeds = Set(pairs.map(\.seed)).sorted()
    var counts: [Int: Int] = [:]
    for pair in pairs { counts[pair.configuration, default: 0] += 1 }
    let complete = pairs.filter { counts[$0.configuration] == seeds.count }
    let used = complete.isEmpty ? pairs : complete
    self.seeds = seeds.count
    configurations = Set(used.map(\.configuration)).count
    leftOut = pairs.count - used.count
    func means(_ value: KeyPath<Pair, Double>) -> [Double] {
      seeds.map { seed in SampleStatistics(used.filter { $0.seed == seed }.map { $0[keyPath: value] }).mean }
    }
    let (first, second) = (means(\.first), means(\.second))
    difference = SampleStatistics(zip(first, second).map { $0 - $1 }).mean
    comparison = .paired(first, second)
  }
}
