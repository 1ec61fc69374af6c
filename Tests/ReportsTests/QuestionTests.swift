import Experiments
import Foundation
import Testing

@testable import Reports

/// The answers on runs made up so that each is known beforehand.
@Suite struct QuestionTests {
  /// validation loss = 1 + 2·[rate is 0.1] + 4·[keep is 1] + seed's ±0.5.
  private var additive: [SampleRun] {
    var runs: [SampleRun] = []
    for (rate, first) in [(0.01, 0.0), (0.1, 2.0)] {
      for (keep, second) in [(0.5, 0.0), (1.0, 4.0)] {
        for (seed, noise) in [(1, 0.5), (2, -0.5)] {
          runs.append(
            SampleRun(
              learningRate: rate, keepProbability: [1, keep], seed: seed, loss: 1 + first + second + noise))
        }
      }
    }
    return runs
  }

  @Test func effectsOfAnAdditiveGrid() throws {
    let effects = HyperparameterEffects(additive.ranking())
    #expect(effects.scopes.count == 1)
    guard case .complete(let analysis) = effects.scopes[0].result else {
      Issue.record("\(effects.scopes[0].result)")
      return
    }
    #expect(analysis.factors.map(\.name) == ["learning_rate", "keep_probability"])
    #expect(analysis.anova.marginals == [[3, 5], [2, 6]])
    // Variances of two levels are a quarter of the square of their distance.
    #expect(analysis.anova.terms.map(\.variance) == [1, 4, 0])
    #expect(analysis.seedVariance == 0.25 && analysis.totalVariance == 5.25)
  }

  @Test func anIncompleteGridIsSaid() {
    let effects = HyperparameterEffects(Array(additive.dropLast(2)).ranking())
    guard case .incomplete(present: 3, combinations: 4) = effects.scopes[0].result else {
      Issue.record("\(effects.scopes[0].result)")
      return
    }
  }

  @Test func divergedRunsCountAsTheWorst() throws {
    var runs = additive
    runs[0].outcome = .diverged(step: 3)
    let effects = HyperparameterEffects(runs.ranking())
    guard case .complete(let analysis) = effects.scopes[0].result else {
      Issue.record("\(effects.scopes[0].result)")
      return
    }
    #expect(analysis.replaced == 1)
    // 0.01 with 0.5: the mean of 7.5, the worst of all, and 0.5.
    #expect(analysis.anova.marginals[0][0] == 4.5)
    let budget = try #require(TuningBudget(runs.ranking()))
    #expect(budget.optimizers[0].replaced == 1)
    #expect(budget.optimizers[0].search.best(of: 1).mean == (7.5 + 0.5 + 5.5 + 4.5 + 3.5 + 2.5 + 7.5 + 6.5) / 8)
  }

  @Test func budgetComparesOptimizers() throws {
    let runs =
      [0.1, 0.9].enumerated().map { SampleRun(optimizer: "adam", seed: $0, loss: $1) }
      + [0.2, 0.3].enumerated().map { SampleRun(optimizer: "momentum", seed: $0, loss: $1) }
    let budget = try #require(TuningBudget(runs.ranking()))
    #expect(budget.budgets == [1, 2])
    #expect(budget.probabilityOfBest == [[0.5, 0.5], [0.75, 0.25]])
  }

  @Test func confidenceInTheBestKeepProbability() throws {
    // 0.5 wins with seed 1, 0.8 with seeds 2 and 3, by the same distance; 1 never does.
    let losses: [Double: [Double]] = [0.5: [1, 3, 3], 0.8: [2, 2, 2], 1: [9, 9, 9]]
    let runs = losses.flatMap { keep, values in
      values.enumerated().map { SampleRun(keepProbability: [1, keep], seed: $0, loss: $1) }
    }
    let answer = try #require(KeepProbabilityAnswer(runs.ranking()))
    let confidence = try #require(answer.overall.confidence)
    // 0.5 minus 0.8 is -1, 1, 1: t = ½ with two degrees of freedom, whose upper tail is ½ − t/(2√(2 + t²)) = ⅓.
    #expect(zip(confidence.probabilityOfBest, [1.0 / 3, 2.0 / 3, 0]).allSatisfy { abs($0 - $1) < 0.015 })
    #expect(answer.overall.winner == 1)
    // 0.8 has no standard error, so only itself is within reach.
    #expect(confidence.oneStandardErrorChoice == 1)
  }

  @Test func oneStandardErrorTakesMoreDropout() throws {
    let losses: [Double: [Double]] = [0.5: [1.3, 2.1], 0.8: [1, 2], 1: [2, 3.2]]
    let runs = losses.flatMap { keep, values in
      values.enumerated().map { SampleRun(keepProbability: [1, keep], seed: $0, loss: $1) }
    }
    let answer = try #require(KeepProbabilityAnswer(runs.ranking()))
    // 1.5 ± 0.5 reaches 1.7, not 2.6.
    #expect(answer.overall.confidence?.oneStandardErrorChoice == 0)
  }

  @Test func sensitivityAndDivergence() throws {
    let runs = [(0.001, 2.0), (0.01, 1.05), (0.1, 1), (1, 1.2), (10, 1)].flatMap { rate, loss in
      [1, 2].map { seed in
        SampleRun(
          learningRate: rate, seed: seed, loss: loss, outcome: rate == 10 ? .diverged(step: 1) : .completed)
      }
    }
    let answer = try #require(LearningRateSensitivity(runs.ranking(), tolerance: 0.1)).optimizers[0]
    #expect(answer.best == 2 && answer.tolerated == 1...2)
    #expect(abs(try #require(answer.toleratedDecades) - 1) < 1e-12)
    #expect(answer.largestStable == 1 && answer.smallestDivergent == 10)
  }

  @Test func pairsAreAdjustedTogether() throws {
    let runs = [("adam", 0.0), ("momentum", 0.1), ("rmsprop", 1.0)].flatMap { optimizer, level in
      [0.01, 0.02, 0.04].enumerated().map { SampleRun(optimizer: optimizer, seed: $0, loss: level + $1 * (1 + level)) }
    }
    let answer = try PairedComparisons(runs.ranking(), of: "optimizer")
    #expect(answer.levels.map(\.value) == ["adam", "momentum", "rmsprop"])
    #expect(answer.pairs.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
    let pValues = answer.pairs.map { $0.comparison!.pValue }
    #expect(answer.pairs.map(\.adjustedPValue) == Multiplicity.holm(pValues))
    #expect(throws: ReportError.self) { try PairedComparisons(runs.ranking(), of: "optimzer") }
  }

  @Test func winnersCurseFindsTheLuck() throws {
    // Two configurations, each the better one on one seed: the choice gains 0 over the average winner of single seeds.
    let runs = [
      SampleRun(learningRate: 0.1, seed: 1, loss: 1), SampleRun(learningRate: 0.1, seed: 2, loss: 2),
      SampleRun(learningRate: 0.2, seed: 1, loss: 3), SampleRun(learningRate: 0.2, seed: 2, loss: 1),
    ]
    let ranking = runs.ranking()
    let winner = try #require(ranking.winner)
    let evaluation = TestEvaluation(
      selection: .standard,
      runs: ranking.rows(of: winner).map {
        .init(identity: ranking.table.runs[$0].identity.description, loss: ranking.values[$0] + 0.25, accuracy: nil)
      })
    let curse = try #require(ranking.winnersCurse(evaluation))
    // The winner has 1 and 2; the best of each seed are 1 and 1.
    #expect(curse.selectionBias == 0.5 && curse.candidates == 2)
    #expect(curse.test?.difference == 0.25)
    #expect(ranking.winnersCurse(nil)?.test == nil)
  }
}

/// Time to a target, with traces.
@Suite struct TargetTests {
  private func runs(_ optimizer: String, _ traces: [[Double]]) -> [(SampleRun, [Double])] {
    traces.enumerated().map { seed, trace in
      var run = SampleRun(optimizer: optimizer, seed: seed, loss: trace.min()!)
      run.epochs = trace.count - 1
      return (run, trace)
    }
  }

  private func answer(_ runs: [(SampleRun, [Double])], _ target: TargetTimes.Target) throws -> TargetTimes {
    var summaries = runs.map(\.0.summary)
    var traces: [TrialIdentity: Trace] = [:]
    for (index, values) in runs.map(\.1).enumerated() {
      summaries[index].cost.steps = 10 * (values.count - 1)
      summaries[index].cost.gradients = 20 * (values.count - 1)
      var trace = Trace()
      trace.validationLoss = values
      trace.seconds = values.indices.map { 0.5 * Double($0) }
      traces[summaries[index].identity] = trace
    }
    let ranking = Ranking(RunTable(summaries), by: Criterion(.standard))
    return try TargetTimes(ranking, traces: traces, target: target)
  }

  @Test func mediansOverSeedsWithInfinities() throws {
    let runs =
      runs("adam", [[9, 5, 1, 1], [9, 9, 2, 1], [9, 9, 9, 8]])
      + runs("momentum", [[9, 9, 9, 3], [9, 9, 9, 9], [9, 9, 9, 9]])
    let answer = try answer(runs, .value(5))
    #expect(answer.tuned.map(\.optimizer) == ["adam", "momentum"])
    #expect(answer.tuned.map(\.met) == [2, 1])
    let adam = answer.tuned[0].medians
    #expect([adam.epochs, adam.steps, adam.gradients, adam.seconds] == [2, 20, 40, 1])
    #expect(answer.tuned[1].medians.epochs == .infinity)
    #expect(SolverProfile([("a", answer)], in: .gradients).times == [[40], [.infinity]])
  }

  @Test func theReferenceMeetsItsOwnTarget() throws {
    let runs = runs("adam", [[9, 1], [9, 1]]) + runs("momentum", [[9, 2], [9, 4], [9, 3], [9, 5]])
    let answer = try answer(runs, .reference(optimizer: nil))
    // Two seeds of four are missing to adam, so momentum ranks first and adam is the reference.
    #expect(answer.target == 1)
    let other = try self.answer(runs, .reference(optimizer: "momentum"))
    #expect(other.target == 4)
    let momentum = try #require(other.tuned.first { $0.optimizer == "momentum" })
    #expect(momentum.met == 3 && momentum.medians.epochs == 1)
    #expect(throws: ReportError.self) { try self.answer(runs, .reference(optimizer: "sgd")) }
  }
}
