import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// Trials that cannot be trained on this machine do not keep the others from it.
@Suite struct SweepLimitTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  /// Three small networks and a large one, which is the heaviest.
  private func experiment(largest: Int) throws -> String {
    try fixture.write(
      """
      name: limits
      data: {source: {spirals: {samples: 600, classes: 3}}}
      network: {activation: relu}
      loss: softmax_cross_entropy
      training: {epochs: 20}
      grid:
        optimizer: [{name: adam, learning_rate: 0.01}]
        hidden: [[8], [9], [10], [\(largest), \(largest)]]
        batch_size: 32
        seed: 0

      """)
  }

  private func outcomes() throws -> [String: TrialOutcome] {
    let runs = try ResultReader(path: fixture.folder.path("results/limits")).summaries()
    return Dictionary(
      uniqueKeysWithValues: runs.map { run in
        (run.hyperparameters.first { $0.name == "hidden" }?.value.description ?? "", run.outcome)
      })
  }

  private func expectOneFailed(_ reason: String) throws {
    let outcomes = try outcomes()
    #expect(outcomes.count == 4 && outcomes.values.count { $0 == .completed } == 3)
    let messages = outcomes.values.compactMap { if case .failed(let message) = $0 { message } else { nil } }
    #expect(messages.count == 1 && messages[0].contains(reason), "\(messages)")
  }

  @Test func whatMemoryCannotHoldFails() throws {
    let file = try experiment(largest: 30_000)
    let result = try fixture.command().start(
      ["run", file, "--workers", "2", "--weights", "none"], through: "ulimit -v 8000000; exec \"$0\" \"$@\""
    ).wait()
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardError.contains("of memory, this process can have 7.6 GiB"), "\(result.standardError)")
    try expectOneFailed("of memory, this process can have")
  }

  /// A trial that would fit into the limit, but not beside what the program takes itself: 1.8 GiB of 1.9 GiB, of which the
  /// program's code and threads have more than the rest.
  @Test func whatTheSystemRefusesFails() throws {
    let file = try experiment(largest: 9_500)
    let result = try fixture.command().start(
      ["run", file, "--workers", "2", "--weights", "none"], through: "ulimit -v 2000000; exec \"$0\" \"$@\""
    ).wait()
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardError.contains("failed: there was no memory for it"), "\(result.standardError)")
    try expectOneFailed("the system does not let it have 2.3 GiB more")
  }

  /// What an engine that waits for the next seed keeps, and what was freed, is not taken for missing.
  @Test func whatFitsIsTrained() throws {
    let file = try fixture.write(
      """
      name: limits
      data: {source: {spirals: {samples: 60, classes: 3}}}
      network: {activation: relu}
      loss: softmax_cross_entropy
      training: {epochs: 1}
      grid:
        optimizer: [{name: adam, learning_rate: 0.01}]
        hidden: [[3000, 3000], [2900, 2900]]
        batch_size: 32
        seed: {from: 0, count: 3}

      """)
    let result = try fixture.command().start(
      ["run", file, "--workers", "2", "--weights", "none"], through: "ulimit -v 1200000; exec \"$0\" \"$@\""
    ).wait()
    #expect(result.status == 0, "\(result.standardError)")
    let runs = try ResultReader(path: fixture.folder.path("results/limits")).summaries()
    #expect(runs.count == 6 && runs.allSatisfy { $0.outcome == .completed }, "\(result.standardError)")
  }

  @Test func whatCannotBeStoredFails() throws {
    let file = try experiment(largest: 10_000)
    let result = try fixture.sweep("run", file, "--weights", "all")
    #expect(result.status == 0, "\(result.standardError)")
    try expectOneFailed("its record would take 1.1 GiB, 1.0 GiB at most are stored")
  }

  /// The first to be trained crashes; then it comes last, and crashes again; then it is set aside.
  @Test func whatCrashesTwiceIsSetAside() throws {
    let file = try experiment(largest: 20)
    func crash(at passing: Int) throws -> Command.Result {
      try fixture.command(["RAVINE_FAULT": "trial-crash:\(passing)"]).run(["run", file, "--workers", "1"])
    }
    #expect(try crash(at: 1).status != 0)
    #expect(fixture.recordedRuns("results/limits") == 0)
    let second = try crash(at: 4)
    #expect(second.status != 0 && second.standardError.contains("they come last"), "\(second.standardError)")
    #expect(fixture.recordedRuns("results/limits") == 3)
    for _ in 0..<2 {
      let third = try fixture.sweep("run", file)
      #expect(third.status == 0, "\(third.standardError)")
      try expectOneFailed("the process crashed 2 times while it was training this run, the last time of signal 11")
    }
    #expect(try Verification(of: fixture.folder.path("results/limits")).isWhole)
    try FileManager.default.removeItem(atPath: fixture.folder.path("results/limits/running"))
    #expect(try fixture.sweep("run", file).status == 0)
    #expect(try outcomes().values.allSatisfy { $0 == .completed })
  }

  /// Two crashes while others were under way blame nobody: the rest of the grid is trained, and the suspects after it.
  @Test func whatWasBesideACrashIsTrainedAll() throws {
    let file = try experiment(largest: 20)
    for passing in [2, 1] {
      _ = try fixture.command(["RAVINE_FAULT": "trial-crash:\(passing)"]).run(["run", file, "--workers", "2"])
    }
    #expect(try fixture.sweep("run", file).status == 0)
    #expect(try outcomes().count == 4)
  }
}
