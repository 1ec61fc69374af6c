import Foundation
import TestSupport
import Testing

/// What a kill leaves of a submission to Slurm, with programs of the test's own in the place of Slurm's: a list of jobs is
/// all that they keep. scripts/test-slurm has a real one.
@Suite struct SlurmBookkeepingTests {
  private let fixture: SweepFixture

  init() throws {
    fixture = try SweepFixture()
    _ = try fixture.write(SweepFixture.experiment(seeds: 1).replacing("epochs: 20", with: "epochs: 2"))
    try FileManager.default.createDirectory(
      at: fixture.folder.url.appendingPathComponent("bin"), withIntermediateDirectories: false)
    try program("scontrol", "echo MaxArraySize = 4")
    try program(
      "sbatch",
      """
      for argument; do case $argument in --job-name=*) name=${argument#--job-name=};; esac; done
      number=$(($(wc -l <jobs) + 101))
      echo "$number $name" >>jobs
      [ -z "$KILL" ] || kill -9 $PPID
      echo "$number"
      """)
    try program(
      "squeue",
      """
      for argument; do
        case $argument in
          --name=*) tr , '\\n' <<END | while read name; do sed -n "s/^\\([0-9]*\\) $name\\$/\\1|0|PENDING|Resources/p" jobs; done
      ${argument#--name=}
      END
          ;;
        esac
      done
      """)
    try program("scancel", "for number; do sed -i \"/^$number /d\" jobs; done")
    try Data().write(to: fixture.folder.url.appendingPathComponent("jobs"))
  }

  private func program(_ name: String, _ text: String) throws {
    let path = fixture.folder.path("bin/\(name)")
    try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  private func sweep(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Command.Result {
    let path = fixture.folder.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    return try fixture.command(["PATH": path].merging(environment) { $1 }.mapValues { $0 }).run(arguments)
  }

  private var jobs: [Substring] {
    get throws {
      try String(contentsOf: fixture.folder.url.appendingPathComponent("jobs"), encoding: .utf8).split(separator: "\n")
        .map { Substring($0) }
    }
  }

  private let submission = ["run", "spirals.yaml", "--engine", "slurm", "--sbatch=--job-name=mine"]

  @Test func aJobWhoseNumberWasNeverWrittenDownIsFound() throws {
    #expect(try sweep(submission, ["KILL": "1"]).status == 137)
    let found = try jobs
    #expect(found.count == 1 && found[0].wholeMatch(of: /101 mine-[0-9a-f]{8}/) != nil, "\(found)")

    let status = try sweep(["status", "results/spirals"])
    #expect(status.status == 0 && status.standardOutput.contains("Slurm: 1 task: 1 pending (Resources)\n"))
    for arguments in [submission, ["run", "spirals.yaml"]] {
      let refused = try sweep(arguments)
      #expect(refused.status == 75, "\(arguments)")
      #expect(refused.standardError.contains("job 101 of it are still queued or running"), "\(refused.standardError)")
    }
    let cancelled = try sweep(["cancel", "results/spirals"])
    #expect(cancelled.status == 0 && cancelled.standardOutput == "Ended 1 task; finished runs are kept.\n")
    #expect(try jobs == [])
    #expect(try sweep(["run", "spirals.yaml"]).status == 0)
  }

  @Test func aFolderFromWhichNothingWasSubmittedIsNone() throws {
    #expect(try sweep(submission).status == 0)
    #expect(try sweep(["cancel", "results/spirals"]).status == 0)
    try FileManager.default.createDirectory(
      at: fixture.folder.url.appendingPathComponent("results/spirals/slurm/2"), withIntermediateDirectories: false)
    let status = try sweep(["status", "results/spirals"])
    #expect(status.status == 0, "\(status.standardError)")
    #expect(try sweep(["cancel", "results/spirals"]).status == 0)
    #expect(try sweep(submission).status == 0)
    #expect(fixture.exists("results/spirals/slurm/3/submission.json"))
    #expect(try sweep(["cancel", "results/spirals"]).status == 0)
    #expect(try sweep(["run", "spirals.yaml"]).status == 0)
  }
}
