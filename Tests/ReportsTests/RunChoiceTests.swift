import Experiments
import TestSupport
import Testing

@testable import Reports

/// What conditions make of what is said of the runs that they leave.
@Suite struct RunChoiceTests {
  /// Four rates, the third the best, and the highest diverged: with dropout everywhere worse than without.
  private let runs: [SampleRun] = {
    let losses: [(rate: Double, loss: Double)] = [(0.001, 3), (0.01, 2), (0.1, 1), (1, .nan)]
    var runs: [SampleRun] = []
    for (keep, shift) in [(1.0, 0.0), (0.5, 1.0)] {
      for (rate, loss) in losses {
        for seed in 0..<3 {
          runs.append(
            SampleRun(
              learningRate: rate, keepProbability: [1, keep], seed: seed,
              loss: loss + shift + 0.01 * (1 + keep) * Double(seed),
              outcome: loss.isNaN ? .diverged(step: 3) : .completed))
        }
      }
    }
    return runs
  }()

  private func ranking(_ conditions: String...) throws -> Ranking {
    let conditions = try conditions.map { text throws(ReportError) in try Condition(text) }
    return Ranking(
      try RunTable(runs.summaries).filtered(by: conditions, at: .best),
      by: Criterion(metric: .validationLoss, epoch: .best))
  }

  private func kinds(_ ranking: Ranking) -> Set<Warning.Kind> { Set(ranking.warnings().map(\.kind)) }

  /// The grid ends where the sweep's does, whichever runs a condition leaves.
  @Test(arguments: [
    "learning_rate<=0.1", "learning_rate>=0.1", "learning_rate=0.1", "validation_loss<1.5", "outcome=completed",
    "seed<2",
  ])
  func aConditionMakesNoEdge(condition: String) throws {
    let found = try ranking(condition)
    #expect(found.winner.map { found.table.column("learning_rate")?.text($0.row) } == "0.1")
    #expect(!kinds(found).contains(.learningRateOnEdge))
    let levels = try #require(KeepProbabilityAnswer(found)).overall.levels
    #expect(levels.allSatisfy { $0.convergence?.learningRateEdge == nil })
    #expect(try PairedComparisons(found, of: "keep_probability").levels.allSatisfy { $0.convergence.isConverged })
  }

  /// What is an edge of the sweep stays one.
  @Test func anEdgeStaysOne() throws {
    let runs = [0.001, 0.01, 0.1].map { SampleRun(learningRate: $0, loss: $0) }
    let table = try RunTable(runs.summaries).filtered(by: [Condition("learning_rate<0.1")], at: .best)
    let found = Ranking(table, by: Criterion(metric: .validationLoss, epoch: .best))
    let message = try #require(found.warnings().first { $0.kind == .learningRateOnEdge }).message
    #expect(message.contains("0.001, is the lowest on the grid of adam (0.001 to 0.1): try lower ones."), "\(message)")
  }

  /// Only conditions on what came out make statistics conditional.
  @Test(
    arguments: [
      ("validation_loss<2.5", true), ("outcome=completed", true), ("seed<2", false), ("learning_rate<=0.1", false),
    ])
  func choosingByResultIsSaid(condition: String, isSaid: Bool) throws {
    let found = try ranking(condition)
    #expect(kinds(found).contains(.chosenByResult) == isSaid)
    let contrast = try #require(KeepProbabilityAnswer(found)?.overall.contrast)
    #expect(contrast.verdict == (isSaid ? .chosenByResult : .dropoutHurts))
    let pairs = try PairedComparisons(found, of: "keep_probability")
    #expect(pairs.pairs.map(\.verdict) == [isSaid ? .chosenByResult : .differs])
    var text = ""
    pairs.report(into: &text)
    #expect(text.contains("Runs were chosen by their results (\(condition))") == isSaid, "\(text)")
  }

  /// A seed whose result was left out is lost: the mean of the others would be of the lucky ones.
  @Test func aSeedLeftOutByItsResultIsLost() throws {
    // Of the winner's losses 1, 1.02 and 1.04.
    let found = try ranking("validation_loss<=1.02")
    #expect(found.seeds == 3 && found.winner?.statistics.count == 2 && found.winner?.lostSeeds == 1)
    #expect(try ranking("seed<2").winner?.lostSeeds == 0)
  }

  /// Of one keep probability there is none that it could be better than.
  @Test func theOnlyLevelIsNotProbablyTheBest() throws {
    #expect(try KeepProbabilityAnswer(ranking("keep_probability=1"))?.overall.confidence == nil)
    #expect(try KeepProbabilityAnswer(ranking())?.overall.confidence != nil)
  }

  /// A number of negative eigenvalues from a density is at least so many: a rank by it is one of bounds.
  @Test(arguments: [CurvatureMeasurement.CountKind.bracket, .lowerBound, .exact])
  func ranksByBoundsAreSaid(kind: CurvatureMeasurement.CountKind) throws {
    let summaries = (0..<3).map { seed in
      var summary = SampleRun(seed: seed).summary
      var probe = CurvatureMeasurement(moments: .best, epoch: 5)
      (probe.negatives, probe.negativesKind) = (Double(seed), kind)
      summary.best.curvature = CurvatureMetrics([probe], at: .best)
      return summary
    }
    let ranking = Ranking(RunTable(summaries), by: Criterion(metric: .negativeEigenvalues, epoch: .best))
    let message = ranking.warnings().first { $0.kind == .metricIsBound }?.message
    #expect((message != nil) == (kind != .exact))
    if let message { #expect(message.hasPrefix("negative_eigenvalues of 3 of 3 runs is a lower bound")) }
    let losses = Ranking(RunTable(summaries), by: Criterion(metric: .validationLoss, epoch: .best))
    #expect(!kinds(losses).contains(.metricIsBound))
  }

  /// The result of the test set that was removed is lost, and was no result that never was.
  @Test func aLostTestResultIsSaid() throws {
    var results = SweepResults(name: "x", selection: .standard, runs: runs.summaries)
    results.hasLostTestEvaluation = true
    let report = try SummaryReport(results)
    #expect(report.testResult == .lost)
    var (text, json) = ("", "")
    report.report(into: &text)
    report.writeJSON(to: &json)
    #expect(text.contains("Looked at, but what was found is lost") && text.contains("what the test set said is lost"))
    #expect(try ParsedJSON(json)["test"]["looked_at"].truth == true)
  }
}
