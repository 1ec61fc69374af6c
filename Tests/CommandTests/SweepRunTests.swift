import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// Drives the built `sweep run` as a user does.
@Suite struct SweepRunTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  @Test func trainsEveryTrialAndLooksAtTheTestSetForTheWinner() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 2))
    let result = try fixture.sweep("run", file, "--workers", "2")
    #expect(result.status == 0)
    #expect(result.standardError.hasPrefix("spirals: 16 runs, 2 workers, into results/spirals\n"))
    let lines = result.standardOutput.split(separator: "\n").map(String.init)
    try #require(lines.count == 6, "\(result.standardOutput)")
    #expect(lines[0].hasPrefix("16 runs in ") && lines[0].hasSuffix("s: 12 completed, 4 diverged"))
    #expect(lines[1].hasPrefix("Best configuration: optimizer=adam, learning_rate=0.03, keep_probability="))
    #expect(lines[2].hasSuffix(" over 2 seeds (validation_loss at the best epoch, lower is better)"))
    #expect(lines[3].hasPrefix("  test loss "))
    #expect(lines[3].hasSuffix(": the test set, looked at once, for the winner only"))
    #expect(lines[4...] == ["Results: results/spirals", "Ranking: summary results/spirals"])

    let records = try fixture.records("results/spirals")
    #expect(records.count == 16)
    for record in records {
      let rate = try #require(record.hyperparameters.first { $0.name == "learning_rate" }).value
      if rate == .number(1e6) {
        guard case .diverged(let step) = record.outcome else {
          Issue.record("\(record.outcome) at a learning rate of 1e6")
          continue
        }
        #expect((1...20).contains(step))
      } else {
        #expect(record.outcome == .completed)
        #expect(record.trace.count == 21)
        #expect(record.weights.best.count == 2 * 32 + 32 + 32 * 16 + 16 + 16 * 3 + 3)
      }
    }
    let evaluation = try #require(try ResultReader(path: fixture.folder.path("results/spirals")).testEvaluation)
    let winner = try #require(lines[1].split(separator: "=").last)
    let runs = records.filter { record in evaluation.runs.contains { $0.identity == record.identity.description } }
    #expect(runs.count == 2 && evaluation.runs.count == 2)
    for run in runs {
      let keep = run.hyperparameters.first { $0.name == "keep_probability" }?.value.description
      #expect(keep?.hasSuffix(winner) == true)
    }
  }

  /// Each seed more is another look at the test set; the same runs again are none.
  @Test func looksAtTheTestSetAreCounted() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 3))
    let looks = ["once, for the winner only"] + [2, 3, 3].map { "\($0) times, each time for the winner of then" }
    for (seeds, says) in zip(["0", "0,1", "0,1,2", "0,1,2"], looks) {
      let result = try fixture.sweep("run", file, "--set", "seed=\(seeds)")
      #expect(result.standardOutput.contains(": the test set, looked at \(says)\n"), "\(result.standardOutput)")
    }
    let summary = Command("summary", directory: fixture.folder.url)
    let text = try summary.run(["results/spirals"]).standardOutput
    #expect(text.contains("The test set was looked at 3 times, each time for the winner of then: loss"))
    let test = try ParsedJSON(try summary.run(["results/spirals", "--json"]).standardOutput)["test"]
    #expect(test["looks"].number == 3 && test["looks_are_all_known"] == .truth(true))
    // Who removes the file removes what was known of them, and not that there were some.
    try FileManager.default.removeItem(atPath: fixture.folder.path("results/spirals/test.json"))
    let again = try fixture.sweep("run", file, "--set", "seed=0,1,2")
    #expect(
      again.standardOutput.contains(": the test set, looked at for the winner only, at least once"),
      "\(again.standardOutput)")
  }

  /// Each run keeps how many trained beside it, whatever trained the others.
  @Test func theNumberOfWorkersIsStoredByRun() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 3))
    #expect(try fixture.sweep("run", file, "--workers", "3", "--set", "seed=0,1").status == 0)
    #expect(try fixture.sweep("run", file, "--workers", "1").status == 0)
    let runs = try ResultReader(path: fixture.folder.path("results/spirals")).summaries()
    #expect(runs.count { $0.cost.workers == 3 } == 16 && runs.count { $0.cost.workers == 1 } == 8)
    let summary = Command("summary", directory: fixture.folder.url)
    let text = "1 trial at a time (8 runs), 3 trials at a time (16 runs)"
    let ranking = try summary.run(["results/spirals"]).standardOutput
    #expect(ranking.contains("trained           \(text)\n") && !ranking.contains("not comparable"))
    let byTime = try summary.run(["results/spirals", "--by", "training_seconds"]).standardOutput
    #expect(byTime.contains("The runs' times are not comparable"))
    let csv = try summary.run(["results/spirals", "--runs", "--csv"]).standardOutput
    #expect(csv.split(separator: "\n").first?.contains(",training_seconds,workers,") == true)
  }

  /// A run that was tested is not tested again: a mark in its result stays.
  @Test func moreSeedsOfTheWinnerAreTheOnlyOnesTested() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 2))
    #expect(try fixture.sweep("run", file).status == 0)
    let path = fixture.folder.path("results/spirals")
    var evaluation = try #require(try ResultReader(path: path).testEvaluation)
    let whole = try fixture.sweep("run", file, "--set", "seed=0,1,2", "--output", "whole")
    let expected = try #require(try ResultReader(path: fixture.folder.path("whole/spirals")).testEvaluation)
    try #require(Set(expected.runs.map(\.identity)).isSuperset(of: evaluation.runs.map(\.identity)))
    var marked = evaluation.runs
    marked[0].loss = 12345
    evaluation = TestEvaluation(selection: evaluation.selection, runs: marked)
    try ResultStore.write(evaluation, directory: path)
    let grown = try fixture.sweep("run", file, "--set", "seed=0,1,2")
    #expect(whole.standardError.contains("for the winner, 3 seeds\n"))
    #expect(grown.standardError.contains("for the winner, 1 seed\n"))
    let after = try #require(try ResultReader(path: path).testEvaluation)
    let differing = zip(after.runs, expected.runs).filter { $0 != $1 }
    #expect(after.runs.count == 3 && differing.count == 1)
    #expect(differing.first?.0 == evaluation.runs[0])
  }

  @Test func oneWorkerAndThreeGiveTheSameBits() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 3))
    for (workers, output) in [("1", "one"), ("3", "three")] {
      let result = try fixture.sweep("run", file, "--workers", workers, "--output", output, "--weights", "all")
      #expect(result.status == 0)
    }
    let one = try fixture.records("one/spirals")
    #expect(one.count == 24)
    #expect(one.allSatisfy { !$0.weights.initial.isEmpty })
    #expect(try fixture.records("three/spirals").map(BitPattern.init) == one.map(BitPattern.init))
  }

  @Test func theSameCommandAgainRunsNothingTwice() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    #expect(try fixture.sweep("run", file).status == 0)
    let before = try fixture.records("results/spirals")
    let again = try fixture.sweep("run", file, "--resume", "--workers", "1")
    #expect(again.status == 0)
    #expect(again.standardError == "spirals: 8 runs, 8 of them recorded already, 1 worker, into results/spirals\n")
    #expect(again.standardOutput.hasPrefix("0 runs in 0.0 s; in all: 6 completed, 2 diverged\n"))
    // A grid that grew runs what is new.
    let grown = try fixture.sweep("run", file, "--set", "seed=0,1", "--workers", "1")
    #expect(
      grown.standardError.hasPrefix("spirals: 16 runs, 8 of them recorded already, 1 worker, into results/spirals\n"))
    let after = try fixture.records("results/spirals")
    #expect(after.count == 16)
    let known = Set(before.map(BitPattern.init))
    #expect(after.filter { known.contains(BitPattern($0)) }.count == 8)
  }

  @Test func withoutAFileTheBuiltInExperimentRuns() throws {
    let result = try fixture.sweep("run", "--set", "epochs=2", "--set", "seed=0", "--weights", "none")
    #expect(result.status == 0)
    #expect(result.standardError.hasPrefix("digits-dropout: 90 runs, "))
    #expect(try fixture.records("results/digits-dropout").allSatisfy { $0.weights.best.isEmpty })
  }

  @Test func provenanceSaysWhatMadeTheResults() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    #expect(try fixture.sweep("run", file, "--set", "seed=4").status == 0)
    let manifest = try ResultReader(path: fixture.folder.path("results/spirals")).manifest
    #expect(manifest.provenance.libraries.keys.sorted() == ["blis", "hdf5", "onednn", "zlib"])
    #expect(manifest.provenance.dataHash.count == 32)
    #expect(manifest.provenance.version == "0.1.0")
    #expect(manifest.experimentText == SweepFixture.experiment(seeds: 1))
    #expect(manifest.setOptions == ["seed=4"] && manifest.dataFolder == ".")
    #expect(manifest.experimentWithOverrides == SweepFixture.experiment(seeds: 1) + "# --set seed=4\n")
    // As earlier versions wrote it.
    var earlier = manifest
    (earlier.setOptions, earlier.dataFolder) = (nil, nil)
    earlier.experimentText = manifest.experimentWithOverrides
    #expect(earlier.overrides == ["seed=4"] && earlier.folderOfData == ".")
    #expect(Array(manifest.arguments.dropFirst()) == ["run", "spirals.yaml", "--set", "seed=4"])
  }

  @Test func jsonLogsAreOneObjectALine() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    let result = try fixture.sweep("run", file, "--workers", "1", "--log-format", "json", "--fsync")
    #expect(result.status == 0)
    let events = try result.standardError.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(events.first?["message"] as? String == "spirals: 8 runs, 1 worker, into results/spirals")
    #expect(events.first?["total"] as? Int == 8)
    #expect(events.allSatisfy { $0["level"] as? String == "info" && $0["time"] is String })
  }
}

/// A record with its numbers as bits, so that NaN equals itself.
struct BitPattern: Hashable {
  private let identity: TrialIdentity
  private let outcome: TrialOutcome
  private let trace: [[UInt64]]
  private let weights: [[UInt64]]

  init(_ record: TrialRecord) {
    identity = record.identity
    outcome = record.outcome
    trace = Trace.columns.map { record.trace[keyPath: $0.values].map(\.bitPattern) }
    weights = [record.weights.initial, record.weights.best, record.weights.final].map { $0.doubles.map(\.bitPattern) }
  }
}
