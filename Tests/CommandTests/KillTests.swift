import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// SIGKILL at random instants and at each named step of a commit.
@Suite(.serialized) struct KillTests {
  /// The steps of docs/format.md, "Commit".
  static let steps = [
    "manifest-begun", "manifest-written", "manifest-synced", "manifest-replaced", "journal-made", "journal-half",
    "journal-half:100", "journal-written", "journal-written:100", "shard-built", "shard-begun", "shard-written",
    "shard-synced", "shard-linked", "shard-alone", "shard-done", "journal-gone", "shard-synced:2", "shard-done:2",
    "manifest-written:2", "manifest-synced:2", "journal-gone:2",
  ]

  /// Enough runs for a full shard in the middle of the sweep and a second one at its end.
  @Test func aKillAtEachStepOfACommitCostsTheRunsInFlight() throws {
    let faults = try FaultFixture(seeds: 34)
    for step in Self.steps {
      faults.removeResults()
      let killed = try faults.start(["RAVINE_FAULT": step]).wait()
      #expect(killed.status == 128 + SIGKILL, "\(step)")
      let kept = faults.identities.count
      if let passing = step.split(separator: ":").dropFirst().first.flatMap({ Int($0) }), step.hasPrefix("journal-w") {
        #expect(kept == passing, "\(step)")
      }
      if step.hasPrefix("shard") || step.hasPrefix("journal-gone") { #expect(kept >= 256, "\(step)") }
      let files = FileManager.default.fileExists(atPath: faults.fixture.folder.path("results/spirals/sweep.json"))
      if files {
        #expect(try Verification(of: faults.fixture.folder.path("results/spirals")).isWhole, "\(step)")
      }
      try faults.finishAndCompare(step)
    }
  }

  /// 200 with RAVINE_LONG_TESTS=1. Signals of crashes stand for a worker that takes its process along.
  @Test func killsAtRandomInstantsCostTheRunsInFlight() throws {
    let kills = FaultFixture.isLong ? 200 : 10
    let faults = try FaultFixture(seeds: FaultFixture.isLong ? 150 : 34)
    let started = ContinuousClock.now
    #expect(try faults.fixture.sweep("run", "spirals.yaml", "--output", "clock", "--workers", "2").status == 0)
    let undisturbed = (ContinuousClock.now - started) / .seconds(1)
    var random = SystemRandomNumberGenerator()
    var (done, sweeps, spent, torn) = (0, 0, 0.0, 0)
    while done < kills {
      faults.removeResults()
      var known: Set<TrialIdentity> = []
      while true {
        let signal = [SIGKILL, SIGKILL, SIGSEGV, SIGABRT].randomElement(using: &random)!
        let start = ContinuousClock.now
        let running = try faults.start()
        usleep(UInt32.random(in: 0..<UInt32(undisturbed * 0.25e6), using: &random))
        let isLast = done == kills
        if !isLast { running.send(signal: signal) }
        let status = try running.wait().status
        spent += (ContinuousClock.now - start) / .seconds(1)
        if status == 0 { break }
        #expect(status == 128 + signal)
        done += 1
        // Nothing that was there is gone.
        let now = faults.identities
        #expect(now.isSuperset(of: known))
        known = now
        torn += try tornJournals(faults)
      }
      sweeps += 1
      try faults.compare("sweep \(sweeps)")
    }
    let cost = (spent - Double(sweeps) * undisturbed) / Double(done) * 1000
    print(
      "\(done) kills at random instants in \(sweeps) sweeps of \(faults.runs) runs: no run lost but those in flight, "
        + "\(torn) records cut off, \(Int(cost.rounded())) ms a kill (start, reading what is there, runs done again) "
        + "beside \(Int((undisturbed * 1000).rounded())) ms of a sweep undisturbed")
  }

  private func tornJournals(_ faults: FaultFixture) throws -> Int {
    let path = faults.fixture.folder.path("results/spirals")
    guard FileManager.default.fileExists(atPath: path + "/sweep.json") else { return 0 }
    let verification = try Verification(of: path)
    #expect(verification.isWhole)
    return verification.files.count { $0.kind == .journal && $0.lost == 1 && $0.runs > 0 }
  }
}
