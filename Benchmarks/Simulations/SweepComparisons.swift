import Experiments
import RandomNumbers
import Reports

/// How often `summary compare` rejects that two sweeps of equal quality are the same.
enum SweepComparisons: Simulation {
  static let name = "compare"
  static let experiments = 2_000
  static let question =
    "how often p < 0.05 between two sweeps that do not differ but by their seeds' luck: a normal effect of each seed in each"
    + " sweep, noise of the same deviation in each run; \(experiments) experiments, seed 4"

  static func table() -> Table {
    var rows: [[String]] = []
    for (seeds, configurations) in [(2, 24), (3, 1), (3, 24), (3, 72), (10, 24)] {
      var (before, after) = (0, 0)
      for experiment in 0..<experiments {
        var stream = RandomStream(experiment: experiment, of: 4)
        let sweeps = (0..<2).map { _ in sweep(seeds: seeds, configurations: configurations, &stream) }
        // The rule until now: each shared run a pair of its own.
        let pooled = MeanComparison.paired(sweeps[0].map(\.loss), sweeps[1].map(\.loss))
        if pooled!.pValue < 0.05 { before += 1 }
        let comparison = SweepComparison(("a", sweeps[0].ranking), ("b", sweeps[1].ranking))
        if comparison.shared!.comparison!.pValue < 0.05 { after += 1 }
      }
      rows.append(
        ["\(seeds)", "\(configurations)"]
          + [before, after].map { NumberText.percent(Double($0) / Double(experiments)) })
    }
    return Table(
      columns: [
        .init("seeds", .right), .init("configurations", .right), .init("pairs", .right), .init("by seed", .right),
      ], rows: rows)
  }

  private static func sweep(seeds: Int, configurations: Int, _ stream: inout RandomStream) -> [SimulatedRun] {
    let luck = (0..<seeds).map { _ in stream.nextNormal() }
    return (0..<configurations).flatMap { configuration in
      luck.indices.map { seed in
        SimulatedRun(
          hyperparameters: [.init("learning_rate", .number(Double(configuration + 1)))], seed: seed,
          loss: 10 + Double(configuration) + luck[seed] + stream.nextNormal())
      }
    }
  }
}
