import Experiments
import TestSupport
import Testing

@testable import Reports

/// What could still become better is not said to be worse.
@Suite struct ConvergenceTests {
  /// Three seeds of a keep probability at each learning rate, the losses apart by more than their noise.
  private func runs(
    keep: Double, _ losses: [Double: Double], bestEpoch: Int = 5, epochs: Int = 30,
    outcome: TrialOutcome = .completed, optimizer: String = "adam"
  ) -> [SampleRun] {
    losses.flatMap { rate, loss in
      (0..<3).map { seed in
        SampleRun(
          optimizer: optimizer, learningRate: rate, keepProbability: [1, keep], seed: seed,
          loss: loss + [0.001, 0.003, 0.002][seed] * loss, outcome: outcome, epochs: epochs, bestEpoch: bestEpoch)
      }
    }
  }

  private func scope(_ runs: [SampleRun]) throws -> KeepProbabilityAnswer.Scope {
    try #require(KeepProbabilityAnswer(runs.ranking())).overall
  }

  private let inside: [Double: Double] = [0.001: 3, 0.01: 1, 0.1: 2]

  /// The tenth of 30 epochs is the last three.
  @Test(
    arguments: [
      (27, 30, TrialOutcome.completed, false), (28, 30, .completed, true), (30, 30, .completed, true),
      (10, 10, .completed, true), (9, 10, .completed, false), (29, 30, .stoppedEarly, false),
      (30, 30, .stoppedEarly, true),
      (30, 30, .converged, false), (0, 0, .completed, false),
    ])
  func bestInTheLastTenth(best: Int, epochs: Int, outcome: TrialOutcome, isImproving: Bool) throws {
    let level = try scope(runs(keep: 0.5, [0.01: 1], bestEpoch: best, epochs: epochs, outcome: outcome)).levels[0]
    #expect(
      level.convergence == Convergence(runs: 3, improving: isImproving ? 3 : 0, untrained: 0, learningRateEdge: nil))
  }

  /// The winner has converged, what it is compared with has not: only more epochs could say which is better.
  @Test func aVerdictIsWithheldWhereALevelStillImproves() throws {
    let none = runs(keep: 1, inside)
    let dropout = inside.mapValues { 2 * $0 }
    #expect(try scope(none + runs(keep: 0.5, dropout)).contrast?.verdict == .dropoutHurts)
    let open = none + runs(keep: 0.5, dropout, bestEpoch: 29)
    let found = try scope(open)
    #expect(found.contrast?.verdict == .notConverged && found.winner == 1)
    #expect(found.contrast?.convergence.none?.isConverged == true)
    #expect(found.levels.map { $0.convergence?.mark } == ["improving", "yes"])
    // The other way round the winner is what could become better still.
    #expect(
      try scope(none + runs(keep: 0.5, inside.mapValues { 0.5 * $0 }, bestEpoch: 29)).contrast?.verdict == .notConverged
    )
    let report = try SummaryReport(
      SweepResults(name: "open", selection: .standard, runs: open.summaries))
    var text = ""
    report.report(into: &text)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      words.contains(
        "whether dropout helps or hurts cannot be told: training has not converged (keep_probability 0.5, 3 of 3 runs best in"
          + " the last tenth of their epochs)."), "\(text)")
    #expect(
      words.contains(
        "! Not converged at keep_probability 0.5 (3 of 3 runs best in the last tenth of their epochs): which is best may"
          + " change with more epochs or other learning rates."), "\(text)")
    var output = ""
    report.writeJSON(to: &output)
    let json = try ParsedJSON(output)["keep_probability"]["overall"]
    #expect(json["against_no_dropout"]["verdict"].text == "not_converged")
    #expect(json["levels"][0]["convergence"]["converged"].truth == false)
    #expect(json["levels"][0]["convergence"]["improving_runs"].number == 3)
    #expect(json["levels"][1]["convergence"]["converged"].truth == true)
  }

  /// Pairs of any hyperparameter are withheld by the same rule; those whose sides have converged are told.
  @Test func pairsAreWithheldWhereASideStillImproves() throws {
    func optimizer(_ name: String, _ factor: Double, bestEpoch: Int = 5) -> [SampleRun] {
      runs(keep: 1, inside.mapValues { factor * $0 }, bestEpoch: bestEpoch, optimizer: name)
    }
    let open = optimizer("adam", 1) + optimizer("momentum", 2) + optimizer("rmsprop", 4, bestEpoch: 29)
    let pairs = try PairedComparisons(open.ranking(), of: "optimizer")
    #expect(pairs.levels.map(\.value) == ["adam", "momentum", "rmsprop"])
    #expect(pairs.levels.map(\.convergence.isConverged) == [true, true, false])
    #expect(pairs.pairs.map(\.verdict) == [.differs, .notConverged, .notConverged])
    // What is inside the noise needs no convergence to be called so.
    let equal = try PairedComparisons(
      (optimizer("adam", 1, bestEpoch: 29) + optimizer("momentum", 1)).ranking(), of: "optimizer")
    #expect(equal.pairs.map(\.verdict) == [.equal])
    var text = ""
    pairs.report(into: &text)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("not converged: cannot be told"), "\(text)")
    #expect(
      words.contains(
        "Not converged: optimizer rmsprop (3 of 3 runs best in the last tenth of their epochs): which is better may change"
          + " with more epochs or other learning rates."), "\(text)")
    let json = try parsed(pairs)
    #expect(
      json["pairs"].elements.map { $0["verdict"].text } == ["differs"]
        + Array(repeating: "not converged: cannot be told", count: 2))
    #expect(json["levels"].elements.map { $0["convergence"]["converged"].truth } == [true, true, false])
  }

  /// A level's best rate may be the last of its own grid. Rates that are compared themselves are no edge.
  @Test func pairsAreWithheldAtTheEdgeOfALevelsRates() throws {
    let runs = runs(keep: 1, inside) + runs(keep: 0.5, [0.001: 6, 0.01: 5, 0.1: 4])
    let keep = try PairedComparisons(runs.ranking(), of: "keep_probability")
    #expect(keep.levels.map(\.convergence.learningRateEdge) == [nil, .highest])
    #expect(keep.pairs.map(\.verdict) == [.notConverged])
    let rates = try PairedComparisons(self.runs(keep: 1, inside).ranking(), of: "learning_rate")
    #expect(rates.pairs.map(\.verdict) == [.differs, .differs, .differs])
  }

  /// A difference without noise is withheld as well.
  @Test func exactPairsAreWithheldToo() throws {
    let runs = [0.5, 1.0].flatMap { keep in
      (0..<3).map {
        SampleRun(keepProbability: [1, keep], seed: $0, loss: keep, epochs: 10, bestEpoch: keep == 1 ? 10 : 5)
      }
    }
    let pairs = try PairedComparisons(runs.ranking(), of: "keep_probability")
    #expect(pairs.pairs.map(\.verdict) == [.notConverged])
    let converged = runs.map { run in
      var run = run
      run.bestEpoch = 5
      return run
    }
    #expect(
      try PairedComparisons(converged.ranking(), of: "keep_probability").pairs.map(\.verdict) == [.differsInAllSeeds])
    let pair = try parsed(pairs)["pairs"][0]
    #expect(pair["p_value"] == .null && pair["adjusted_p_value"] == .null && pair["confidence_interval_95"] == .null)
  }

  /// Winners of two sweeps are told apart only where both have converged.
  @Test func winnersThatStillImproveAreNotCompared() throws {
    func comparison(bestEpoch: Int) -> SweepComparison {
      SweepComparison(
        ("short", runs(keep: 1, inside.mapValues { 2 * $0 }, bestEpoch: bestEpoch).ranking()),
        ("long", runs(keep: 1, inside).ranking()))
    }
    #expect(comparison(bestEpoch: 5).winnersVerdict == .differs)
    let open = comparison(bestEpoch: 29)
    #expect(open.winnersVerdict == .notConverged)
    var text = ""
    open.report(into: &text)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      words.contains(
        "Which is better cannot be told. Not converged: short (3 of 3 runs best in the last tenth of their epochs): more epochs"
          + " or other learning rates may change it."), "\(text)")
    let winners = try parsed(open)["winners"]
    #expect(winners["verdict"].text == "not converged: cannot be told")
    #expect(winners["convergence"].elements.map { $0["converged"].truth } == [false, true])
  }

  /// The best rate of a keep probability may be the last of its own, though the winner's is not; each optimizer has a grid.
  @Test func edgesOfEachKeepProbability() throws {
    let none = runs(keep: 1, inside)
    let found = try scope(
      none + runs(keep: 0.5, [0.001: 6, 0.01: 5, 0.1: 4]) + runs(keep: 0.8, [0.001: 7, 0.01: 8, 0.1: 9]))
    #expect(found.levels.map { $0.convergence?.learningRateEdge } == [.highest, .lowest, nil])
    #expect(found.levels.map { $0.convergence?.mark } == ["highest rate", "lowest rate", "yes"])
    #expect(found.contrast?.verdict == .notConverged)
    // Without the rates beyond, 0.01 is the last of 0.5's own.
    let cut = try scope(none + runs(keep: 0.5, [0.001: 6, 0.01: 5]))
    #expect(cut.levels.map { $0.convergence?.learningRateEdge } == [.highest, nil])
    // Momentum's only rate has no edge.
    let other = runs(keep: 0.5, [0.1: 0.5], optimizer: "momentum")
    #expect(try scope(none + other).levels[0].convergence?.learningRateEdge == nil)
  }

  /// Eight rates of a random search, four for each: those of one are no grid of its own.
  @Test func aRandomSearchHasOneGrid() throws {
    let rates = (1...8).map { 0.001 * Double($0) }
    let some = runs(keep: 1, [rates[1]: 1, rates[3]: 2, rates[5]: 3, rates[7]: 4])
    let others = runs(keep: 0.5, [rates[0]: 5, rates[2]: 6, rates[4]: 7, rates[6]: 8])
    #expect(try scope(some + others).levels.map { $0.convergence?.learningRateEdge } == [.lowest, nil])
  }
}
