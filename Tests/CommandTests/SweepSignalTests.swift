import Experiments
import Foundation
import TestSupport
import Testing

/// What a signal does to a running sweep.
@Suite struct SweepSignalTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  /// Starts a sweep that takes long, waits for its first records, and sends the signal.
  private func interrupt(_ signal: Int32, seeds: Int, through shell: String? = nil) throws -> Command.Result {
    let file = try fixture.write(SweepFixture.experiment(seeds: seeds))
    let running = try fixture.command().start(["run", file, "--workers", "2"], through: shell)
    while running.isRunning, fixture.recordedRuns("results/spirals") < 3 { usleep(1_000) }
    running.send(signal: signal)
    return try running.wait()
  }

  @Test func ctrlCKeepsWhatFinishedAndTheSameCommandDoesTheRest() throws {
    let seeds = 30
    let stopped = try interrupt(SIGINT, seeds: seeds)
    #expect(stopped.status == 130)
    #expect(stopped.standardError.hasSuffix("\nStopping; finished runs are kept. Once more ends at once.\n"))
    let kept = try fixture.records("results/spirals")
    #expect((3..<8 * seeds).contains(kept.count))
    #expect(stopped.standardOutput.hasPrefix("\(kept.count) runs in "))
    #expect(
      stopped.standardOutput.hasSuffix("The same command again runs the \(8 * seeds - kept.count) that are left.\n"))
    #expect(!fixture.exists("results/spirals/test.json"))

    let resumed = try fixture.sweep("run", "spirals.yaml")
    #expect(resumed.status == 0)
    #expect(resumed.standardError.hasPrefix("spirals: \(8 * seeds) runs, \(kept.count) of them recorded already, "))
    #expect(resumed.standardOutput.hasPrefix("\(8 * seeds - kept.count) runs in "))

    #expect(try fixture.sweep("run", "spirals.yaml", "--output", "whole").status == 0)
    let whole = try fixture.records("whole/spirals")
    #expect(whole.count == 8 * seeds)
    #expect(try fixture.records("results/spirals").map(\.identity) == whole.map(\.identity))
    #expect(try fixture.records("results/spirals").map(\.weights) == whole.map(\.weights))
    let evaluations = try ["results", "whole"].map {
      try Data(contentsOf: fixture.folder.url.appendingPathComponent("\($0)/spirals/test.json"))
    }
    #expect(evaluations[0] == evaluations[1])
  }

  @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)]) func otherSignalsStopAsWell(
    signal: Int32, status: Int32
  ) throws {
    let stopped = try interrupt(signal, seeds: 40)
    #expect(stopped.status == status)
    #expect(stopped.standardOutput.hasPrefix("\(fixture.recordedRuns("results/spirals")) runs in "))
  }

  @Test func aHangUpThatIsIgnoredStaysIgnored() throws {
    let result = try interrupt(SIGHUP, seeds: 8, through: "trap '' HUP; exec \"$0\" \"$@\"")
    #expect(result.status == 0)
    #expect(fixture.recordedRuns("results/spirals") == 64)
  }

  @Test func aReaderThatGoesAwayDoesNotEndTheSweep() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 2))
    let result = try fixture.command().start(
      ["run", file], through: "{ \"$0\" \"$@\" 2>&1; echo $? >status; } | true"
    ).wait()
    #expect(result.status == 0)
    let status = try String(contentsOf: fixture.folder.url.appendingPathComponent("status"), encoding: .utf8)
    #expect(status == "0\n")
    #expect(fixture.recordedRuns("results/spirals") == 16)
  }
}
