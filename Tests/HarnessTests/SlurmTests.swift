import Experiments
import Foundation
import Store
import TestSupport
import Testing

@testable import Harness

/// What is asked of Slurm and what its answers mean; scripts/test-slurm runs sweeps on a real one.
@Suite struct SlurmTests {
  @Test func readsTheLargestArray() throws {
    let text = "Configuration data as of 2024-01-01T00:00:00\nMaxArraySize            = 1001\nMaxDBDMsgs = 20008\n"
    #expect(try SlurmClient.maximumArraySize(in: text) == 1001)
    for wrong in ["", "MaxArraySize = 0", "MaxArraySize = many", "MaxArraySizes = 5"] {
      #expect(throws: SlurmError.self) { try SlurmClient.maximumArraySize(in: wrong) }
    }
  }

  @Test(arguments: [
    (1, 4, [0..<1]), (4, 4, [0..<4]), (6, 4, [0..<4, 4..<6]), (9, 1001, [0..<9]), (3, 1, [0..<1, 1..<2, 2..<3]),
  ])
  func tasksAreSplitIntoArrays(tasks: Int, maximum: Int, arrays: [Range<Int>]) {
    #expect(SlurmSubmission.arrays(tasks: tasks, maximum: maximum) == arrays)
  }

  @Test func readsTheQueue() {
    let tasks = SlurmClient.tasks(in: "12|3|RUNNING|None\n12|4|PENDING|Resources\nslurm: a word\n7|N/A|RUNNING|None\n")
    #expect(tasks.map(\.index) == [3, 4] && tasks.map(\.job) == [12, 12])
    #expect(tasks.map(\.state) == ["RUNNING", "PENDING"] && tasks[1].reason == "Resources")
  }

  @Test func pathsInTheScriptAreOneWord() throws {
    let script = SlurmEngine.script(folder: "/a b/it's $HOME/`x`", jobName: "x-00000000")
    let line = try #require(script.split(separator: "\n").last)
    #expect(line.hasSuffix(#" task '/a b/it'\''s $HOME/`x`' "$(($1 + SLURM_ARRAY_TASK_ID))""#))
    #expect(script.hasPrefix("#!/bin/sh\n"))
  }

  @Test func theTrialsAreDealtOutOnce() throws {
    let folder = try TemporaryDirectory()
    let identities = fakeTrials(23).map(\.identity)
    var submission = SlurmSubmission(
      experimentText: "name: x\n", file: "x.yaml", overrides: ["seed=1"], dataDirectory: "/data", weights: "best",
      workers: 2, synchronizes: true, arguments: [], settings: .init(), tasks: 5)
    submission.jobs = [.init(number: 8, offset: 0, count: 5)]
    let first = try SlurmSubmission.makeFolder(in: folder.path)
    #expect(try SlurmSubmission.makeFolder(in: folder.path).hasSuffix("/slurm/2"))
    try submission.write(trials: identities, to: first)
    try submission.write(to: first)
    #expect(try SlurmSubmission.read(first) == submission)
    let shares = try (0..<5).map { try submission.trials(of: $0, folder: first) }
    #expect(shares.map(\.count) == [5, 5, 5, 4, 4])
    #expect(shares.reduce(Set()) { $0.union($1) } == Set(identities))
    #expect(shares[1].contains(identities[1]) && shares[1].contains(identities[6]))

    try Data("no identity\n".utf8).write(to: URL(fileURLWithPath: first + "/trials"))
    #expect(throws: SlurmError.self) { try submission.trials(of: 0, folder: first) }
    // An earlier version wrote no checksum; it read the lines alone.
    submission.trialsChecksum = nil
    #expect(throws: SlurmError.damaged(path: first + "/trials", reason: "line 1 is no identity")) {
      try submission.trials(of: 0, folder: first)
    }
    try JSONEncoder().encode(submission).write(to: URL(fileURLWithPath: first + "/submission.json"))
    #expect(try SlurmSubmission.read(first) == submission)
    try Data("{".utf8).write(to: URL(fileURLWithPath: first + "/submission.json"))
    #expect(throws: SlurmError.self) { try SubmissionFolder.all(in: folder.path) }
  }

  /// zlib's CRC-32 finds each change of a bit; the name of the jobs is found in their script all the same.
  @Test func everyChangedByteIsSeen() throws {
    let folder = try TemporaryDirectory()
    let path = try SlurmSubmission.makeFolder(in: folder.path)
    var submission = SlurmSubmission(
      experimentText: "name: x\n", file: "x.yaml", overrides: [], dataDirectory: "/data", weights: "best", workers: 1,
      synchronizes: false, arguments: [], settings: .init(), tasks: 1)
    submission.jobName = "a name (crc32 of it)-00000007"
    try submission.write(trials: fakeTrials(3).map(\.identity), to: path)
    try submission.write(to: path)
    let script = SlurmEngine.script(folder: path, jobName: submission.jobName ?? "")
    try Data(script.utf8).write(to: URL(fileURLWithPath: path + "/job.sh"))
    #expect(
      try SubmissionFolder.all(in: folder.path)
        == [SubmissionFolder(path: path, submission: submission, jobName: submission.jobName)])

    func change(_ name: String, _ check: (Int) throws -> Void) throws {
      let file = URL(fileURLWithPath: "\(path)/\(name)")
      let whole = try Data(contentsOf: file)
      for position in whole.indices {
        var changed = whole
        changed[position] ^= 1
        try changed.write(to: file)
        try check(position)
      }
      try whole.write(to: file)
    }
    try change("trials") { position in
      #expect(throws: SlurmError.self, "byte \(position)") { try submission.trials(of: 0, folder: path) }
    }
    try change("submission.json") { position in
      #expect(throws: SlurmError.self, "byte \(position)") { try SlurmSubmission.read(path) }
      let found = try SubmissionFolder.all(in: folder.path)
      #expect(found.count == 1 && found[0].submission == nil && found[0].jobName == submission.jobName)
      #expect(found[0].damage?.hasPrefix("\(path)/submission.json: damaged: ") == true)
    }
    // Without submission.json, the name is that which was written or none.
    try FileManager.default.removeItem(atPath: path + "/submission.json")
    try change("job.sh") { position in
      let name = try SubmissionFolder.all(in: folder.path).first?.jobName
      #expect(name == nil || name == submission.jobName, "byte \(position)")
    }
    #expect(try SubmissionFolder.all(in: folder.path).map(\.jobName) == [submission.jobName])
  }

  /// What cannot be reached just now may be running: it is neither absent nor damaged. Links in circles stand for it.
  @Test func whatCannotBeReadIsNotAbsent() throws {
    let folder = try TemporaryDirectory()
    #expect(try SubmissionFolder.all(in: folder.path).isEmpty)
    let first = try SlurmSubmission.makeFolder(in: folder.path)
    #expect(try SubmissionFolder.all(in: folder.path).isEmpty)
    let submission = SlurmSubmission(
      experimentText: "name: x\n", file: "x.yaml", overrides: [], dataDirectory: "/data", weights: "best", workers: 1,
      synchronizes: false, arguments: [], settings: .init(), tasks: 1)
    try submission.write(to: first)
    #expect(try SubmissionFolder.all(in: folder.path).map(\.submission) == [submission])
    #expect(throws: SlurmError.damaged(path: first + "/trials", reason: "it is not there")) {
      try submission.trials(of: 0, folder: first)
    }
    func replaceByLoop(_ path: String) throws {
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
    }
    func expectLoop(_ operation: String, _ path: String, _ body: () throws -> Void) {
      let error = #expect(throws: StoreError.self, performing: body)
      guard case .system(operation, path, ELOOP) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    try replaceByLoop(first + "/trials")
    expectLoop("open", first + "/trials") { _ = try submission.trials(of: 0, folder: first) }
    try replaceByLoop(first + "/submission.json")
    expectLoop("open", first + "/submission.json") { _ = try SlurmSubmission.read(first) }
    expectLoop("stat", first + "/submission.json") { _ = try SubmissionFolder.all(in: folder.path) }
    try replaceByLoop(folder.path + "/slurm")
    expectLoop("stat", folder.path + "/slurm") { _ = try SubmissionFolder.all(in: folder.path) }
  }
}
