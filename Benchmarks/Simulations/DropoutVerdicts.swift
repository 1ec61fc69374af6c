import Experiments
import RandomNumbers
import Reports

/// How often dropout is said to help or to hurt where it does neither, since each side is the best of its configurations.
enum DropoutVerdicts: Simulation {
  static let name = "verdicts"
  static let experiments = 500
  static let question =
    "how often dropout is said to help or to hurt: the best of the configurations with dropout against the best of those"
    + " without, by a paired t test at 5 %; losses in standard deviations of a run's noise over seeds; before: not corrected"
    + " for the choice of either side; \(experiments) experiments, seed 12"

  /// Configurations of each side, how far they lie behind its best one (exponential, of this mean), and by how much the best
  /// one with dropout is better than the best one without.
  private struct Scenario {
    var name: String
    var dropout: Int
    var none: Int
    var spread = 0.0
    var gain = 0.0
  }

  private static let scenarios = [
    Scenario(name: "1 against 1", dropout: 1, none: 1),
    Scenario(name: "20 against 4, all equal", dropout: 20, none: 4),
    Scenario(name: "20 against 4, different", dropout: 20, none: 4, spread: 1),
    Scenario(name: "16 against 16, all equal", dropout: 16, none: 16),
    Scenario(name: "40 against 1, all equal", dropout: 40, none: 1),
    Scenario(name: "20 against 4, dropout 1 better", dropout: 20, none: 4, spread: 1, gain: 1),
    Scenario(name: "20 against 4, dropout 2 better", dropout: 20, none: 4, spread: 1, gain: 2),
    Scenario(name: "20 against 4, dropout 2 worse", dropout: 20, none: 4, spread: 1, gain: -2),
  ]

  static func table() -> Table {
    let rows = scenarios.flatMap { scenario in
      [3, 10].map { seeds in
        // Helps and hurts, before and now.
        var counts = [0, 0, 0, 0]
        for experiment in 0..<experiments {
          var stream = RandomStream(experiment: experiment, of: 12)
          let contrast = contrast(scenario, seeds: seeds, &stream)
          let before = contrast.comparison!
          if before.isLargerThanNoise() { counts[before.difference < 0 ? 0 : 1] += 1 }
          switch contrast.verdict {
          case .dropoutHelps: counts[2] += 1
          case .dropoutHurts: counts[3] += 1
          case .insideNoise, .notConverged, .chosenByResult, .unknown: break
          }
        }
        return [scenario.name, "\(seeds)"] + counts.map { NumberText.percent(Double($0) / Double(experiments)) }
      }
    }
    return Table(
      columns: [
        .init("configurations with dropout against without"), .init("seeds", .right), .init("helps, before", .right),
        .init("hurts", .right), .init("helps, now", .right), .init("hurts", .right),
      ], rows: rows)
  }

  private static func contrast(
    _ scenario: Scenario, seeds: Int, _ stream: inout RandomStream
  ) -> KeepProbabilityAnswer.Contrast {
    let sides = [(0.5, scenario.dropout, 10 - scenario.gain), (1, scenario.none, 10)]
    let runs = sides.flatMap { keep, count, best in
      means(count, best: best, spread: scenario.spread, &stream).enumerated().flatMap { candidate, mean in
        (0..<seeds).map { seed in
          SimulatedRun(
            hyperparameters: [
              .init("setting", .integer(candidate)), .init("keep_probability", .list([1, keep])),
            ], seed: seed, loss: mean + stream.nextNormal())
        }
      }
    }
    return KeepProbabilityAnswer(runs.ranking)!.overall.contrast!
  }

  private static func means(
    _ count: Int, best: Double, spread: Double, _ stream: inout RandomStream
  ) -> [Double] {
    let behind = (0..<count).map { _ in spread * stream.nextExponential() }
    let least = behind.min()!
    return behind.map { best + $0 - least }
  }
}
