import Foundation
import RandomNumbers
import Reports

/// How far the winner's mean, corrected for the choice, is from what is true of it.
enum SelectionBiasSimulation: Simulation {
  static let name = "selection-bias"
  static let question = """
    The winner's mean over S seeds, corrected for being the best of n configurations, minus its true mean, in standard
    deviations over seeds: bias / root mean square error / coverage of mean ± t·s/√S (95 % is claimed). Normal noise;
    2,000 experiments a cell, seed 1. Differences: true means evenly spread over 2 standard deviations.
    """
  private static let experiments = 2000

  static func table() -> Table {
    let cases: [(name: String, means: [Double])] = [
      ("80 equal", [Double](repeating: 0, count: 80)), ("80 different", (0..<80).map { 2 * Double($0) / 79 }),
      ("8 equal", [Double](repeating: 0, count: 8)),
    ]
    var rows: [[String]] = []
    for (number, (name, means)) in cases.enumerated() {
      for seeds in [2, 3, 5, 10, 20] {
        var stream = RandomStream(RandomKey(seed: 1, purpose: .generation, step: UInt64(100 * number + seeds)))
        var errors = [Errors](repeating: Errors(), count: rules.count)
        for _ in 0..<experiments {
          let costs = means.map { mean in (0..<seeds).map { _ in mean + stream.nextNormal() } }
          let winner = costs.indices.min { SampleStatistics(costs[$0]).mean < SampleStatistics(costs[$1]).mean }!
          let statistics = SampleStatistics(costs[winner])
          for (index, rule) in rules.enumerated() {
            errors[index].add(rule.estimate(costs, statistics) - means[winner], statistics)
          }
        }
        rows.append([name, "\(seeds)"] + errors.map(\.text))
      }
    }
    return Table(
      columns: [.init("configurations"), .init("S", .right)] + rules.map { .init($0.name, .right) }, rows: rows)
  }

  private static let rules: [(name: String, estimate: @Sendable ([[Double]], SampleStatistics) -> Double)] = [
    ("not corrected", { $1.mean }),
    ("before: Tibshirani", { costs, winner in winner.mean + tibshirani(costs, winner) }),
    ("leave one seed out", { costs, _ in leaveOneSeedOut(costs) }),
    ("bootstrap (now)", { costs, winner in winner.mean + SelectionBias.bootstrap(costs)! }),
  ]

  /// (1/S)·Σₛ [vₛ(ĉ) − vₛ(ĉₛ)], ĉₛ the winner of seed s alone (Tibshirani and Tibshirani, 2009): what `summary` added.
  private static func tibshirani(_ costs: [[Double]], _ winner: SampleStatistics) -> Double {
    let seeds = costs[0].count
    let best = (0..<seeds).reduce(0) { sum, seed in sum + costs.lazy.map { $0[seed] }.min()! }
    return winner.mean - best / Double(seeds)
  }

  /// (1/S)·Σₛ vₛ(ĉ₋ₛ), ĉ₋ₛ the winner of the other seeds.
  private static func leaveOneSeedOut(_ costs: [[Double]]) -> Double {
    let seeds = costs[0].count
    let sums = costs.map { $0.reduce(0, +) }
    let held = (0..<seeds).map { seed -> Double in
      let chosen = costs.indices.min { sums[$0] - costs[$0][seed] < sums[$1] - costs[$1][seed] }!
      return costs[chosen][seed]
    }
    return held.reduce(0, +) / Double(seeds)
  }

  private struct Errors {
    private var sum = 0.0
    private var squares = 0.0
    private var covered = 0
    private var count = 0

    mutating func add(_ error: Double, _ winner: SampleStatistics) {
      sum += error
      squares += error * error
      count += 1
      let interval = winner.confidenceInterval()!
      if error.magnitude <= (interval.upper - interval.lower) / 2 { covered += 1 }
    }

    var text: String {
      let values = [sum / Double(count), (squares / Double(count)).squareRoot()]
        .map { String(format: "%.2f", $0) }
      return "\(values[0]) / \(values[1]) / \(NumberText.percent(Double(covered) / Double(count)))"
    }
  }
}
