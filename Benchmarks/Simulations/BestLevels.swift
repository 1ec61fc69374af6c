import Experiments
import RandomNumbers
import Reports

/// How often a keep probability's P(best) is above 95 % and wrong.
enum BestLevels: Simulation {
  static let name = "best"
  static let experiments = 500
  static let question =
    "how often P(best) is above 95 % for keep probability 0.5 (A) and for 1 (B), each the best of its candidates; losses in"
    + " standard deviations of a run's noise over seeds; before: each drawn mean tuned again; \(experiments) experiments,"
    + " seed 9"

  /// A level's candidates: how many, how much worse the best of them is than that of the other level, how far the others
  /// lie behind it (exponential, of this mean), the noise.
  private struct Level {
    var candidates: Int
    var gap = 0.0
    var spread = 0.0
    var noise = 1.0
  }

  private static let scenarios: [(name: String, levels: [Level])] = [
    ("1 candidate against 16, 0.5 worse", [Level(candidates: 1), Level(candidates: 16, gap: 0.5)]),
    ("1 against 16, as good", [Level(candidates: 1), Level(candidates: 16)]),
    ("1 against 16, 2 better", [Level(candidates: 1, gap: 2), Level(candidates: 16)]),
    ("4 against 4, 0.5 worse and 3 times as noisy", [Level(candidates: 4), Level(candidates: 4, gap: 0.5, noise: 3)]),
    ("4 against 64, as good", [Level(candidates: 4, spread: 2), Level(candidates: 64, spread: 2)]),
    ("16 against 16, as good", [Level(candidates: 16, spread: 1), Level(candidates: 16, spread: 1)]),
    ("16 against 16, 2 better", [Level(candidates: 16, gap: 2, spread: 1), Level(candidates: 16, spread: 1)]),
  ]

  static func table() -> Table {
    var rows: [[String]] = []
    for (name, levels) in scenarios {
      for seeds in [2, 3, 10] {
        var counts = [[Int]](repeating: [0, 0], count: 2)
        for experiment in 0..<experiments {
          var stream = RandomStream(experiment: experiment, of: 9)
          let alternatives = levels.map { level in costs(level, seeds: seeds, &stream) }
          let probabilities = [
            tunedAgain(alternatives, &stream),
            KeepProbabilityAnswer(runs(alternatives).ranking)!.overall.confidence!.probabilityOfBest,
          ]
          for (rule, shares) in probabilities.enumerated() {
            for level in 0..<2 where shares[level] > 0.95 { counts[rule][level] += 1 }
          }
        }
        rows.append(
          [name, "\(seeds)"]
            + counts.flatMap { rule in rule.map { NumberText.percent(Double($0) / Double(experiments)) } })
      }
    }
    return Table(
      columns: [
        .init("A against B"), .init("seeds", .right), .init("A, before", .right), .init("B", .right),
        .init("A, now", .right), .init("B", .right),
      ], rows: rows)
  }

  /// One cost a seed of each candidate.
  private static func costs(_ level: Level, seeds: Int, _ stream: inout RandomStream) -> [[Double]] {
    var means = (0..<level.candidates).map { _ in level.spread * stream.nextExponential() }
    let best = means.min()!
    for index in means.indices { means[index] += 10 + level.gap - best }
    return means.map { mean in (0..<seeds).map { _ in mean + level.noise * stream.nextNormal() } }
  }

  private static func runs(_ alternatives: [[[Double]]]) -> [SimulatedRun] {
    zip([0.5, 1], alternatives).flatMap { keep, candidates in
      candidates.enumerated().flatMap { candidate, values in
        values.enumerated().map { seed, value in
          SimulatedRun(
            hyperparameters: [
              .init("learning_rate", .number(Double(candidate + 1))), .init("keep_probability", .list([1, keep])),
            ], seed: seed, loss: value)
        }
      }
    }
  }

  /// The rule until now: in each draw of the means the best of all candidates wins.
  private static func tunedAgain(_ alternatives: [[[Double]]], _ stream: inout RandomStream) -> [Double] {
    let seeds = alternatives[0][0].count
    let draws = 2_000
    var wins = [0.0, 0.0]
    for _ in 0..<draws {
      let normal = (0..<seeds).map { _ in stream.nextNormal() }
      let mean = normal.reduce(0, +) / Double(seeds)
      let square = (1..<seeds).reduce(0.0) { sum, _ in
        let value = stream.nextNormal()
        return sum + value * value
      }
      let scale = 1 / (Double(seeds) * square).squareRoot()
      let weights = normal.map { 1 / Double(seeds) + scale * ($0 - mean) }
      let best = alternatives.map { candidates in
        candidates.map { values in zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } }.min()!
      }
      wins[best[0] < best[1] ? 0 : 1] += 1
    }
    return wins.map { $0 / Double(draws) }
  }
}
