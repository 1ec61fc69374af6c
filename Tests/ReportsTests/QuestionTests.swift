import Experiments
import Foundation
import Learning
import Settings
import TestSupport
import Testing

@testable import Reports

/// The answers on runs made up so that each is known beforehand.
@Suite struct QuestionTests {
  private var additive: [SampleRun] { .additive }

  @Test func effectsOfAnAdditiveGrid() throws {
    let effects = HyperparameterEffects(additive.ranking())
    #expect(effects.scopes.count == 1)
    guard case .complete(let analysis) = effects.scopes[0].result else {
      Issue.record("\(effects.scopes[0].result)")
      return
    }
    #expect(analysis.factors.map(\.name) == ["learning_rate", "keep_probability"])
    #expect(analysis.marginals.map(\.means) == [[3, 5], [2, 6]])
    // Variances of two levels are a quarter of the square of their distance; both seeds have the same effects.
    #expect(
      zip(analysis.effects.map(\.variance) + [analysis.totalVariance], [1, 4, 0, 0, 0.5, 5.5])
        .allSatisfy { abs($0 - $1) < 1e-12 })
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
    #expect(analysis.marginals[0].means[0] == 4.5)
    let budget = try #require(TuningBudget(runs.ranking()))
    #expect(budget.optimizers[0].replaced == 1)
    #expect(budget.optimizers[0].search.best(of: 1).mean == (7.5 + 0.5 + 5.5 + 4.5 + 3.5 + 2.5 + 7.5 + 6.5) / 8)
  }

  @Test func budgetComparesOptimizers() throws {
    let runs =
      [0.1, 0.8, 0.9].enumerated().map { SampleRun(optimizer: "adam", seed: $0, loss: $1) }
      + [0.2, 0.3, 0.4].enumerated().map { SampleRun(optimizer: "momentum", seed: $0, loss: $1) }
    let budget = try #require(TuningBudget(runs.ranking()))
    #expect(budget.budgets == [1, 2])
    // Of two draws from an urn of three, none is one given ball with probability 2/3·3/4.
    #expect(abs(budget.probabilityOfBest[0][0] - 1.0 / 3) < 1e-15)
    #expect(budget.probabilityOfBest[1] == [0.5, 0.5])
  }

  /// Of an optimizer with one run no more than one trial is known, however many the others have.
  @Test func budgetsEndWithTheFewestRuns() throws {
    let runs =
      (0..<9).map { SampleRun(optimizer: "adam", seed: $0, loss: Double($0)) }
      + (0..<3).map { SampleRun(optimizer: "momentum", seed: $0, loss: Double($0)) }
    let budget = try #require(TuningBudget(runs.ranking()))
    #expect(budget.budgets == [1, 2] && budget.scarcest?.name == "momentum" && budget.largest == 2)
    var text = ""
    budget.report(into: &text)
    #expect(text.contains("Budgets end at k = 2: momentum has 3 runs"))
    #expect(text.contains("Where k is over half of an optimizer's trials"))
    let alone = try #require(TuningBudget((runs.dropLast(2)).map { $0 }.ranking()))
    #expect(alone.budgets == [1] && alone.probabilityOfBest[0].allSatisfy(\.isNaN))
    #expect(alone.cautions.contains("P takes 3 trials of each optimizer."))
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

  private func sensitivity(_ optimizer: String, momentum: Double? = nil) throws -> LearningRateSensitivity {
    var runs = [(0.01, 2.0), (0.1, 1.0)].map { rate, loss in
      var run = SampleRun(optimizer: optimizer, learningRate: rate, loss: loss)
      if let momentum { run.extra = [.init("momentum", .number(momentum))] }
      return run.summary
    }
    runs[1].final.curvature.lambdaMax = 8
    return try Parts.$current.withValue(.standard) {
      try #require(LearningRateSensitivity(Ranking(RunTable(runs), by: Criterion(.standard))))
    }
  }

  /// Limits of μ = 0.5 by hand, λ_max = 8.
  @Test(
    arguments: [
      ("gradient_descent", nil, 0.25, "2/λ_max where"), ("momentum", 0.5, 0.375, "2(1 + μ)/λ_max where"),
      ("nesterov", 0.5, 0.1875, "2(1 + μ)/((1 + 2μ)·λ_max) where"),
      ("adam", nil, nil, "adam scales the gradient: 2/λ_max,"),
    ] as [(String, Double?, Double?, String)])
  func stabilityIsThatOfTheOptimizer(optimizer: String, momentum: Double?, limit: Double?, words: String) throws {
    let answer = try sensitivity(optimizer, momentum: momentum)
    #expect(answer.optimizers[0].stability.limit == limit)
    var text = ""
    answer.report(into: &text)
    #expect(text.contains(words), "\(text)")
    #expect(text.contains("No other rate is within 10 % of the best, 0.1."))
    #expect(!text.contains("decades"))
  }

  /// The limits against the steps themselves, on λw²/2 with λ = 8: a thousand of them just below and just above.
  @Test(arguments: [("gradient_descent", 0.0), ("momentum", 0.9), ("nesterov", 0.9)])
  func stabilityIsWhereStepsDiverge(optimizer: String, momentum: Double) throws {
    let limit = try #require(try sensitivity(optimizer, momentum: momentum).optimizers[0].stability.limit)
    for (rate, diverges) in [(0.99 * limit, false), (1.01 * limit, true)] {
      var (weight, velocity) = (1.0, 0.0)
      for _ in 0..<1000 {
        velocity = momentum * velocity + 8 * weight
        weight -= rate * (optimizer == "nesterov" ? 8 * weight + momentum * velocity : velocity)
      }
      #expect((weight.magnitude > 1) == diverges, "\(rate) \(weight)")
    }
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

  @Test func oneOfAKindIsSaid() throws {
    let runs = [1, 2].map { SampleRun(seed: $0, loss: Double($0)) }.ranking()
    var text = ""
    try #require(LearningRateSensitivity(runs)).report(into: &text)
    #expect(text.hasSuffix("  One learning rate alone was tried.\n"))
    try PairedComparisons(runs, of: "optimizer").report(into: &text)
    #expect(text.hasSuffix("\nNothing to compare: only adam has runs that can be ranked.\n"), "\(text)")
  }

  @Test func winnersCurseFindsTheLuck() throws {
    // Two configurations, each the better one on one seed. Of the four resamples {1, 1} lowers the first one's mean by √2/2,
    // {2, 2} the second one's by √2, and two are the seeds themselves: (√2/2 + √2)/4.
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
    let bias = try #require(curse.selectionBias)
    let expected = 0.75 * 0.5.squareRoot()
    #expect((bias - expected).magnitude < 0.1 && curse.candidates == 2)
    #expect(curse.corrected?.mean == 1.5 + bias && curse.corrected?.standardError == 0.5)
    // No variance over samples is known.
    #expect(curse.newSamples == nil && curse.testNewSamples == nil)
    #expect(curse.test?.method == .paired && curse.test?.standardError == 0)
    let difference = curse.test?.difference ?? .nan
    #expect((difference + bias - 0.25).magnitude < 1e-15)
    #expect(ranking.winnersCurse(nil)?.test == nil)
  }
}

/// What is said of samples that no one has seen; expected values by SciPy (t quantiles, `expit`).
@Suite struct NewSamplesTests {
  private let losses = [0.10, 0.12, 0.11]
  private let variances = [0.15, 0.16, 0.14]

  private func runs(seeds: Int, known: Bool = true) -> [RunSummary] {
    (0..<seeds).map { seed in
      var run = SampleRun(seed: seed, loss: losses[seed], accuracy: 1).summary
      run.validationSamples = known ? 360 : 0
      run.best.validationLossVariance = known ? variances[seed] : .nan
      return run
    }
  }

  private func ranking(_ runs: [RunSummary], _ metric: Criterion.Metric = .validationLoss) -> Ranking {
    Ranking(RunTable(runs), by: Criterion(metric: metric, epoch: .best))
  }

  private func evaluation(_ ranking: Ranking) throws -> TestEvaluation {
    let winner = try #require(ranking.winner)
    let tests = zip(ranking.rows(of: winner), zip([0.13, 0.12, 0.14], [0.2, 0.21, 0.19]))
    return TestEvaluation(
      selection: .standard,
      runs: tests.map { row, test in
        var run = TestEvaluation.Run(
          identity: ranking.table.runs[row].identity.description, loss: test.0, accuracy: nil)
        run.samples = 350
        run.lossVariance = test.1
        return run
      })
  }

  private func expect(_ found: Double?, _ expected: Double) {
    #expect(((found ?? .nan) / expected - 1).magnitude < 1e-9, "\(String(describing: found)) for \(expected)")
  }

  /// s²/S over seeds plus s²/n over samples, degrees of freedom by Satterthwaite, the interval on the logarithm.
  @Test func varianceOverSeedsAndSamplesAddUp() throws {
    let ranking = ranking(runs(seeds: 3))
    let curse = try #require(ranking.winnersCurse(evaluation(ranking)))
    let estimate = curse.newSamples?.estimate
    expect(estimate?.mean, 0.11)
    expect(estimate?.standardError, 0.021213203435596423)
    expect(estimate?.degreesOfFreedom, 194.87043931496663)
    expect(estimate?.confidenceInterval()?.lower, 0.075199497794331)
    expect(estimate?.confidenceInterval()?.upper, 0.16090532988788356)
    #expect(curse.newSamples?.samples == 360 && curse.newSamples?.seeds == 3)
    let test = curse.testNewSamples?.estimate
    expect(test?.standardError, 0.02459190730223878)
    expect(test?.confidenceInterval()?.lower, 0.08956211361141837)
    expect(test?.confidenceInterval()?.upper, 0.1886958594269419)
    #expect(curse.test?.method == .pairedNewSamples)
    expect(curse.test?.difference, 0.02)
    expect(curse.test?.standardError, 0.03298628863778461)
    expect(curse.test?.degreesOfFreedom, 184.43865689011406)
    expect(curse.test?.confidenceInterval()?.lower, -0.04507896156448779)
    let text = try #require(curse.description(.validationLoss, split: ", this split"))
    #expect(
      text == "On new samples validation_loss is 0.110 ± 0.021 (95 % interval 0.0752 to 0.161, log scale; over 3 seeds"
        + " and 360 samples). By the test set it is 0.130 ± 0.025 (95 % interval 0.0896 to 0.189, log scale; over 3 seeds and"
        + " 350 samples). Test minus validation: 0.020 ± 0.033 (95 % interval -0.0451 to 0.0851, over 3 seeds and the"
        + " samples of both sets).")
  }

  /// One seed: nothing is known of others, but this network's loss on new samples is.
  @Test func oneSeedHasNewSamplesToo() throws {
    let curse = try #require(ranking(runs(seeds: 1)).winnersCurse(nil))
    #expect(curse.selectionBias == nil && curse.corrected == nil)
    expect(curse.newSamples?.estimate.standardError, (0.15 / 360).squareRoot())
    expect(curse.newSamples?.estimate.degreesOfFreedom, 359)
  }

  /// No error among 360 samples is not none among all; and no share is over 1.
  @Test func accuracyStaysBelowOne() throws {
    let curse = try #require(ranking(runs(seeds: 1), .validationAccuracy).winnersCurse(nil))
    let estimate = try #require(curse.newSamples?.estimate)
    expect(estimate.mean, 0.9986149584487535)
    expect(estimate.standardError, 0.0019601043135137283)
    expect(estimate.confidenceInterval()?.lower, 0.977982722887852)
    expect(estimate.confidenceInterval()?.upper, 0.999914560256279)
  }

  /// Results of earlier versions, results that someone changed, and metrics that are no mean over these samples.
  @Test func whatIsNotKnownIsNotSaid() throws {
    let old = ranking(runs(seeds: 3, known: false))
    let curse = try #require(old.winnersCurse(evaluation(old)))
    #expect(curse.newSamples == nil && curse.testNewSamples != nil)
    #expect(curse.test?.method == .paired)
    #expect(curse.description(.validationLoss, split: "")?.contains("by chance is not stored") == true)
    #expect(ranking(runs(seeds: 3), .trainLoss).winnersCurse(nil)?.newSamples == nil)
    for (samples, variance) in [(-3, 0.1), (1, 0.1), (360, -0.1), (360, .nan), (360, .infinity)] {
      var changed = runs(seeds: 3)
      changed[1].validationSamples = samples
      changed[1].best.validationLossVariance = variance
      #expect(ranking(changed).winnersCurse(nil)?.newSamples == nil)
    }
  }
}

/// Intervals stay in the range of what they are of.
@Suite struct IntervalScaleTests {
  /// SciPy: expit(logit(m) ± r/(m(1 − m))) and exp(log(m) ± r/m).
  @Test(arguments: [
    (IntervalScale.logit, 0.97, 0.05, 0.8529446526565085, 0.9944825774001433),
    (.logit, 0.5, 0.1, 0.401312339887548, 0.598687660112452),
    (.log, 0.08, 0.1, 0.022920383748815203, 0.27922743659694726), (.linear, 0.08, 0.1, -0.02, 0.18),
    (.logit, 1, 0, 1, 1), (.logit, 1, 0.1, 0.9, 1), (.logit, 0, 0.1, 0, 0.1), (.log, 0, 0.5, 0, 0.5),
  ])
  func agreesWithSciPy(scale: IntervalScale, mean: Double, reach: Double, lower: Double, upper: Double) {
    let found = scale.interval(around: mean, reach: reach)
    #expect((found.lower - lower).magnitude < 1e-14 && (found.upper - upper).magnitude < 1e-14)
  }

  @Test func eachMetricHasItsRange() {
    func ranking(_ losses: [Double], accuracies: [Double] = [.nan, .nan], _ metric: Criterion.Metric) -> Ranking {
      zip(losses, accuracies).enumerated().map { SampleRun(seed: $0, loss: $1.0, accuracy: $1.1) }.ranking(metric)
    }
    let loss = ranking([0.01, 0.2], .validationLoss)
    #expect(loss.intervalScale == .log)
    #expect(loss.winner!.statistics.confidenceInterval()!.lower < 0)
    #expect(loss.winner!.statistics.confidenceInterval(on: loss.intervalScale)!.lower > 0)
    let accuracy = ranking([1, 1], accuracies: [0.99, 0.9], .validationAccuracy)
    #expect(accuracy.winner!.statistics.confidenceInterval()!.upper > 1)
    #expect(accuracy.winner!.statistics.confidenceInterval(on: accuracy.intervalScale)!.upper < 1)
    // A saddle has no lower bound.
    #expect(ranking([-0.1, 0.2], .validationLoss).intervalScale == .linear)
    #expect(ranking([1, 2], .lambdaMax).intervalScale == .linear)
  }

  @Test(arguments: [
    (0.0766, 0.0988, "0.0766 to 0.0988"), (100.58, 100.88, "100.58 to 100.88"), (119.1, 120.7, "119.1 to 120.7"),
    (102.9341, 102.9467, "102.934 to 102.947"), (5, 5, "5.00 to 5.00"), (-0.0137, 0.133, "-0.0137 to 0.133"),
    (0, Double.infinity, "0.00 to ∞"),
  ])
  func endsHaveTheDigitsThatTellThemApart(lower: Double, upper: Double, text: String) {
    #expect(NumberText.interval(Interval(lower: lower, upper: upper)) == text)
  }
}

/// Values that differ by rounding alone, as seeds leave them that nothing is drawn by.
@Suite struct EqualResultsTests {
  /// One configuration a rate; each seed's loss is off by a few units in the last place.
  private func runs(_ losses: [Double], noise: Double) -> [SampleRun] {
    losses.enumerated().flatMap { rate, loss in
      (0..<3).map { SampleRun(learningRate: Double(rate + 1), seed: $0, loss: loss + noise * Double($0)) }
    }
  }

  @Test(arguments: [0, 1e-15])
  func seedsWithoutEffectAreSaid(noise: Double) throws {
    let ranking = runs([0.5, 0.75, 0.5 + 2e-15], noise: noise).ranking()
    let kinds = ranking.warnings().map(\.kind)
    #expect(kinds.contains(.seedsWithoutEffect))
    #expect(ranking.winner?.statistics.standardDeviation == 0)
    let equal = try #require(ranking.compare(ranking.configurations[0], with: ranking.configurations[1]))
    #expect(equal.difference == 0 && equal.pValue == 1 && equal.isExact && !equal.isLargerThanNoise())
    let other = try #require(ranking.compare(ranking.configurations[0], with: ranking.configurations[2]))
    #expect((other.difference + 0.25).magnitude < 1e-14 && other.isExact && other.isLargerThanNoise())
    let welch = try #require(
      MeanComparison.welch(ranking.configurations[0].statistics, ranking.configurations[1].statistics))
    #expect(welch.difference == 0 && welch.pValue == 1)
  }

  /// The size of the values counts, not that of their difference.
  @Test func whatIsMoreThanRoundingIsNoise() {
    #expect(!runs([0.5, 0.75], noise: 1e-12).ranking().warnings().contains { $0.kind == .seedsWithoutEffect })
    let small = MeanComparison.paired([1e-20, 3e-20, 2e-20], [0, 0, 0])
    let difference = small?.difference ?? .nan
    #expect(small?.isExact == false && difference > 1.99e-20 && difference < 2.01e-20)
    let large = MeanComparison.paired([1e10, 2e10, 3e10], [1e10 + 1e-6, 2e10, 3e10 - 1e-6])
    #expect(large?.isExact == true && large?.difference == 0)
  }

  @Test func theReportSaysSo() throws {
    var results = SweepResults(name: "x", selection: .standard, runs: runs([0.5, 0.75], noise: 0).map(\.summary))
    results.plannedRuns = 6
    var text = ""
    try SummaryReport(results).report(into: &text)
    #expect(text.contains("all seeds equal") && text.contains("Seeds have no effect"))
    #expect(!text.contains("0.0001"))
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      words.contains("none of the 2 configurations won by luck with them: the winner's validation_loss is 0.50000"),
      "\(text)")
    #expect(
      words.contains(
        "How sure: seeds have no effect, so that there is no noise to test differences against; rank 2 is 0.25000 behind;"
      ))
    #expect(!words.contains("Holm"))
  }
}

/// Claims about a method that only seeds at one split of the data stand behind.
@Suite struct SplitScopeTests {
  private func report(splits: [Int], seeds: Int = 3, keep: [Double] = [0.5, 1]) throws -> SummaryReport {
    let runs = keep.flatMap { keep in
      splits.flatMap { split in
        (0..<seeds).map { seed in
          SampleRun(
            keepProbability: [1, keep], seed: seed, loss: keep + 0.01 * Double((7 * seed) % 3),
            extra: [.init("split_seed", .integer(split))])
        }
      }
    }
    return try SummaryReport(SweepResults(name: "x", selection: .standard, runs: runs.map(\.summary)))
  }

  @Test func oneSplitIsSaid() throws {
    let report = try report(splits: [4])
    let warning = try #require(report.warnings.first { $0.kind == .singleSplit })
    #expect(warning.message.contains("(split.seed 4)"))
    var text = ""
    report.report(into: &text)
    text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("over 3 seeds, this split, mean ±") && text.contains("Over new samples it is not known."))
  }

  /// Several splits, one seed or one keep probability: nothing is claimed, or not for one split.
  @Test func whereNothingIsClaimedNothingIsSaid() throws {
    for report in [try report(splits: [4, 5]), try report(splits: [4], seeds: 1)] {
      #expect(!report.warnings.contains { $0.kind == .singleSplit })
    }
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
      trace.gradientPasses = values.indices.map { 2 * Double($0) }
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
    #expect([adam.epochs, adam.steps, adam.gradients, adam.products, adam.seconds] == [2, 20, 4, 0, 1])
    #expect(adam.passes == 4)
    #expect(answer.tuned[1].medians.epochs == .infinity)
    #expect(SolverProfile([("a", answer)], in: .gradients).times == [[4], [.infinity]])
    let json = try parsed(answer)
    #expect(json["metric"].text == "validation_loss" && json["target"].number == 5 && json["origin"].text == "given")
    #expect(json["workers"].elements.compactMap { $0["runs"].number } == [6])
    #expect(json["workers"][0]["workers"] == .null && json["unranked"] == .array([]))
    let tuned = json["tuned"].first("optimizer", "adam")
    #expect(tuned["met"].number == 2 && tuned["runs"].number == 3 && tuned["gradients"].number == 4)
    #expect(tuned["configuration"]["hyperparameters"]["optimizer"].text == "adam")
    let momentum = json["fastest"].first("optimizer", "momentum")
    #expect(momentum["met"].number == 1 && momentum["seconds"] == .null)
  }

  /// 136 of 200 steps after 34 of 50 epochs.
  @Test func stepsAreWhole() throws {
    var (run, trace) = runs("adam", [(0..<51).map { $0 < 34 ? 9 : 1 }])[0]
    run.epochs = 50
    trace[50] = 1
    var summary = run.summary
    (summary.cost.steps, summary.cost.gradients) = (200, 200)
    var stored = Trace()
    stored.validationLoss = trace
    let ranking = Ranking(RunTable([summary]), by: Criterion(.standard))
    let times = try TargetTimes(ranking, traces: [summary.identity: stored], target: .value(1))
    #expect(times.tuned[0].medians.steps == 136)
    var text = ""
    SolverProfile([("a", times)], in: .steps).report(into: &text)
    #expect(text.contains("\n  adam       136\n"), "\(text)")
  }

  /// Levenberg–Marquardt's few gradients stand beside hundreds of products: momentum is the faster one by far.
  @Test func productsCount() throws {
    var momentum = SampleRun(optimizer: "momentum", seed: 1, loss: 1)
    var marquardt = SampleRun(optimizer: "levenberg_marquardt", seed: 1, loss: 1)
    (momentum.epochs, marquardt.epochs) = (5, 7)
    var (first, second) = (Trace(), Trace())
    first.validationLoss = [9, 8, 7, 6, 5, 1]
    first.gradientPasses = [0, 0.5, 1, 1.5, 2, 2.5]
    first.productPasses = [0, 0, 0, 0, 0, 0]
    second.validationLoss = [9, 8, 7, 6, 5, 4, 3, 1]
    second.gradientPasses = (0..<8).map { $0 == 0 ? 0 : Double($0) + 1 }
    second.productPasses = (0..<8).map { 487 * Double($0) }
    second.productCost = [.nan, 0.9, 0.8, 0.7, 0.6, 0.6, 0.6, 0.6]
    let summaries = [momentum.summary, marquardt.summary]
    let traces = Dictionary(uniqueKeysWithValues: zip(summaries.map(\.identity), [first, second]))
    let times = try TargetTimes(
      Ranking(RunTable(summaries), by: Criterion(.standard)), traces: traces, target: .value(1))
    let passes = SolverProfile([("digits", times)], in: .passes)
    #expect(passes.solvers == ["levenberg_marquardt", "momentum"])
    #expect(abs(passes.times[0][0] - (8 + 0.6 * 7 * 487)) < 1e-9 && passes.times[1][0] == 2.5)
    #expect(passes.profile.score(0) == 0 && passes.profile.score(1) == 1)
    #expect(SolverProfile([("digits", times)], in: .gradients).times == [[8], [2.5]])
    #expect(SolverProfile([("digits", times)], in: .products).times == [[7 * 487], [0]])
    #expect(times.fastest.map(\.optimizer) == ["momentum", "levenberg_marquardt"])
    var text = ""
    passes.report(into: &text)
    #expect(text.contains("digits: a product as the 0.60 gradients that its run measured it to take."), "\(text)")
    let json = try parsed(times)
    #expect(json["product_cost"]["least"].number == 0.6 && json["product_cost"]["assumed"] == .null)
    #expect(json["tuned"].first("optimizer", "momentum")["passes"].number == 2.5)
  }

  /// Results of versions that did not store passes: an epoch is one where every step is a gradient.
  @Test func passesOfFirstVersions() throws {
    var run = SampleRun(optimizer: "adam", seed: 1, loss: 1)
    run.epochs = 2
    var summary = run.summary
    (summary.cost.steps, summary.cost.gradients) = (20, 20)
    var trace = Trace()
    trace.validationLoss = [9, 5, 1]
    func times() throws -> TargetTimes {
      try TargetTimes(
        Ranking(RunTable([summary]), by: Criterion(.standard)), traces: [summary.identity: trace], target: .value(1))
    }
    #expect(try times().tuned[0].medians.passes == 2)
    summary.cost.products = 40
    #expect(throws: ReportError.noTrace("gradient_passes")) { try times() }
  }

  @Test func profilesSayWhereThereAreNoRuns() throws {
    let first = try answer(runs("adam", [[9, 1]]) + runs("momentum", [[9, 9]]), .value(5))
    var lost = runs("lion", [[9, 9]])
    lost[0].0.outcome = .diverged(step: 1)
    let second = try answer(runs("adam", [[9, 9, 1]]) + lost, .value(5))
    #expect(second.unranked == ["lion"])
    let profile = SolverProfile([("a", first), ("b", second)], in: .epochs)
    #expect(profile.solvers == ["adam", "lion", "momentum"])
    #expect(profile.hasRuns == [[true, true], [false, true], [true, false]])
    var text = ""
    profile.report(into: &text)
    let rows = text.split(separator: "\n").prefix(5).map { $0.split(separator: " ").joined(separator: " ") }
    #expect(rows[2...] == ["adam 1 2", "lion no runs ∞", "momentum ∞ no runs"], "\(text)")
    #expect(text.contains("An optimizer without runs on a problem counts there as one that never gets there."))
    let json = try parsed(profile)
    #expect(json["unit"].text == "epochs" && json["problems"].elements.compactMap { $0["problem"].text } == ["a", "b"])
    #expect(json["problems"][0]["target"].number == 5 && json["problems"][0]["workers"][0]["runs"].number == 2)
    let adam = json["optimizers"].first("optimizer", "adam")
    #expect(adam["score"].number == 1 && adam["problems"].elements.compactMap { $0["time"].number } == [1, 2])
    #expect(adam["problems"].elements.compactMap { $0["ratio"].number } == [1, 1])
    #expect(adam["profile"][0]["ratio"].number == 1 && adam["profile"][0]["share"].number == 1)
    let lion = json["optimizers"].first("optimizer", "lion")["problems"]
    #expect(lion.elements.compactMap { $0["has_runs"].truth } == [false, true])
    #expect(lion[1]["time"] == .null && lion[1]["ratio"] == .null)
  }

  @Test func secondsOfDifferentNumbersOfWorkersAreSaid() throws {
    var runs = [SampleRun(seed: 1, loss: 1, workers: 1), SampleRun(seed: 2, loss: 1, workers: 2)].summaries
    for index in runs.indices { runs[index].epochs = 1 }
    var trace = Trace()
    (trace.validationLoss, trace.seconds) = ([2, 1], [0, 0.5])
    let times = try TargetTimes(
      Ranking(RunTable(runs), by: Criterion(.standard)),
      traces: Dictionary(uniqueKeysWithValues: runs.map { ($0.identity, trace) }), target: .value(1))
    for (unit, isSaid) in [(SolverProfile.Unit.seconds, true), (.gradients, false)] {
      var text = ""
      SolverProfile([("a", times)], in: unit).report(into: &text)
      #expect(text.contains("a: The runs' times are not comparable") == isSaid)
    }
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
