import Experiments
import TestSupport
import Testing

@testable import Reports

/// A metric that runs have at the other epoch only.
@Suite struct OtherEpochTests {
  /// Two seeds with λ_max at the final epoch; of the first also at the best one where `known`.
  private func results(known: Bool) -> SweepResults {
    let runs = (0..<4).map { index -> RunSummary in
      var run = SampleRun(learningRate: index < 2 ? 0.1 : 0.2, seed: index % 2).summary
      run.final.curvature.lambdaMax = 2 + Double(index)
      if known, index == 0 { run.best.curvature.lambdaMax = 3 }
      return run
    }
    return SweepResults(name: "probed", selection: .standard, runs: runs)
  }

  private func report(known: Bool, _ epoch: SelectionRule.Epoch? = nil) throws -> SummaryReport {
    var options = SummaryReport.Options()
    options.metric = .lambdaMax
    options.epoch = epoch
    return try SummaryReport(results(known: known), options: options)
  }

  @Test func theHintNamesTheOption() throws {
    let report = try report(known: false)
    let hint = "4 of 4 runs have lambda_max at the final epoch, and not at the best one: --epoch final"
    #expect(report.warnings.first { $0.kind == .metricAtOtherEpoch }?.message == "\(hint) ranks them.")
    #expect(report.ranking.nothingRanked.description.hasSuffix("; \(hint)"))
    #expect(HyperparameterEffects(report.ranking).refusal == report.ranking.nothingRanked)
    #expect(throws: report.ranking.nothingRanked) {
      try TargetTimes(report.ranking, traces: [:], target: .value(1))
    }
    var options = SummaryReport.Options()
    options.conditions = [try Condition("lambda_max<10")]
    let error = try #require(throws: ReportError.self) { try SummaryReport(results(known: false), options: options) }
    #expect(error.description == "no run is left with 'lambda_max<10'; \(hint)")
    var text = ""
    try PairedComparisons(report.ranking, of: "learning_rate").report(into: &text)
    #expect(text.contains("--epoch final ranks them."), "\(text)")
  }

  /// Where the best epoch of some is the final one, the others are missing.
  @Test func someMayBeRanked() throws {
    let message = try report(known: true).warnings.first { $0.kind == .metricAtOtherEpoch }?.message
    #expect(message?.hasPrefix("3 of 4 runs have lambda_max at the final epoch, and not at the best one") == true)
  }

  @Test func nothingIsSaidWhereNothingIsGained() throws {
    #expect(try report(known: false, .final).warnings.allSatisfy { $0.kind != .metricAtOtherEpoch })
    #expect([SampleRun].additive.ranking(.trainingSeconds).otherEpoch == nil)
    #expect(
      Ranking(RunTable(results(known: false).runs), by: Criterion(metric: .conditionNumber, epoch: .best)).otherEpoch
        == nil)
  }
}
