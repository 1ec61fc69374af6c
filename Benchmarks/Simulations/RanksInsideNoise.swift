import Experiments
import RandomNumbers
import Reports

/// How often a rank among the first ten that is as good as the winner is not named as such.
enum RanksInsideNoise: Simulation {
  static let name = "ranks"
  static let experiments = 1_000
  static let question =
    "of 40 configurations some are equally good and the others worse, in standard deviations of a run's noise: how often all"
    + " equals among the first ten are named as inside the noise, and which share of the worse ones among the ten is not;"
    + " before: ranks up to the first p < 0.05; \(experiments) experiments, seed 9"

  static func table() -> Table {
    var rows: [[String]] = []
    for (equals, gap) in [(40, 0.0), (5, 2.0), (5, 5.0)] {
      for seeds in [3, 5, 10] {
        var all = [0, 0]
        var (worse, told) = (0, [0, 0])
        for experiment in 0..<experiments {
          var stream = RandomStream(experiment: experiment, of: 9)
          let ranking = (0..<40).flatMap { configuration in
            (0..<seeds).map { seed in
              SimulatedRun(
                hyperparameters: [.init("learning_rate", .number(Double(configuration)))], seed: seed,
                loss: 10 + (configuration < equals ? 0 : gap) + stream.nextNormal())
            }
          }.ranking
          let ranks = Array(2...10)
          let isEqual = ranks.map { rank in
            ranking.table.column("learning_rate")![ranking.configurations[rank - 1].row].map { value in
              if case .number(let number) = value { Int(number) < equals } else { false }
            }!
          }
          // The rule until now: ranks up to the first that is told apart.
          let first = ranks.first {
            ranking.compare(ranking.configurations[$0 - 1], with: ranking.winner!)!.pValue < 0.05
          }
          let named = [Set(2..<(first ?? 11)), Set(ranking.ranksInsideNoise(shown: 10).map(\.rank))]
          worse += isEqual.count { !$0 }
          for rule in 0..<2 {
            if zip(ranks, isEqual).allSatisfy({ !$1 || named[rule].contains($0) }) { all[rule] += 1 }
            told[rule] += zip(ranks, isEqual).count { !$1 && !named[rule].contains($0) }
          }
        }
        let shares = (0..<2).flatMap { rule in
          [
            NumberText.percent(Double(all[rule]) / Double(experiments)),
            NumberText.percent(worse > 0 ? Double(told[rule]) / Double(worse) : .nan),
          ]
        }
        rows.append(["\(equals)", NumberText.short(gap), "\(seeds)"] + shares)
      }
    }
    return Table(
      columns: [
        .init("equal", .right), .init("others worse by", .right), .init("seeds", .right),
        .init("all equals named, before", .right), .init("worse told apart", .right),
        .init("all equals named, now", .right),
        .init("worse told apart", .right),
      ], rows: rows)
  }
}
