import Foundation
import TestSupport
import Testing

/// Two sweeps at once, and what `sweep status` and the engines say where there is no Slurm.
@Suite struct SweepStatusTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  @Test func aSecondSweepIsToldWhoRuns() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 40))
    let first = try fixture.command().start(["run", file, "--workers", "1"])
    while first.isRunning, fixture.recordedRuns("results/spirals") < 3 { usleep(1_000) }
    let second = try fixture.sweep("run", file)
    #expect(second.status == 75)
    #expect(
      second.standardError.hasPrefix("Error: results/spirals: another sweep is running there: process "),
      "\(second.standardError)")
    let status = try fixture.sweep("status", "results/spirals")
    #expect(status.status == 0 && status.standardOutput.contains(" of 320 runs on disk: "))
    #expect(status.standardOutput.contains("\nWritten to by process "))
    // Both end well.
    first.send(signal: SIGINT)
    #expect(try first.wait().status == 130)
    #expect(try fixture.sweep("verify", "results/spirals").status == 0)
  }

  @Test func statusCountsWhatIsOnDisk() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    #expect(try fixture.sweep("run", file).status == 0)
    #expect(
      try fixture.sweep("status", "results/spirals").standardOutput
        == "spirals: 8 of 8 runs on disk: 6 completed, 2 diverged\n")
    let json = try fixture.sweep("status", "results/spirals", "--json").standardOutput
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(object["runs"] as? Int == 8 && object["total"] as? Int == 8)
    #expect((object["outcomes"] as? [String: Int]) == ["completed": 6, "diverged": 2])
    #expect(try fixture.sweep("status", "nowhere").status == 66)
    // Another grid of the same experiment.
    #expect(try fixture.sweep("run", file, "--set", "grid.dropout.keep_probability=1").status == 0)
    #expect(
      try fixture.sweep("status", "results/spirals").standardOutput
        == "spirals: 8 runs on disk, 4 in the grid that ran last: 6 completed, 2 diverged\n")
    let cancelled = try fixture.sweep("cancel", "results/spirals")
    #expect(cancelled.status == 66)
    #expect(cancelled.standardError == "Error: results/spirals: no sweep was submitted to Slurm from there\n")
  }

  @Test func withoutSlurmItIsSaid() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    let result = try fixture.command(["PATH": fixture.folder.path]).run(["run", file, "--engine", "slurm"])
    #expect(result.status == 69)
    #expect(result.standardError.hasPrefix("Error: scontrol cannot be run: it is not on the PATH."))
    #expect(!fixture.exists("results"))
    let local = try fixture.sweep("run", file, "--tasks", "4")
    #expect(local.status == 64)
    #expect(local.standardError.hasPrefix("Error: options for Slurm need --engine slurm\n"))
    #expect(try fixture.sweep("run", file, "--engine", "slurm", "--tasks", "0").status == 64)
    #expect(try fixture.sweep("run", file, "--engine", "slurm", "--sbatch", "wrap").status == 64)
  }
}
