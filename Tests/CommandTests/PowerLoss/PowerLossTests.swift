import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// The power fails after each thing that a sweep does to files: whatever of what was not synced is on the disk then, what
/// docs/reliability.md promises is there, and the sweep can go on.
@Suite struct PowerLossTests {
  private let fixture: SweepFixture
  private let log: String

  init() throws {
    fixture = try SweepFixture()
    log = fixture.folder.path("log")
    try FileManager.default.createDirectory(
      at: fixture.folder.url.appendingPathComponent("disk"), withIntermediateDirectories: false)
  }

  /// With `--fsync` every run that was recorded; without it those in shards.
  @Test(arguments: [true, false]) func nothingThatIsPromisedIsLost(synchronizes: Bool) throws {
    for seeds in [2, 3] {
      let text = SweepFixture.experiment(seeds: seeds).replacing("epochs: 20", with: "epochs: 2")
      _ = try fixture.write(text, to: "disk/\(seeds).yaml")
    }
    let run = ["run", "--workers", "1"] + (synchronizes ? ["--fsync"] : [])
    var sizes: [Int] = []
    // A process that is killed, one that takes up what it left, and one with a larger grid: two shards.
    try record(run + ["2.yaml"], fault: "journal-written:7", status: 137, &sizes)
    try record(run + ["2.yaml"], &sizes)
    try record(run + ["3.yaml"], &sizes)
    let probed = try #require(try ResultReader(path: results).summaries().first { $0.outcome.isRankable }).identity
    try record(["probe", "results/spirals", "--run", probed.short, "--set", "largest=1"], &sizes)
    try record(["merge", "results/spirals"], &sizes)
    try record(["merge", "results/spirals", "--compact"], &sizes)

    let final = try ResultReader(path: results)
    let check = PowerLossCheck(
      runs: Dictionary(uniqueKeysWithValues: try final.summaries().map { ($0.identity, "\($0)") }),
      manifest: final.manifest, probed: probed, synchronizes: synchronizes)
    try #require(check.runs.count == 24)
    let operations = try OperationLog(contentsOf: log).operations
    #expect(operations.count == sizes.last)
    try check.replay(operations, ends: sizes, inode: inode(fixture.folder.path("disk")))
  }

  private var results: String { fixture.folder.path("disk/results/spirals") }

  private func inode(_ path: String) throws -> Int {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return Int(status.st_ino)
  }

  /// Runs a command, and notes how many operations there were in the end.
  private func record(_ arguments: [String], fault: String? = nil, status: Int32 = 0, _ sizes: inout [Int]) throws {
    var environment: [String: String?] = [
      "LD_PRELOAD": try Shim.library("record"), "RAVINE_RECORD": log,
      "RAVINE_RECORD_ROOT": fixture.folder.path("disk"),
    ]
    environment["RAVINE_FAULT"] = .some(fault)
    let disk = fixture.folder.url.appendingPathComponent("disk")
    let command = Command("sweep", at: fixture.program, environment: environment, directory: disk)
    let result = try command.run(arguments)
    try #require(result.status == status, "\(arguments): \(result.standardError)")
    sizes.append(try OperationLog(contentsOf: log).operations.count)
  }
}

/// What must be true of what is found after a failure.
private struct PowerLossCheck {
  /// Every run of the undisturbed sweep, with all that a summary says.
  var runs: [TrialIdentity: String]
  var manifest: SweepManifest
  /// The run that was probed.
  var probed: TrialIdentity
  var synchronizes: Bool

  /// What had been promised to the user by then.
  private struct Promises {
    /// Runs that were acknowledged.
    var runs: Set<TrialIdentity> = []
    var hasProbe = false
    var hasMergedFile = false
    /// The runs in journals, by the journal's name now, in the order in which they were written.
    var journals: [String: [TrialIdentity]] = [:]
    var names: [Int: String] = [:]
    var last: TrialIdentity?
  }

  func replay(_ operations: [OperationLog.Operation], ends: [Int], inode: Int) throws {
    var disk = FailingDisk(inode: inode)
    var promises = Promises()
    var (failures, states) = (0, 0)
    var isKnown: Set<Int> = []
    for (index, operation) in operations.enumerated() {
      disk.apply(operation)
      note(operation, &promises)
      // The commands' own word, when they have ended.
      if index + 1 == ends[1] || index + 1 == ends[2] {
        promises.journals.removeAll()
        promises.last = nil
      }
      if index + 1 >= ends[2] { promises.runs.formUnion(runs.keys) }
      promises.hasProbe = index + 1 >= ends[3]
      promises.hasMergedFile = index + 1 >= ends[4]
      for tree in disk.trees(isExhaustive: FaultFixture.isLong) {
        var hasher = Hasher()
        hasher.combine(tree)
        hasher.combine(promises.runs)
        hasher.combine(promises.hasProbe)
        hasher.combine(promises.hasMergedFile)
        guard isKnown.insert(hasher.finalize()).inserted else { continue }
        states += 1
        // Opening results takes tens of milliseconds: a build looks at some of the disks, spread evenly over the sweep.
        guard FaultFixture.isLong || states % Self.stride == 0 else { continue }
        let faults = try faults(in: tree, of: disk, promises)
        if !faults.isEmpty {
          failures += 1
          if failures <= 5 { Issue.record("after operation \(index), \(operation.summary): \(faults)") }
        }
      }
    }
    #expect(failures == 0, "\(failures) of \(states) states")
    print("Power loss \(synchronizes ? "with" : "without") --fsync: \(operations.count) operations, \(states) states")
  }

  /// Follows the journals. A worker starts its next run only when the last one is recorded, so that a record says that those
  /// before it were acknowledged; a journal goes when its runs are in a shard.
  private func note(_ operation: OperationLog.Operation, _ promises: inout Promises) {
    switch operation {
    case .make(let inode, let path, false) where path.contains("journal"): promises.names[inode] = path.last!
    case .rename(let old, let new) where old.contains("journal"):
      for (inode, name) in promises.names where name == old.last! { promises.names[inode] = new.last! }
    case .write(let inode, _, let bytes):
      guard let name = promises.names[inode], bytes.count > JournalFormat.frameHeaderLength,
        let record = try? RecordCoding.decode([UInt8](bytes.dropFirst(JournalFormat.frameHeaderLength)))
      else { return }
      if synchronizes, let last = promises.last { promises.runs.insert(last) }
      promises.last = record.identity
      promises.journals[name, default: []].append(record.identity)
    case .unlink(let path) where path.contains("journal"):
      promises.runs.formUnion(promises.journals[path.last!] ?? [])
    default: break
    }
  }

  private static let stride = 48

  private func faults(
    in tree: FailingDisk.Tree, of disk: FailingDisk, _ promises: Promises
  ) throws -> [String] {
    let folder = try MemoryDirectory()
    for (path, content) in tree.sorted(by: { $0.key < $1.key }) {
      let url = URL(fileURLWithPath: folder.path + "/" + path)
      if let content {
        try disk.bytes(of: content).write(to: url)
      } else {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
      }
    }
    let results = folder.path + "/results/spirals"
    var faults: [String] = []
    do {
      if !promises.runs.isEmpty { faults += try lost(ResultReader(path: results), promises, "as it is found") }
      let store = try ResultStore.open(directory: results, manifest: manifest)
      let missing = promises.runs.subtracting(store.completed)
      if !missing.isEmpty { faults.append("\(missing.count) runs are run again") }
      try store.close()
      faults += try lost(ResultReader(path: results), promises, "when the sweep goes on")
      let verified = try Verification(of: results)
      if !verified.isWhole { faults.append("damaged: \(verified.damaged.map(\.note))") }
      let setAside = verified.files.filter { $0.kind == .quarantine && $0.path.hasSuffix(".h5") }
      if !setAside.isEmpty { faults.append("a shard is set aside") }
      if promises.hasMergedFile {
        let merged = try ResultReader(path: results + ".h5").summaries()
        if merged.count != runs.count { faults.append("\(merged.count) runs in the merged file") }
      }
    } catch {
      faults.append("\(error)")
    }
    return faults
  }

  private func lost(_ reader: ResultReader, _ promises: Promises, _ moment: String) throws -> [String] {
    var faults: [String] = []
    let found = try reader.summaries()
    let missing = promises.runs.subtracting(found.map(\.identity))
    if !missing.isEmpty { faults.append("\(missing.count) runs are lost \(moment)") }
    // A probe that was added fills what the run itself did not measure, and is compared by itself.
    let changed = found.filter { $0.identity != probed && runs[$0.identity] != "\($0)" }
    if !changed.isEmpty { faults.append("\(changed.count) runs are not what they were \(moment)") }
    if promises.hasProbe, try !reader.hasCurvature(probed) { faults.append("the probe is lost \(moment)") }
    return faults
  }
}

extension OperationLog.Operation {
  /// Without the bytes.
  fileprivate var summary: String {
    guard case .write(let inode, let offset, let bytes) = self else { return "\(self)" }
    return "write(\(inode), \(bytes.count) bytes at \(offset))"
  }
}

/// A directory of a test's own, in memory where the system has such, so that nothing waits for a device.
private final class MemoryDirectory {
  let path: String

  init() throws {
    let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    path = "\(parent)/ravine-disk-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
