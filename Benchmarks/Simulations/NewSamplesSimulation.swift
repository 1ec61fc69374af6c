import Experiments
import Foundation
import RandomNumbers
import Reports

/// What the winner's intervals cover, where the loss on samples that no one has seen is known.
enum NewSamplesSimulation: Simulation {
  static let name = "new-samples"
  static let question = """
    6 equal configurations with S seeds on n validation and n test samples. The loss of a sample is lognormal
    (σ = 1.3, mean 0.1), in which seeds and configurations differ by 30 %; each seed adds a normal share of 0.01. Claimed:
    95 % of intervals cover, 5 % exclude. 2,000 experiments a row, seed 1.
    """
  private static let experiments = 2000
  private static let spread = 1.3
  private static let mean = 0.1

  static func table() -> Table {
    let rows = [(1, 360), (3, 360), (10, 100), (10, 360), (10, 1000)].map { seeds, samples -> [String] in
      var counts = [Int](repeating: 0, count: 6)
      for experiment in 0..<experiments {
        let simulated = SimulatedSweep(seeds: seeds, samples: samples, number: experiment)
        let curse = simulated.ranking.winnersCurse(simulated.evaluation)!
        let old = curse.validation.confidenceInterval()
        let differences = SampleStatistics(simulated.differences).confidenceInterval()
        let facts = [
          covers(old), covers(curse.newSamples?.estimate.confidenceInterval()),
          covers(curse.testNewSamples?.estimate.confidenceInterval()), differences.map { !contains($0, 0) } ?? false,
          curse.test?.confidenceInterval().map { !contains($0, 0) } ?? false,
        ]
        for (index, fact) in facts.enumerated() where fact { counts[index] += 1 }
      }
      let shares = counts.map { NumberText.percent(Double($0) / Double(experiments)) }
      return [
        "\(seeds)", "\(samples)", seeds < 2 ? "–" : shares[0], shares[1], shares[2], seeds < 2 ? "–" : shares[3],
        shares[4],
      ]
    }
    return Table(
      columns: [
        .init("S", .right), .init("n", .right), .init("before: validation covers", .right),
        .init("now, on new samples", .right), .init("now, by the test set", .right),
        .init("before: test − validation excludes 0", .right), .init("now", .right),
      ], rows: rows)
  }

  private static func covers(_ interval: Interval?) -> Bool { interval.map { contains($0, mean) } ?? false }

  private static func contains(_ interval: Interval, _ value: Double) -> Bool {
    interval.lower <= value && value <= interval.upper
  }

  /// What a run keeps of the losses of its samples.
  private struct Moments {
    let mean: Double
    /// With n − 1.
    let variance: Double

    init(_ losses: ArraySlice<Double>) {
      let mean = losses.reduce(0, +) / Double(losses.count)
      self.mean = mean
      variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(losses.count - 1)
    }
  }

  /// Runs of six configurations and what the test set says of the winner.
  private struct SimulatedSweep {
    let ranking: Ranking
    let evaluation: TestEvaluation
    /// Test minus validation of the winner, seed by seed.
    let differences: [Double]

    init(seeds: Int, samples: Int, number: Int) {
      var stream = RandomStream(
        RandomKey(seed: 1, purpose: .generation, step: UInt64((number * 64 + seeds) * 4096 + samples)))
      let offset = log(NewSamplesSimulation.mean) - spread * spread / 2
      let hardness = (0..<2 * samples).map { _ in exp(offset + spread * stream.nextNormal()) }
      var runs: [RunSummary] = []
      var tests: [TrialIdentity: TestEvaluation.Run] = [:]
      for configuration in 0..<6 {
        for seed in 0..<seeds {
          let share = 0.01 * stream.nextNormal()
          let losses = hardness.map { $0 * (1 + 0.3 * stream.nextNormal()) + share }
          let validation = Moments(losses[..<samples])
          let test = Moments(losses[samples...])
          let run = Self.run(configuration, seed, validation, samples)
          runs.append(run)
          var result = TestEvaluation.Run(identity: run.identity.description, loss: test.mean, accuracy: nil)
          result.samples = samples
          result.lossVariance = test.variance
          tests[run.identity] = result
        }
      }
      let ranking = Ranking(RunTable(runs), by: Criterion(metric: .validationLoss, epoch: .best))
      let rows = ranking.rows(of: ranking.winner!)
      let results = rows.map { tests[ranking.table.runs[$0].identity]! }
      evaluation = TestEvaluation(selection: .standard, runs: results)
      differences = zip(rows, results).map { $1.loss - ranking.values[$0] }
      self.ranking = ranking
    }

    private static func run(
      _ configuration: Int, _ seed: Int, _ losses: Moments, _ samples: Int
    ) -> RunSummary {
      var metrics = RunSummary.Metrics()
      metrics.validationLoss = losses.mean
      metrics.validationLossVariance = losses.variance
      var run = RunSummary(
        identity: TrialIdentity(hashing: "\(configuration) \(seed)"),
        hyperparameters: [.init("learning_rate", .number(Double(configuration + 1))), .init("seed", .integer(seed))],
        outcome: .completed, epochs: 1, bestEpoch: 1, cost: Cost(), final: metrics, best: metrics)
      run.validationSamples = samples
      return run
    }
  }
}
