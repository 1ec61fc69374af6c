import Foundation
import RandomNumbers
import Reports

/// How far the winner's mean, corrected for the choice, is from what is true of it.
enum SelectionBiasSimulation: Simulation {
  static let name = "selection-bias"
  static let question = """
    The winner's mean over S seeds, corrected for being the best of n configurations, minus its true mean, in standard
    deviations over its seeds: bias / root mean square error / coverage of mean ± t·s/√S (95 % is claimed). Normal noise;
    2,000 experiments a cell, seed 1. Different: true means evenly spread over 2 standard deviations. Where the noise is
    not the same for all, the experiments whose winner is among the quietest are apart from those whose is not, where
    there are at least 100.
    """
  private static let experiments = 2000

  private struct Case {
    var name: String
    var means: [Double]
    /// Standard deviation over seeds; nil: 1 for all.
    var noise: [Double]?
  }

  private static let cases: [Case] = [
    Case(name: "80 equal", means: [Double](repeating: 0, count: 80)),
    Case(name: "80 different", means: (0..<80).map { 2 * Double($0) / 79 }),
    Case(name: "8 equal", means: [Double](repeating: 0, count: 8)),
    Case(name: "2, noise 0.005 and 0.1, the latter 0.03 worse", means: [0, 0.03], noise: [0.005, 0.1]),
    Case(
      name: "20, noise 0.1 or 1, the latter 0.5 worse", means: (0..<20).map { $0 < 10 ? 0 : 0.5 },
      noise: (0..<20).map { $0 < 10 ? 0.1 : 1 }),
    Case(
      name: "20, noise 0.1 and 1, the others 1 worse", means: (0..<20).map { $0 < 1 ? 0 : 1 },
      noise: (0..<20).map { $0 < 1 ? 0.1 : 1 }),
  ]

  static func table() -> Table {
    var rows: [[String]] = []
    for (number, scenario) in cases.enumerated() {
      for seeds in [2, 3, 5, 10, 20] {
        var stream = RandomStream(RandomKey(seed: 1, purpose: .generation, step: UInt64(100 * number + seeds)))
        let none = [Errors](repeating: Errors(), count: rules.count)
        // Of winners among the quietest, and of others.
        var errors = [none, none]
        let noise = scenario.noise ?? scenario.means.map { _ in 1 }
        for _ in 0..<experiments {
          let costs = zip(scenario.means, noise).map { mean, noise in
            (0..<seeds).map { _ in mean + noise * stream.nextNormal() }
          }
          let winner = costs.indices.min { SampleStatistics(costs[$0]).mean < SampleStatistics(costs[$1]).mean }!
          let statistics = SampleStatistics(costs[winner])
          let part = noise[winner] == noise.min() ? 0 : 1
          for (index, rule) in rules.enumerated() {
            let error = rule.estimate(costs, statistics) - scenario.means[winner]
            errors[part][index].add(error, statistics, noise: noise[winner])
          }
        }
        let names = scenario.noise == nil ? [""] : [": a quiet one wins", ": a noisy one wins"]
        for (name, errors) in zip(names, errors) where errors[0].count >= 100 {
          rows.append([scenario.name + name, "\(seeds)"] + errors.map(\.text))
        }
      }
    }
    return Table(
      columns: [.init("configurations"), .init("S", .right)] + rules.map { .init($0.name, .right) }, rows: rows)
  }

  private static let rules: [(name: String, estimate: @Sendable ([[Double]], SampleStatistics) -> Double)] = [
    ("not corrected", { $1.mean }),
    ("before: Tibshirani", { costs, winner in winner.mean + tibshirani(costs, winner) }),
    ("leave one seed out", { costs, _ in leaveOneSeedOut(costs) }),
    ("bootstrap, rivals' noise", { costs, winner in winner.mean + inTheRivalsNoise(costs) }),
    ("bootstrap (now)", { costs, winner in winner.mean + SelectionBias.bootstrap(costs)! }),
  ]

  /// The bootstrap as it is for equal noise: whatever wins a draw, its luck counts in full.
  private static func inTheRivalsNoise(_ costs: [[Double]]) -> Double {
    let seeds = costs[0].count
    let factor = (Double(seeds) / Double(seeds - 1)).squareRoot()
    let means = costs.map { SampleStatistics($0).mean }
    let winner = means.indices.min { means[$0] < means[$1] }!
    var stream = RandomStream(RandomKey(seed: 0, purpose: .resampling))
    var bias = 0.0
    for _ in 0..<SelectionBias.draws {
      let drawn = (0..<seeds).map { _ in stream.nextIndex(below: seeds) }
      let shifts = zip(costs, means).map { costs, mean in
        factor * (drawn.reduce(0) { $0 + costs[$1] } / Double(seeds) - mean)
      }
      let best = means.indices.min { means[$0] + shifts[$0] < means[$1] + shifts[$1] }!
      bias += shifts[winner] - shifts[best]
    }
    return bias / Double(SelectionBias.draws)
  }

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
    private(set) var count = 0

    mutating func add(_ error: Double, _ winner: SampleStatistics, noise: Double) {
      sum += error / noise
      squares += error * error / (noise * noise)
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
