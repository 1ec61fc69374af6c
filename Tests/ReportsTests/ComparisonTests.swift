import Experiments
import TestSupport
import Testing

@testable import Reports

private func text(_ answer: some Answer) -> String {
  var text = ""
  answer.report(into: &text)
  return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

@Suite struct ComparisonTests {
  private func runs(_ losses: [Double], rate: Double = 0.01) -> [RunSummary] {
    losses.enumerated().map { seed, loss in
      var run = SampleRun(learningRate: rate, seed: seed, loss: loss).summary
      run.cost.trainingSeconds = loss
      return run
    }
  }

  private func comparison(_ first: [RunSummary], _ second: [RunSummary]) -> SweepComparison {
    let rankings = [first, second].map { Ranking(RunTable($0), by: Criterion(.standard)) }
    return SweepComparison(("a", rankings[0]), ("b", rankings[1]))
  }

  @Test func sharedRunsAreThoseOfEqualTrials() {
    let comparison = comparison(runs([1, 2, 4]) + runs([9, 9], rate: 0.1), runs([1, 1, 2]))
    #expect(comparison.runs.count == 3 && comparison.equalRuns == 1)
    #expect(comparison.shared?.difference == 1)
    #expect(comparison.runs.timeRatio == 2)
    #expect(comparison.winners?.method == .paired && comparison.winners?.counts == [3, 3])
    #expect(comparison.differences.map(\.name) == ["learning_rate"])
    var text = ""
    comparison.report(into: &text)
    #expect(text.contains("Shared runs (the same trial in both): 3\n  1 have equal values to the last bit"))
    #expect(text.contains("  learning_rate   0.01, 0.1  0.01\n"))
  }

  /// The same trials on a changed file of data are no repetitions: that is said, and only then.
  @Test func otherDataAreSaid() throws {
    let rankings = [[1.0, 2], [3, 4]].map { Ranking(RunTable(runs($0)), by: Criterion(.standard)) }
    for (hashes, same) in [(["aa", "bb"], false), (["aa", "aa"], true), (["", "aa"], nil)] as [([String], Bool?)] {
      let comparison = SweepComparison(("a", rankings[0]), ("b", rankings[1]), dataHashes: hashes)
      #expect(comparison.hasSameData == same)
      var text = ""
      comparison.report(into: &text)
      #expect(text.contains("! The data differ: hash aa and bb.") == (same == false), "\(text)")
      let json = try parsed(comparison)
      #expect(json["same_data"] == same.map(ParsedJSON.truth) ?? .null)
      #expect(json["sweeps"][1]["data_hash"].text == hashes[1])
    }
  }

  /// The same grid with other epochs shares no trial, but each run has a partner.
  @Test func runsThatDifferInOneSettingAreMatched() throws {
    func sweep(_ losses: [Double], epochs: Int) -> [RunSummary] {
      losses.enumerated().map { index, loss in
        var run = SampleRun(learningRate: index < 2 ? 0.01 : 0.1, seed: index % 2, loss: loss)
        run.extra = [.init("epochs_planned", .integer(epochs))]
        var summary = run.summary
        summary.cost.trainingSeconds = Double(epochs)
        return summary
      }
    }
    let longer = comparison(sweep([1, 2, 3, 4], epochs: 20), sweep([2, 3, 5, 6], epochs: 10))
    let matched = try #require(longer.matched)
    #expect(longer.runs.count == 0 && matched.names == ["epochs_planned"] && matched.pairs.count == 4)
    // Differences -1, -1, -2, -2.
    #expect(matched.differences.difference == -1.5 && matched.pairs.timeRatio == 2)
    var text = ""
    longer.report(into: &text)
    // Both seeds have the average -1.5: no noise over seeds, though the configurations differ.
    #expect(
      text.contains(
        "Runs that differ in epochs_planned alone: 4; first minus second: -1.5000 (2 seeds × 2\nconfigurations, alike in all seeds)"
      ),
      "\(text)")
    let json = try parsed(longer)["matched"]
    #expect(json["differ_in"].texts == ["epochs_planned"] && json["runs"].number == 4)
    #expect(json["comparison"]["difference"].number == -1.5)
    let same = comparison(sweep([1, 2], epochs: 20), sweep([1, 2], epochs: 20))
    #expect(same.matched == nil && same.runs.count == 2)
    #expect(try parsed(same)["matched"] == .null)
  }

  /// Of runs that could go on, and of times beside other numbers of runs, a difference says less than it seems to.
  @Test func whatPairsOfRunsDoNotShareIsSaid() throws {
    func sweep(bestEpoch: Int, workers: Int) -> [RunSummary] {
      (0..<3).map { seed in
        SampleRun(
          seed: seed, loss: Double(seed) + Double(workers) / 7, bestEpoch: bestEpoch, seconds: 2, workers: workers
        ).summary
      }
    }
    let found = comparison(sweep(bestEpoch: 10, workers: 1), sweep(bestEpoch: 5, workers: 2))
    #expect(found.runs.improving == 3 && !found.runs.hasOneConcurrency && found.runs.timeRatio.isNaN)
    let words = text(found)
    #expect(words.contains("In 3 of 3 pairs a run is best in the last tenth of its epochs"), "\(words)")
    #expect(words.contains("Their times are not compared: they were not trained with as many at a time."), "\(words)")
    let json = try parsed(found)["shared"]
    #expect(json["time_ratio"] == .null && json["still_improving"].number == 3)
    let same = comparison(sweep(bestEpoch: 5, workers: 2), sweep(bestEpoch: 5, workers: 2))
    #expect(same.runs.improving == 0 && same.runs.timeRatio == 1)
    #expect(!text(same).contains("last tenth") && text(same).contains("took 1.00 times as long"))
  }

  /// Other splits have other validation samples, other problems other losses: seeds do not tell what that does.
  @Test(
    arguments: [
      ("split_seed", DifferenceVerdict.otherSamples), ("eigenvalues", .otherProblem), ("loss", .otherProblem),
      ("epochs_planned", .differs),
    ])
  func whatCannotBeComparedIsSaid(name: String, verdict: DifferenceVerdict) {
    func sweep(_ value: Int, _ losses: [Double]) -> [RunSummary] {
      losses.enumerated().map { SampleRun(seed: $0, loss: $1, extra: [.init(name, .integer(value))]).summary }
    }
    let found = comparison(sweep(1, [1, 1.01, 1.02]), sweep(2, [2, 2.03, 2.01]))
    #expect(found.winnersVerdict == verdict)
    #expect(text(found).contains("! The sweeps ") == (verdict != .differs), "\(text(found))")
  }

  @Test func seedsWithoutAnEffectAreSaid() {
    let found = comparison(runs([1, 1, 1]), runs([2, 3, 4], rate: 0.1))
    #expect(text(found).contains("! a: Seeds have no effect: all seeds of each configuration"), "\(text(found))")
    #expect(!text(found).contains("! b: Seeds"))
  }

  /// Seeds are the sample, whatever the number of configurations. The seeds' averages differ by −1, 0 and −3.5, of
  /// which SciPy's ttest_1samp says p = 0.28625; the six pairs taken as independent say 0.076.
  @Test func sharedRunsAreClusteredBySeed() throws {
    let first = runs([1, 2, 3]) + runs([5, 6, 7], rate: 0.1) + runs([9, 9], rate: 1)
    let second = runs([2, 2, 6]) + runs([6, 6, 11], rate: 0.1) + runs([8, 8], rate: 1)
    let shared = try #require(comparison(first, second).shared)
    #expect(shared.seeds == 3 && shared.configurations == 2 && shared.leftOut == 2)
    let test = try #require(shared.comparison)
    #expect(test.counts == [3, 3] && test.degreesOfFreedom == 2 && test.difference == -1.5)
    #expect((test.pValue - 0.2862535728536703).magnitude < 1e-12)
  }

  @Test func oneSeedIsNoTest() throws {
    let comparison = comparison(runs([1]) + runs([2], rate: 0.1), runs([2]) + runs([4], rate: 0.1))
    let shared = try #require(comparison.shared)
    #expect(shared.comparison == nil && shared.difference == -1.5 && shared.configurations == 2)
    var text = ""
    comparison.report(into: &text)
    #expect(
      text.contains("-1.5000 (1 seed × 2 configurations), of\n  which a single seed cannot tell noise."), "\(text)")
    let json = try parsed(comparison)["shared"]
    #expect(json["comparison"] == .null && json["difference"].number == -1.5 && json["seeds"].number == 1)
  }

  @Test func sweepsWithNothingInCommon() {
    let comparison = comparison(runs([1, 2]), runs([3, 4], rate: 0.1))
    #expect(comparison.runs.count == 0 && comparison.shared == nil && comparison.runs.timeRatio.isNaN)
    #expect(comparison.winners?.difference == -2)
  }

  @Test func tracesAsText() {
    var text = ""
    TracePlot(
      series: [
        .init(name: "falling", mark: "v", values: [4, 3, 2, 1]), .init(name: "short", mark: "s", values: [4, 4]),
      ],
      width: 7, height: 4
    ).write(to: &text)
    #expect(
      text == """
          4.00 │sss
               │ vv
               │   vv
          1.00 │     vv
               └───────
                0     3
                v falling   s short   epochs

        """, "\(text)")
    var nothing = ""
    TracePlot(series: [.init(name: "flat", mark: "v", values: [1, 1])]).write(to: &nothing)
    #expect(nothing.isEmpty)
  }
}
