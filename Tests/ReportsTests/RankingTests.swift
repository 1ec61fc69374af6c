import Experiments
import TestSupport
import Testing

@testable import Reports

@Suite struct RankingTests {
  @Test func lowerLossAndHigherAccuracyRankFirst() {
    let runs = [
      SampleRun(learningRate: 0.1, loss: 3, accuracy: 0.7), SampleRun(learningRate: 0.2, loss: 1, accuracy: 0.8),
      SampleRun(learningRate: 0.3, loss: 2, accuracy: 0.9),
    ]
    #expect(runs.ranking(.validationLoss).learningRates == [0.2, 0.3, 0.1])
    #expect(runs.ranking(.validationAccuracy).learningRates == [0.3, 0.2, 0.1])
  }

  @Test func finalAndBestEpochDiffer() {
    let runs = [
      SampleRun(learningRate: 0.1, loss: 1, finalLoss: 5), SampleRun(learningRate: 0.2, loss: 2, finalLoss: 2),
    ]
    #expect(runs.ranking(.validationLoss, .best).learningRates == [0.1, 0.2])
    #expect(runs.ranking(.validationLoss, .final).learningRates == [0.2, 0.1])
  }

  /// Whatever a run measured, it ranks only if it trained to its end and the value is finite.
  @Test(arguments: [
    (TrialOutcome.diverged(step: 3), 0.001), (.failed(message: "no memory"), 0.001), (.completed, .nan),
    (.completed, -.infinity), (.stoppedEarly, .nan),
  ])
  func neverBest(outcome: TrialOutcome, loss: Double) {
    let runs = [
      SampleRun(learningRate: 0.1, loss: loss, outcome: outcome), SampleRun(learningRate: 0.2, loss: 9),
    ]
    for metric in Criterion.Metric.allCases where metric == .validationLoss {
      let ranking = runs.ranking(metric)
      #expect(ranking.learningRates == [0.2, 0.1])
      #expect(ranking.bestRow.map { ranking.table.runs[$0].identity } == runs[1].summary.identity)
      #expect(ranking.rankedRows().count == 2)
    }
    let alone = [runs[0]].ranking()
    #expect(alone.winner == nil && alone.bestRow == nil)
  }

  @Test func stoppedEarlyRanks() {
    let runs = [SampleRun(learningRate: 0.1, loss: 1, outcome: .stoppedEarly), SampleRun(learningRate: 0.2, loss: 2)]
    #expect(runs.ranking().learningRates == [0.1, 0.2])
  }

  @Test func tiesGoByIdentityInAnyOrderOfRuns() {
    let runs = (1...20).map { SampleRun(learningRate: Double($0), loss: 1) }
    let byIdentity = runs.sorted { $0.summary.identity < $1.summary.identity }.map(\.learningRate)
    #expect(runs.ranking().learningRates == byIdentity)
    #expect(Array(runs.reversed()).ranking().learningRates == byIdentity)
  }

  @Test func meanOverSeedsInTheOrderOfSeeds() throws {
    let losses = [3: 0.3, 1: 0.1, 2: 0.26]
    let runs = losses.map { SampleRun(seed: $0.key, loss: $0.value) }
    let ranking = runs.ranking()
    let configuration = try #require(ranking.winner)
    #expect(ranking.configurations.count == 1 && ranking.seeds == 3)
    // (0.1 + 0.26 + 0.3)/3 = 0.22, √((0.0144 + 0.0016 + 0.0064)/2) = 0.10583, over √3 = 0.061101
    #expect((configuration.statistics.mean - 0.22).magnitude < 1e-15)
    #expect((configuration.statistics.standardError - 0.061101009266077866).magnitude < 1e-14)
    #expect(ranking.rows(of: configuration).map { ranking.values[$0] } == [0.1, 0.26, 0.3])
    #expect(configuration.bestRow.map { ranking.values[$0] } == 0.1)
    #expect(configuration.isComplete)
  }

  /// Two lucky seeds of three do not beat three.
  @Test(arguments: [TrialOutcome.diverged(step: 1), .failed(message: ""), nil])
  func lostSeedsRankAfterCompleteConfigurations(outcome: TrialOutcome?) throws {
    var runs: [SampleRun] = []
    for seed in 1...3 {
      runs.append(SampleRun(learningRate: 0.1, seed: seed, loss: 2))
      if seed < 3 {
        runs.append(SampleRun(learningRate: 0.2, seed: seed, loss: 1))
      } else if let outcome {
        runs.append(SampleRun(learningRate: 0.2, seed: seed, loss: 1, outcome: outcome))
      }
    }
    let ranking = runs.ranking()
    #expect(ranking.learningRates == [0.1, 0.2])
    let second = ranking.configurations[1]
    #expect(second.lostSeeds == 1 && !second.isComplete && second.statistics.count == 2)
    let warning = try #require(ranking.warnings().first { $0.kind == .lostSeeds })
    #expect(
      warning.message
        == "1 of 2 configurations lack seeds (lost, not run or excluded) and rank after the complete ones;"
        + " 1 of them would have the better mean on the seeds that are left.")
  }

  @Test func fewerLostSeedsRankFirst() {
    let runs =
      (1...3).map { SampleRun(learningRate: 0.1, seed: $0, loss: 1, outcome: $0 > 1 ? .diverged(step: 1) : .completed) }
      + (1...3).map {
        SampleRun(learningRate: 0.2, seed: $0, loss: 9, outcome: $0 > 2 ? .diverged(step: 1) : .completed)
      }
      + (1...3).map { SampleRun(learningRate: 0.3, seed: $0, loss: 5, outcome: .diverged(step: 1)) }
    #expect(runs.ranking().learningRates == [0.2, 0.1, 0.3])
  }

  @Test func sharedSeedsArePaired() throws {
    let runs =
      [(1, 0.5), (2, 0.6), (3, 0.9)].map { SampleRun(learningRate: 0.1, seed: $0.0, loss: $0.1) }
      + [(2, 0.7), (3, 0.95), (4, 0.8)].map { SampleRun(learningRate: 0.2, seed: $0.0, loss: $0.1) }
    let ranking = runs.ranking()
    let comparison = try #require(ranking.compare(ranking.configurations[0], with: ranking.configurations[1]))
    #expect(comparison.method == .paired && comparison.counts == [2, 2])
    #expect((comparison.difference - -0.075).magnitude < 1e-15)
  }

  @Test func unsharedSeedsGoByWelch() throws {
    let runs =
      [1, 2].map { SampleRun(learningRate: 0.1, seed: $0, loss: Double($0)) }
      + [2, 3, 4].map { SampleRun(learningRate: 0.2, seed: $0, loss: Double($0)) }
    let ranking = runs.ranking()
    let comparison = try #require(ranking.compare(ranking.configurations[0], with: ranking.configurations[1]))
    #expect(comparison.method == .welch && comparison.counts.sorted() == [2, 3])
  }

  @Test func noRuns() {
    let ranking = [SampleRun]().ranking()
    #expect(ranking.configurations.isEmpty && ranking.winner == nil && ranking.bestRow == nil)
    #expect(ranking.warnings().isEmpty && KeepProbabilityAnswer(ranking) == nil)
  }

  @Test func columnsFollowTheTrialsAndValuesAscend() {
    let runs = [
      SampleRun(optimizer: "momentum", learningRate: 1, extra: [.init("momentum", .number(0.9))]),
      SampleRun(optimizer: "adam", learningRate: 0.001, extra: [.init("beta1", .number(0.9))]),
      SampleRun(optimizer: "adam", learningRate: 1e-5, extra: [.init("beta1", .number(0.9))]),
    ]
    let table = RunTable(runs.summaries)
    let names = table.columns.map(\.name)
    #expect(names.prefix(2) == ["optimizer", "learning_rate"])
    #expect(Set(names[2...3]) == ["beta1", "momentum"])
    #expect(names.suffix(3) == ["keep_probability", "dropout_rate", "seed"])
    #expect(table.column("learning_rate")?.values == [.number(1e-5), .number(0.001), .number(1)])
    #expect(table.column("momentum")?.codes.filter { $0 < 0 }.count == 2)
  }

  /// A damaged file must not make grouping slow or wrong: NaN is not equal to itself.
  @Test func notANumberAsHyperparameter() {
    let runs = (1...3).map { SampleRun(learningRate: .nan, seed: $0, loss: Double($0)) }
    let ranking = runs.ranking()
    #expect(ranking.configurations.count == 1)
    #expect(ranking.table.column("learning_rate")?.values == [.text("nan")])
  }

  /// Runs without noise list none, and that is a noise of 0.
  @Test func absentNoiseIsZero() throws {
    let runs = [
      SampleRun(seed: 1), SampleRun(seed: 1, extra: [.init("input_noise", .number(0.5))]), SampleRun(seed: 2),
    ]
    let table = RunTable(runs.summaries)
    let column = try #require(table.column("input_noise"))
    #expect(column.values == [.number(0), .number(0.5)] && column.codes.count { $0 == 0 } == 2)
    #expect(runs.ranking().configurations.count == 2)
    #expect(RunTable([SampleRun()].summaries).column("input_noise") == nil)
  }

  /// A default of an optimizer is said once; its learning rate and dropout stay in the table.
  @Test func rolesOfColumns() {
    let runs = [
      SampleRun(optimizer: "adam", learningRate: 0.1, extra: [.init("beta1", .number(0.9)), .init("l2", .number(0))]),
      SampleRun(
        optimizer: "momentum", learningRate: 0.2, keepProbability: [1, 0.5],
        extra: [.init("momentum", .number(0.9)), .init("l2", .number(0))]),
    ]
    let table = RunTable(runs.summaries)
    let roles = ColumnRoles(table)
    #expect(roles.constant.map(\.name) == ["l2"])
    #expect(Set(roles.perOptimizer.map(\.name)) == ["beta1", "momentum"])
    #expect(roles.varying.map(\.name) == ["optimizer", "learning_rate", "keep_probability", "dropout_rate"])
    #expect(roles.defaults(table).map(\.optimizer) == ["adam", "momentum"])
    #expect(roles.defaults(table).map(\.values) == ["beta1 0.9", "momentum 0.9"])
  }
}
