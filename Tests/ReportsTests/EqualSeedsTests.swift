import Experiments
import TestSupport
import Testing

@testable import Reports

private func text(_ answer: some Answer) -> String {
  var text = ""
  answer.report(into: &text)
  return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

/// What is asked of runs whose seeds all give the same: there is no noise, and no sample of it.
@Suite struct EqualSeedsTests {
  /// Two optimizers at two rates: adam 1 and 2, momentum 3 and 6; each seed is off by `noise`.
  private func runs(noise: Double = 0) -> [SampleRun] {
    [("adam", [1.0, 2]), ("momentum", [3.0, 6])].flatMap { optimizer, losses in
      zip([0.01, 0.1], losses).flatMap { rate, loss in
        (0..<3).map { SampleRun(optimizer: optimizer, learningRate: rate, seed: $0, loss: loss + noise * Double($0)) }
      }
    }
  }

  private func analysis(
    _ runs: [SampleRun], _ scale: HyperparameterEffects.Scale = .value
  ) throws -> HyperparameterEffects.Analysis {
    let result = HyperparameterEffects(runs.ranking(), scale: scale).scopes[0].result
    guard case .complete(let analysis) = result else { throw NotComplete(result: result) }
    return analysis
  }

  private struct NotComplete: Error { var result: HyperparameterEffects.Result }

  /// Means 1, 2, 3 and 6 around 3: optimizers lie ±1.5 off, rates ±1, and the interaction is ±½, so that V = 2.25, 1 and ¼.
  @Test(arguments: [0, 1e-15])
  func effectsAreExactAndHaveNoPValue(noise: Double) throws {
    let found = try analysis(runs(noise: noise))
    #expect(found.seedsHaveNoEffect)
    let expected = [2.25, 1, 0.25, 0, 0]
    #expect(zip(found.effects, expected).allSatisfy { abs($0.variance - $1) < 1e-13 })
    #expect(found.effects.allSatisfy { $0.pValue.isNaN })
    #expect(found.effects.map(\.isExact) == [true, true, true, false, false])
    let answer = HyperparameterEffects(runs(noise: noise).ranking())
    let words = text(answer)
    #expect(words.contains("optimizer 64 % exact") && words.contains("learning_rate 29 % exact"), "\(words)")
    #expect(
      words.contains("Seeds have no effect: all seeds of each configuration give the same validation_loss to rounding.")
    )
    #expect(!words.contains("0.0001"))
    let scope = try parsed(answer)["scopes"][0]
    #expect(scope["seeds_without_effect"].truth == true)
    #expect(scope["effects"].elements.allSatisfy { $0["p_value"] == .null })
  }

  /// Twelve values in four ties of three: ranks 2, 5, 8 and 11, as `scipy.stats.rankdata` gives them for the exact values.
  @Test func ranksTieToRounding() throws {
    let found = try analysis(runs(noise: 1e-15), .rank)
    #expect(found.mean == 6.5 && found.marginals.map(\.means) == [[3.5, 9.5], [5, 8]])
    #expect(found.effects.map(\.variance) == [9, 2.25, 0, 0, 0])
  }

  /// The same shift of all runs of a seed is the seed's own; on the effects the seeds agree.
  @Test func effectsThatAllSeedsAgreeOnAreExact() throws {
    var shifted = runs()
    for index in shifted.indices { shifted[index].loss += 0.1 * Double(shifted[index].seed) }
    let found = try analysis(shifted)
    #expect(!found.seedsHaveNoEffect && found.effects.map(\.isExact) == [true, true, true, false, false])
    #expect(abs(found.effects[4].variance - 0.01) < 1e-15)
  }

  /// Of 1 and 2, the best of one is 1.5 ± √((1 − 1.5)² + (2 − 1.5)²)/√2 = ½, that of both 1: two draws, not six.
  @Test(arguments: [0, 1e-15])
  func budgetsDrawConfigurations(noise: Double) throws {
    let budget = try #require(TuningBudget(runs(noise: noise).ranking()))
    #expect(budget.optimizers.allSatisfy(\.seedsHaveNoEffect) && budget.budgets == [1, 2])
    #expect(budget.optimizers.map(\.trials) == [2, 2] && budget.optimizers.map(\.runs) == [6, 6])
    let best = budget.optimizers[0].search.best(of: 1)
    #expect(abs(best.mean - 1.5) < 1e-14 && abs(best.standardError - 0.5) < 1e-14)
    let words = text(budget)
    #expect(words.contains("A trial is a configuration, whose seeds are one draw."), "\(words)")
    #expect(words.contains("P takes 3 trials of each optimizer."))
    let json = try parsed(budget)
    #expect(json["optimizers"][0]["seeds_without_effect"].truth == true && json["optimizers"][1]["trials"].number == 2)
    #expect(json["optimizers"][1]["runs"].number == 6)
  }

  /// Seeds that draw something stay draws.
  @Test func budgetsDrawRunsWhereSeedsHaveAnEffect() throws {
    let budget = try #require(TuningBudget(runs(noise: 1e-9).ranking()))
    #expect(!budget.optimizers.contains(where: \.seedsHaveNoEffect) && budget.optimizers.map(\.trials) == [6, 6])
  }

  /// One optimizer that draws nothing beside one that does: its copies are no draws for that.
  @Test func budgetsTellOptimizersApart() throws {
    var mixed = runs(noise: 0.1)
    for index in mixed.indices where mixed[index].optimizer == "adam" { mixed[index].loss = mixed[index].learningRate }
    let budget = try #require(TuningBudget(mixed.ranking()))
    #expect(budget.optimizers.map(\.seedsHaveNoEffect) == [true, false])
    #expect(budget.optimizers.map(\.trials) == [2, 6] && budget.budgets == [1, 2])
    let words = text(budget)
    #expect(words.contains("Seeds have no effect on some configurations (2 of 2 of adam)"), "\(words)")
    #expect(words.contains("2 configurations") && words.contains("6 runs"), "\(words)")
  }

  /// One configuration that draws something makes no draws of the others' copies.
  @Test func budgetsTellConfigurationsApart() throws {
    var mixed = runs()
    for index in mixed.indices where mixed[index].optimizer == "adam" && mixed[index].learningRate == 0.1 {
      mixed[index].loss += 0.1 * Double(mixed[index].seed)
    }
    let budget = try #require(TuningBudget(mixed.ranking()))
    // Of adam three draws and one, of momentum two.
    #expect(budget.optimizers.map(\.trials) == [4, 2] && budget.optimizers.map(\.repeated) == [1, 2])
    #expect(text(budget).contains("(1 of 2 of adam, 2 of 2 of momentum)"), "\(text(budget))")
    // What the first seed lost is a draw beside that of the others, which do not go with it.
    var lost = mixed
    let first = try #require(
      lost.firstIndex { $0.optimizer == "adam" && $0.learningRate == 0.01 && $0.seed == 0 })
    lost[first].outcome = .diverged(step: 1)
    let partly = try #require(TuningBudget(lost.ranking()))
    #expect(partly.optimizers[0].trials == 5 && partly.optimizers[0].replaced == 1)
    #expect(partly.optimizers[0].search.best(of: 5).mean == 1)
    // Of an accuracy two seeds may agree by chance.
    var shares = mixed
    for index in shares.indices { (shares[index].accuracy, shares[index].loss) = (shares[index].loss / 10, .nan) }
    let other = try #require(TuningBudget(shares.ranking(.validationAccuracy)))
    #expect(other.optimizers.map(\.trials) == [6, 2])
  }

  /// The jackknife of equal values is 0, and not what rounding leaves of it; equal values tie.
  @Test func equalDrawsHaveNoErrorAndTie() {
    let value = 0.011944
    let draws = SearchBudget([value, value * (1 + 1e-15), value])
    #expect([1, 2].allSatisfy { draws.best(of: $0).standardError == 0 })
    let probabilities = SearchBudget.probabilityOfBest([draws, SearchBudget([value, value, value])], of: 2)
    #expect(probabilities == [0.5, 0.5])
    // What is more than rounding stays: s/√n of 1, 1 and 1 + 3δ is δ.
    let apart = SearchBudget([1, 1, 1 + 3e-9]).best(of: 1).standardError
    #expect(abs(apart - 1e-9) < 1e-14)
  }

  /// The winner's seeds are equal by chance, as those of an accuracy may be: a correction would be a number without an error.
  @Test func luckOfAWinnerWithoutNoiseCannotBeTold() throws {
    let runs =
      [1.0, 1, 1].enumerated().map { SampleRun(learningRate: 0.1, seed: $0, loss: $1) }
      + [0.8, 1.5, 0.9].enumerated().map { SampleRun(learningRate: 0.2, seed: $0, loss: $1) }
    let ranking = runs.ranking()
    #expect(ranking.winner?.statistics.mean == 1)
    let curse = try #require(ranking.winnersCurse(nil))
    #expect(curse.selectionBias == nil && curse.corrected == nil)
    let words = try #require(curse.description(.validationLoss, split: ""))
    #expect(
      words
        == "How much being the best of 2 configurations flatters the winner's validation_loss cannot be told: its seeds"
        + " all give 1.0000, those of others do not (over 3 seeds).")
    // Of one configuration there was no choice.
    let alone = try #require(Array(runs.prefix(3)).ranking().winnersCurse(nil))
    #expect(alone.selectionBias == 0 && alone.corrected?.mean == 1)
  }

  @Test(arguments: [0, 1e-15])
  func withoutAnEffectOfSeedsNothingIsLuck(noise: Double) throws {
    let curse = try #require(runs(noise: noise).ranking().winnersCurse(nil))
    #expect(curse.seedsHaveNoEffect && curse.selectionBias == 0)
    #expect(curse.corrected?.mean == curse.validation.mean && curse.corrected?.confidenceInterval() == nil)
    var output = ""
    try SummaryReport(SweepResults(name: "x", selection: .standard, runs: runs(noise: noise).summaries))
      .writeJSON(to: &output)
    let json = try ParsedJSON(output)
    #expect(json["winners_curse"]["corrected"]["confidence_interval_95"] == .null)
    #expect(json["configurations"][0]["confidence_interval_95"] == .null)
  }
}

/// Levels of which every run is lost.
@Suite struct LostLevelsTests {
  /// The rate 0.3 diverges in all of its runs, 0.1 gives `losses`.
  private func runs(_ losses: [Double]) -> [SampleRun] {
    [0.1, 0.3].flatMap { rate in
      losses.enumerated().map {
        SampleRun(learningRate: rate, seed: $0, loss: $1, outcome: rate == 0.3 ? .diverged(step: 4) : .completed)
      }
    }
  }

  @Test(arguments: [[0.5, 0.5, 0.5], [0.5, 0.5 + 1e-16, 0.5]])
  func aLevelThatDivergesIsNotAsGoodAsTheWinner(losses: [Double]) throws {
    let answer = HyperparameterEffects(runs(losses).ranking())
    let words = text(answer)
    #expect(
      words.contains(
        "All runs that can be ranked have one validation_loss, 0.50000: there is no variance to share out, and what the"
          + " hyperparameters do is which runs are lost."), "\(words)")
    #expect(words.contains("No run can be ranked at learning_rate 0.3 (3/3 diverged): there is no mean."))
    #expect(words.contains("learning_rate 0.1 0.50000 0.3 – 3/3 diverged"))
    #expect(!words.contains("effect share p-value"))
    let levels = try parsed(answer)["scopes"][0]["marginal_means"][0]["levels"]
    #expect(levels[0]["mean"].number == 0.5 && levels[0]["lost"].number == 0)
    #expect(levels[1]["mean"] == .null && levels[1]["lost"].number == 3 && levels[1]["runs"].number == 3)
    #expect(levels[1]["outcomes"]["diverged"].number == 3)
    #expect(try parsed(answer)["scopes"][0]["only_value"].number == 0.5)
  }

  /// Nor is an optimizer that always diverges as good in a budget: of two draws of three, adam's urn gives at least one that is
  /// not lost.
  @Test func anOptimizerThatDivergesHasNoExpectedBest() throws {
    let runs = ["adam", "momentum"].flatMap { optimizer in
      (0..<3).map { index in
        SampleRun(
          optimizer: optimizer, learningRate: Double(index + 1), seed: 0, loss: 0.5,
          outcome: optimizer == "adam" ? .completed : .diverged(step: 1))
      }
    }
    let budget = try #require(TuningBudget(runs.ranking()))
    #expect(budget.probabilityOfBest == [[1, 0], [1, 0]])
    #expect(budget.optimizers[0].best(of: 1).mean == 0.5 && budget.optimizers[1].best(of: 1).mean.isNaN)
    let words = text(budget)
    #expect(words.contains("No run of momentum can be ranked: nothing is expected of it."), "\(words)")
    let momentum = try parsed(budget)["optimizers"].first("optimizer", "momentum")
    #expect(momentum["expected_best"][0]["mean"] == .null && momentum["tunability"]["early"] == .null)
    // Lost beside kept: half of the draws of one are lost, and tie with nothing.
    var mixed = runs
    for index in mixed.indices where index % 3 > 0 { mixed[index].outcome = .completed }
    mixed[0].outcome = .completed
    let shares = try #require(TuningBudget(mixed.ranking())).probabilityOfBest[0]
    // adam keeps 3 of 3, momentum 2 of 3, all alike: ½·⅔ for momentum.
    #expect(abs(shares[1] - 1.0 / 3) < 1e-15 && abs(shares[0] - 2.0 / 3) < 1e-15)
  }

  /// Nor is it as the worst of the others; what is partly lost says how much.
  @Test func aLostLevelHasNoMean() throws {
    var runs = runs([0.5, 1, 1.5])
    runs[2].outcome = .failed(message: "x")
    let words = text(HyperparameterEffects(runs.ranking()))
    // 0.1: the mean of 0.5, 1 and the worst measured, 1.
    #expect(words.contains("learning_rate 0.1 0.83333 1/3 failed 0.3 – 3/3 diverged"), "\(words)")
    #expect(!words.contains("All runs that can be ranked have one"))
  }
}
