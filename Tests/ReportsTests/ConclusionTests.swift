import Experiments
import Testing

@testable import Reports

/// The three lines that a report ends with.
struct ConclusionTests {
  private func report(_ runs: [SampleRun]) throws -> SummaryReport {
    try SummaryReport(SweepResults(name: "a", selection: .standard, runs: runs.summaries))
  }

  /// One configuration a rate, its loss on four seeds.
  private func runs(_ losses: [Double: [Double]]) -> [SampleRun] {
    losses.flatMap { rate, values in
      values.enumerated().map { SampleRun(learningRate: rate, seed: $0.offset, loss: $0.element) }
    }
  }

  @Test func saysTheWinnerHowSureAndOverWhat() throws {
    // Differences to either: 0.1 and 0.3, twice each, t = 3.46 with 3 degrees of freedom; SciPy's ttest_rel gives
    // p = 0.0405 for one, which is twice as much for the smaller of two by Holm.
    let report = try report(
      runs([
        0.01: [1, 1, 1.2, 1.2], 0.1: [1.1, 1.3, 1.3, 1.5], 1: [1.3, 1.1, 1.5, 1.3],
      ]))
    let lines = try #require(report.conclusion).lines
    #expect(lines[0] == "Best: learning_rate=0.01: validation_loss 1.100 ± 0.058")
    #expect(
      lines[1].hasPrefix(
        "How sure: rank 2 is 0.200 ± 0.058 behind (p-value 0.041, seed by seed); 2 of 2 others cannot be told from it"
          + " (Holm, 5 %)"))
    #expect(
      lines[2]
        == "Over what: 4 seeds on one split of the data, best of 3 configurations; the test set was not looked at for it"
    )
    var text = ""
    report.report(into: &text)
    #expect(text.hasSuffix("\n\n" + lines.joined(separator: "\n") + "\n"))
  }

  @Test func oneSeedDoesNotSay() throws {
    let lines = try #require(report(runs([0.01: [1], 0.1: [2]])).conclusion).lines
    #expect(lines[1].hasPrefix("How sure: that one seed does not say; "))
    #expect(lines[1].hasSuffix("above"))
  }

  @Test func whereNothingIsRankedThereIsNone() throws {
    #expect(try report([SampleRun(loss: .nan, outcome: .diverged(step: 1))]).conclusion == nil)
  }
}
