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
    let faults = try FaultFixture(seeds: 66)
    for step in Self.steps {
      faults.removeResults()
      let killed = try faults.start(["RAVINE_FAULT": step]).wait()
      #expect(killed.status == 128 + SIGKILL, "\(step)")
      let kept = faults.identities.count
      if let passing = step.split(separator: ":").dropFirst().first.flatMap({ Int($0) }), step.hasPrefix("journal-w") {
        #expect(kept == passing, "\(step)")
      }
      if step.hasPrefix("shard") || step.hasPrefix("journal-gone") { #expect(kept >= 512, "\(step)") }
      let files = FileManager.default.fileExists(atPath: faults.fixture.folder.path("results/spirals/sweep.json"))
      if files {
        #expect(try Verification(of: faults.fixture.folder.path("results/spirals")).isWhole, "\(step)")
      }
      try faults.finishAndCompare(step)
    }
  }

  /// 200 with RAVINE_LONG_TESTS=1, then on the release build where there is one. Signals of crashes stand for a worker
  /// that takes its process along.
  @Test func killsAtRandomInstantsCostTheRunsInFlight() throws {
    let kills = FaultFixture.isLong ? 200 : 10
    let faults = try FaultFixture(
      seeds: FaultFixture.isLong ? 75 : 66, program: FaultFixture.isLong ? FaultFixture.releaseBuild : nil)
    var cost = KillCost()
    for _ in 0..<5 { cost.add(undisturbed: try faults.timeUndisturbed()) }
    // Every sweep is killed several times, at any instant from its start to its end.
    let longest = Int(cost.medianClock * 0.5e6)
    var random = SystemRandomNumberGenerator()
    var (done, sweeps, torn) = (0, 0, 0)
    while done < kills {
      faults.removeResults()
      var (known, before, spent) = (Set<TrialIdentity>(), done, KillCost.Time.none)
      while true {
        let signal = [SIGKILL, SIGKILL, SIGSEGV, SIGABRT].randomElement(using: &random)!
        let isLast = done == kills
        var status: Int32 = 0
        spent += try KillCost.time {
          // A backtrace of the crash would take longer than all that the kill costs.
          let running = try faults.start(["SWIFT_BACKTRACE": "enable=no"])
          if !isLast { kill(running, by: signal, after: .microseconds(Int.random(in: 0..<longest, using: &random))) }
          status = try running.wait().status
        }
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
      cost.add(starting: try KillCost.time { try #require(try faults.start().wait().status == 0) })
      cost.add(killed: spent, kills: done - before, undisturbed: try faults.timeUndisturbed())
    }
    let build = faults.fixture.program == nil ? "debug" : "release"
    print(
      """
      \(done) kills at random instants in \(sweeps) sweeps of \(faults.runs) runs, \(build) build: no run lost but \
      those in flight, at most two a kill, of \(try faults.millisecondsOfARun) ms each; \(torn) records cut off
      \(cost.text)
      """)
  }

  private func kill(_ running: Command.Running, by signal: Int32, after delay: Duration) {
    let end = ContinuousClock.now + delay
    while running.isRunning, ContinuousClock.now < end { usleep(200) }
    running.send(signal: signal)
  }

  private func tornJournals(_ faults: FaultFixture) throws -> Int {
    let path = faults.fixture.folder.path("results/spirals")
    guard FileManager.default.fileExists(atPath: path + "/sweep.json") else { return 0 }
    let verification = try Verification(of: path)
    #expect(verification.isWhole)
    return verification.files.count { $0.kind == .journal && $0.lost == 1 && $0.runs > 0 }
  }
}
