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

  /// A digit of a file in `slurm/1`.
  private func change(_ name: String, _ text: String, to other: String) throws {
    let path = fixture.folder.url.appendingPathComponent("results/spirals/slurm/1/\(name)")
    let whole = try String(contentsOf: path, encoding: .utf8)
    let changed = whole.replacing(text, with: other)
    try #require(changed != whole)
    try changed.write(to: path, atomically: true, encoding: .utf8)
  }

  @Test func theJobsOfADamagedSubmissionAreFound() throws {
    #expect(try sweep(submission + ["--tasks", "3"]).status == 0)
    try change("submission.json", "\"tasks\" : 3", to: "\"tasks\" : 2")
    let damage = "results/spirals/slurm/1/submission.json: damaged: its checksum differs"

    let status = try sweep(["status", "results/spirals"])
    #expect(status.status == 0 && status.standardOutput.contains("Slurm: 1 task: 1 pending (Resources)\n"))
    #expect(status.standardOutput.contains("! \(damage)"), "\(status.standardOutput)")
    #expect(try sweep(submission).status == 75)
    let task = try sweep(["task", "results/spirals/slurm/1", "0"])
    #expect(task.status == 65 && task.standardError.contains(damage), "\(task.standardError)")
    let verified = try sweep(["verify", "results/spirals"])
    #expect(verified.status == 65 && verified.standardOutput.contains(damage), "\(verified.standardOutput)")
    let cancelled = try sweep(["cancel", "results/spirals"])
    #expect(cancelled.status == 0 && cancelled.standardOutput.hasSuffix("Ended 1 task; finished runs are kept.\n"))
    #expect(cancelled.standardOutput.contains(damage) && jobsAreOver())

    let repaired = try sweep(["verify", "--repair", "results/spirals"])
    #expect(repaired.status == 0 && repaired.standardOutput.contains(damage), "\(repaired.standardOutput)")
    let after = try sweep(["status", "results/spirals"])
    #expect(after.status == 0 && !after.standardOutput.contains("damaged"), "\(after.standardOutput)")
    #expect(after.standardOutput.contains("8 runs left and no task is queued"), "\(after.standardOutput)")
    #expect(try sweep(submission).status == 0)
    #expect(try sweep(["verify", "results/spirals"]).status == 0)
  }

  private func jobsAreOver() -> Bool { (try? jobs) == [] }

  /// The first task goes by the list, the others by what the sweep has: all runs are trained, and none is lost.
  @Test(arguments: ["changed", "lost"]) func sharesAreDealtOutAnew(damage: String) throws {
    #expect(try sweep(submission + ["--tasks", "3"]).status == 0)
    let folder = "results/spirals/slurm/1"
    #expect(try sweep(["task", folder, "0"]).status == 0)
    #expect(fixture.recordedRuns("results/spirals") == 3)
    if damage == "changed" {
      let trials = try String(
        contentsOf: fixture.folder.url.appendingPathComponent("\(folder)/trials"), encoding: .utf8)
      try change("trials", String(trials.prefix(32)), to: String(trials.prefix(32).reversed()))
      let verified = try sweep(["verify", "results/spirals"])
      #expect(verified.status == 65)
      #expect(verified.standardOutput.contains("\(folder)/trials: damaged: its checksum differs"))
    } else {
      try FileManager.default.removeItem(atPath: fixture.folder.path("\(folder)/trials"))
    }
    for task in ["0", "1", "2"] {
      let result = try sweep(["task", folder, task])
      #expect(result.status == 0, "\(result.standardError)")
      #expect(result.standardError.contains("\(folder)/trials: damaged: "), "\(result.standardError)")
      #expect(result.standardError.contains("takes its share of all runs"), "\(result.standardError)")
    }
    #expect(fixture.recordedRuns("results/spirals") == 8)
    #expect(try sweep(["verify", "--repair", "results/spirals"]).status == 0)
  }
}
