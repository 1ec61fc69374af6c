import ArgumentParser
import Experiments
import Foundation
import Harness
import Reports
import Store

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far a sweep is, from what is on disk, and what Slurm does for it.",
    discussion: """
      Runs are counted in shards and journals; squeue is asked about the tasks of sweeps that were submitted with \
      --engine slurm. Exit status: 0, 65 damaged results, 66 no such results, 74 something could not be read.
      """)

  @Argument(help: .init("The directory a sweep writes.", valueName: "results"), completion: .directory)
  var results: String

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    var exitStatus: ExitCode?
    try exitOnFailure {
      let status = try SweepStatus(of: results)
      print(json ? try status.json() : status.text, terminator: "")
      exitStatus = status.exitStatus
    }
    if let exitStatus { throw exitStatus }
  }
}

struct CancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "End the Slurm jobs of a sweep; finished runs are kept.",
    discussion: "The same `sweep run` goes on from there. Exit status: 0, 66 nothing was submitted, 69 no Slurm.")

  @Argument(help: .init("The directory a sweep writes.", valueName: "results"), completion: .directory)
  var results: String

  func run() throws {
    try exitOnFailure {
      let submissions = try SubmissionFolder.all(in: results)
      guard !submissions.isEmpty else { throw SlurmError.nothingSubmitted(directory: results) }
      let client = SlurmClient()
      let queued = try client.queue(of: submissions)
      try client.cancel(Set(queued.map(\.job)).sorted())
      for damage in submissions.compactMap(\.damage) { print("! \(TerminalText.escaped(damage))") }
      print(
        queued.isEmpty
          ? "No task is queued or running." : "Ended \(Quantity.count(queued.count, "task")); finished runs are kept.")
    }
  }
}
