import Experiments
import Foundation
import Testing

@testable import Reports

/// Runs, and what NumPy and SciPy make of them, from Fixtures/keep_probability.py.
private struct Example: Decodable {
  var runs: [Run]
  var expected: [String: Answer]

  struct Run: Decodable {
    var optimizer: String
    var keep, rate, loss: Double
    var seed: Int
    var diverged: Bool

    var sample: SampleRun {
      SampleRun(
        optimizer: optimizer, learningRate: rate, keepProbability: [1, keep, keep], seed: seed, loss: loss,
        outcome: diverged ? .diverged(step: 7) : .completed)
    }
  }

  struct Answer: Decodable {
    var levels: [Level]
    var winner, dropout, difference, p, lower, upper: Double
    var pairs: Int
  }

  struct Level: Decodable {
    var keep, bestRun, mean, standardError, rate: Double
    var seeds, diverged: Int
  }

  static let shared: Example = {
    let url = Bundle.module.url(forResource: "Fixtures/keep_probability", withExtension: "json")!
    return try! JSONDecoder().decode(Example.self, from: Data(contentsOf: url))
  }()
}

@Suite struct KeepProbabilityTests {
  @Test func agreesWithNumPy() throws {
    let ranking = Example.shared.runs.map(\.sample).ranking()
    let answer = try #require(KeepProbabilityAnswer(ranking))
    #expect(answer.optimizers.map(\.optimizer) == ["adam", "momentum"])
    for scope in [answer.overall] + answer.optimizers {
      let expected = try #require(Example.shared.expected[scope.optimizer ?? "overall"])
      #expect(scope.levels.map(\.keepProbability.label) == ["0.5", "0.8", "1"])
      for (level, reference) in zip(scope.levels, expected.levels) {
        let best = try #require(level.best)
        #expect(level.bestRow.map { ranking.values[$0] } == reference.bestRun)
        #expect((best.statistics.mean - reference.mean).magnitude < 1e-14)
        #expect((best.statistics.standardError - reference.standardError).magnitude < 1e-14)
        #expect(best.statistics.count == reference.seeds)
        #expect(level.outcomes.diverged == reference.diverged)
        #expect(ranking.table.column("learning_rate")?[best.row] == .number(reference.rate))
      }
      #expect(scope.winner.map { scope.levels[$0].keepProbability.hidden } == [expected.winner])
      let contrast = try #require(scope.contrast)
      let comparison = try #require(contrast.comparison)
      #expect(contrast.dropout.hidden == [expected.dropout])
      #expect(comparison.method == .paired && comparison.counts == [expected.pairs, expected.pairs])
      #expect((comparison.difference - expected.difference).magnitude < 1e-14)
      #expect((comparison.pValue - expected.p).magnitude < 1e-9 * expected.p)
      let interval = try #require(comparison.confidenceInterval())
      #expect((interval.lower - expected.lower).magnitude < 1e-10)
      #expect((interval.upper - expected.upper).magnitude < 1e-10)
      // Of two learning rates the best is on an edge.
      #expect(contrast.verdict == (expected.p < 0.05 ? .notConverged : .insideNoise))
    }
  }

  private func contrast(dropout: [Double], none: [Double]) throws -> KeepProbabilityAnswer.Contrast {
    let runs =
      dropout.enumerated().map { SampleRun(keepProbability: [1, 0.5], seed: $0.offset, loss: $0.element) }
      + none.enumerated().map { SampleRun(keepProbability: [1, 1], seed: $0.offset, loss: $0.element) }
    let answer = try #require(KeepProbabilityAnswer(runs.ranking()))
    return try #require(answer.overall.contrast)
  }

  @Test func verdicts() throws {
    #expect(try contrast(dropout: [1, 1.1, 1.05], none: [2, 2.1, 2.2]).verdict == .dropoutHelps)
    #expect(try contrast(dropout: [2, 2.1, 2.2], none: [1, 1.1, 1.05]).verdict == .dropoutHurts)
    #expect(try contrast(dropout: [1, 1.3, 1.1], none: [1.1, 1, 1.2]).verdict == .insideNoise)
    #expect(try contrast(dropout: [1], none: [2]).verdict == .unknown)
    #expect(try contrast(dropout: [1], none: [2]).comparison == nil)
  }

  /// What the choice flatters a side by, over all resamples of three seeds, of which ``SelectionBias`` draws some.
  private func bias(_ costs: [[Double]]) -> (mean: Double, deviation: Double) {
    let factor = 1.5.squareRoot()
    let means = costs.map { $0.reduce(0, +) / 3 }
    let winner = means.indices.min { means[$0] < means[$1] }!
    let gains = (0..<27).map { resample -> Double in
      let seeds = [resample % 3, resample / 3 % 3, resample / 9]
      let shifts = zip(costs, means).map { values, mean in
        factor * (seeds.reduce(0) { $0 + values[$1] } / 3 - mean)
      }
      let chosen = costs.indices.min { means[$0] + shifts[$0] < means[$1] + shifts[$1] }!
      return shifts[winner] - shifts[chosen]
    }
    let mean = gains.reduce(0, +) / 27
    return (mean, (gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 27).squareRoot())
  }

  @Test func theChoiceOfEitherSideIsCorrected() throws {
    let dropout = [[1.00, 1.21, 1.05], [1.10, 1.02, 1.16], [1.19, 1.09, 1.01], [1.04, 1.13, 1.127]]
    let none = [[1.14, 1.17, 1.30], [1.25, 1.22, 1.15]]
    let runs = [(dropout, 0.5), (none, 1.0)].flatMap { side, keep in
      side.enumerated().flatMap { index, losses in
        losses.enumerated().map { seed, loss in
          SampleRun(learningRate: Double(index + 1), keepProbability: [1, keep], seed: seed, loss: loss)
        }
      }
    }
    let contrast = try #require(KeepProbabilityAnswer(runs.ranking())?.overall.contrast)
    let (chosen, corrected) = (try #require(contrast.comparison), try #require(contrast.corrected))
    let (first, second) = (bias(dropout), bias(none))
    #expect(first.mean > second.mean && second.mean > 0)
    let error = (first.deviation + second.deviation) / Double(SelectionBias.draws).squareRoot()
    #expect((corrected.difference - chosen.difference - (first.mean - second.mean)).magnitude < 5 * error)
    #expect(corrected.standardError == chosen.standardError && contrast.tested == corrected)
    #expect(contrast.candidates == (4, 2))

    // A lower loss that is given as a higher accuracy is flattered upwards.
    let accuracies = runs.map { run in
      SampleRun(
        learningRate: run.learningRate, keepProbability: run.keepProbability, seed: run.seed, accuracy: 2 - run.loss)
    }
    let answer = try #require(KeepProbabilityAnswer(accuracies.ranking(.validationAccuracy)))
    let turned = try #require(answer.overall.contrast?.corrected)
    #expect((turned.difference + corrected.difference).magnitude < 1e-12)
  }

  /// Where a side's best configuration lost a seed there is nothing to draw from.
  @Test func withoutAllSeedsTheChoiceIsNotCorrected() throws {
    var runs = [1.0, 1.1, 1.3].enumerated().flatMap { seed, loss in
      [0.5, 1].map { SampleRun(keepProbability: [1, $0], seed: seed, loss: loss * $0) }
    }
    runs[0].outcome = .diverged(step: 3)
    let contrast = try #require(KeepProbabilityAnswer(runs.ranking())?.overall.contrast)
    #expect(contrast.corrected == nil && contrast.comparison != nil && contrast.tested == contrast.comparison)
  }

  /// Higher is better for an accuracy: the sign of the difference turns.
  @Test func verdictOnAccuracy() throws {
    let runs = [0.9, 0.91, 0.92].enumerated().flatMap { seed, accuracy in
      [
        SampleRun(keepProbability: [1, 0.5], seed: seed, accuracy: accuracy),
        SampleRun(keepProbability: [1, 1], seed: seed, accuracy: accuracy - 0.05 - 0.001 * Double(seed)),
      ]
    }
    let answer = try #require(KeepProbabilityAnswer(runs.ranking(.validationAccuracy)))
    #expect(answer.overall.contrast?.verdict == .dropoutHelps)
    let winner = try #require(answer.overall.winner)
    #expect(answer.overall.levels[winner].keepProbability.hidden == [0.5])
  }

  @Test func withoutAReferenceOrWithoutDropout() throws {
    for keep in [0.5, 1] {
      let answer = try #require(KeepProbabilityAnswer([SampleRun(keepProbability: [1, keep])].ranking()))
      #expect(answer.overall.contrast == nil && answer.overall.winner == 0 && answer.optimizers.isEmpty)
    }
  }

  @Test(arguments: [
    ([1, 0.5, 0.5], "0.5", "0.5"), ([1, 1, 1], "1", "0"), ([1], "1", "0"),
    (
      [0.8, 0.5], "input 0.8, hidden 0.5",
      "input 0.2, hidden 0.5"
    ), ([1, 0.8, 0.5], "1/0.8/0.5", "0/0.2/0.5"),
    (
      [0.9, 1], "input 0.9, hidden 1",
      "input 0.1, hidden 0"
    ),
  ])
  func labels(layers: [Double], keep: String, rate: String) {
    let setting = KeepProbability(layers: layers)
    #expect(setting.label == keep)
    #expect(setting.rateLabel == rate)
    let rates = HyperparameterValue.list(layers.map { 1 - $0 })
    #expect(rates.text(as: "dropout_rate") == rate)
  }

  /// Networks of different depth with the same share kept are one level.
  @Test func depthDoesNotSplitLevels() throws {
    let runs = [SampleRun(keepProbability: [1, 0.5]), SampleRun(keepProbability: [1, 0.5, 0.5], loss: 2)]
    let answer = try #require(KeepProbabilityAnswer(runs.ranking()))
    #expect(answer.overall.levels.map(\.configurations) == [2])
  }
}
