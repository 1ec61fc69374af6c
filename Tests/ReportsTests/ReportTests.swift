import Experiments
import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite struct ReportTests {
  /// Two optimizers with a default of their own, three keep probabilities, two learning rates, three seeds.
  static let sweep: SweepResults = {
    var runs: [RunSummary] = []
    for (optimizer, penalty) in [("adam", 0.0), ("momentum", 0.05)] {
      for (keep, level) in [(0.5, 0.30), (0.8, 0.25), (1.0, 0.32)] {
        for (rate, excess) in [(0.01, 0.0), (0.1, 0.04)] {
          for seed in 1...3 {
            let isLost = optimizer == "momentum" && rate == 0.1 && (keep == 0.5 || seed == 3)
            let noise = 0.01 * Double(seed) + 0.001 * Double((seed * 7 + Int(keep * 10)) % 5)
            runs.append(
              SampleRun(
                optimizer: optimizer, learningRate: rate, keepProbability: [1, keep, keep], seed: seed,
                loss: penalty + level + excess + noise, outcome: isLost ? .diverged(step: 40 + seed) : .completed,
                extra: (optimizer == "momentum" ? [.init("momentum", .number(0.9))] : [])
                  + [.init("batch_size", .integer(32)), .init("data", .text("digits"))],
                epochs: 20, bestEpoch: seed == 1 ? 20 : 15, finalLoss: 1.3 * (penalty + level + excess + noise)
              ).summary)
          }
        }
      }
    }
    var results = SweepResults(name: "dropout", selection: .standard, runs: runs, plannedRuns: 36)
    let winner = runs.filter { $0.hyperparameters.contains(.init("keep_probability", .list([1, 0.8, 0.8]))) }
      .filter {
        $0.hyperparameters.prefix(2) == [.init("optimizer", .text("adam")), .init("learning_rate", .number(0.01))]
      }
    results.testEvaluation = TestEvaluation(
      selection: .standard,
      runs: winner.enumerated().map {
        .init(identity: $0.element.identity.description, loss: 0.28 + 0.01 * Double($0.offset), accuracy: 0.97)
      })
    return results
  }()

  private func text(_ results: SweepResults, _ change: (inout SummaryReport.Options) -> Void = { _ in }) throws
    -> String
  {
    var options = SummaryReport.Options()
    change(&options)
    var output = ""
    try SummaryReport(results, options: options).report(into: &output)
    return output
  }

  private func fixture(_ name: String) throws -> String {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "txt"))
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test func textIsExact() throws {
    let found = try text(Self.sweep)
    #expect(try found == fixture("report"), "\(found)")
  }

  @Test func runsAreExact() throws {
    let report = try text(Self.sweep) {
      $0.ranksRuns = true
      $0.top = 3
    }
    #expect(
      report.contains(
        """
        Ranking: 36 runs
          rank  validation_loss  run         outcome    best epoch  epochs  optimizer  learning_rate  \
        keep_probability  dropout_rate  seed
             1          0.26000  5ed14590ce  completed          20      20  adam                0.01  \
                     0.8           0.2     1
        """))
    #expect(report.contains("  … and 33 more (--top N)\n"))
  }

  @Test func divergedRunsSayWhen() throws {
    let report = try text(Self.sweep) {
      $0.ranksRuns = true
      $0.conditions = [try! Condition("outcome=diverged")]
    }
    #expect(report.contains("     –                –  "))
    #expect(report.contains("  diverged at step 41  "))
    #expect(report.contains("No run can be ranked."))
    #expect(report.hasPrefix("dropout: 5 runs\n  where             outcome=diverged\n"))
  }

  @Test func groupsAreExact() throws {
    let report = try text(Self.sweep) { $0.groupKeys = ["optimizer"] }
    #expect(
      report.contains(
        """
        Groups: the best run first; mean ± standard error over all runs that can be ranked
          optimizer  best run  validation_loss   median  ranked  diverged  failed  run
          adam        0.26000  0.3322 ± 0.0089  0.33150   18/18         0       0  5ed14590ce
        """))
    #expect(!report.contains("Which keep probability?"))
  }

  @Test func oneSeedShowsRunsInsteadOfSeeds() throws {
    var results = Self.sweep
    results.runs = results.runs.filter { $0.hyperparameters.contains(.init("seed", .integer(1))) }
    let report = try text(results) { $0.top = 12 }
    #expect(report.contains("Ranking: 12 configurations with one seed each\n"))
    #expect(report.contains("     1          0.26000  5ed14590ce  adam"))
    #expect(report.contains("     –         diverged  "))
    #expect(report.contains("  ! The best configuration has a single seed"))
    #expect(report.contains("cannot be told from one seed"))
  }

  @Test func noRunsYet() throws {
    var results = Self.sweep
    results.runs = []
    #expect(
      try text(results) == """
        dropout: 0 runs
          outcomes          none
          ranked by         validation_loss at the best epoch, lower is better

        Warnings
          ! 36 of 36 runs are not there yet: the ranking may change.

        """)
  }

  @Test func testSetOnlyForTheWinner() throws {
    let ranking = Ranking(RunTable(Self.sweep.runs), by: Criterion(.standard))
    let evaluation = try #require(Self.sweep.testEvaluation)
    #expect(
      ranking.testResult(evaluation).description == "The test set was looked at once, for the winner only: loss"
        + " 0.2900 ± 0.0058, accuracy 0.97000 ± 0 (over 3 seeds, these test samples).")
    #expect(ranking.testResult(nil) == .notLookedAt)
    // Another rule, or another winner, has no test result.
    let final = Ranking(RunTable(Self.sweep.runs), by: Criterion(metric: .validationLoss, epoch: .final))
    #expect(final.testResult(evaluation) == .otherWinner(.standard))
    var other = evaluation
    other.runs[1].identity = String(repeating: "0", count: 32)
    #expect(ranking.testResult(other) == .otherWinner(.standard))
    var part = evaluation
    part.runs.removeLast()
    #expect(ranking.testResult(part).description.hasSuffix("(over 2 of 3 seeds, these test samples)."))
  }

  @Test func bestEpochOfAnotherMetricIsSaid() throws {
    let report = try text(Self.sweep) { $0.metric = .trainLoss }
    #expect(
      report.contains("ranked by         train_loss at the epoch with the best validation_loss, lower is better\n"))
    let seconds = try text(Self.sweep) { $0.metric = .trainingSeconds }
    #expect(seconds.contains("ranked by         training_seconds, lower is better\n"))
  }
}
