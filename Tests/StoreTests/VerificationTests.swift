import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// What `sweep verify` finds, and what `--repair` saves.
@Suite struct VerificationTests {
  private let sweep: SweepFolder

  init() throws { sweep = try SweepFolder() }

  private func verify() throws -> Verification { try Verification(of: sweep.path) }

  private func change(_ name: String, _ body: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: sweep.url(name))
    body(&data)
    try data.write(to: sweep.url(name))
  }

  /// Does what is missing, as a sweep would.
  private func finish(_ records: [TrialRecord]) throws {
    try sweep.fill(records)
    try sweep.expectHoldsAll(sweep.reader(), records)
    #expect(try verify().isWhole)
  }

  @Test func whatIsWholeIsSaid() throws {
    try sweep.fill(sweep.records)
    let verification = try verify()
    #expect(verification.isWhole && verification.runs == 23 && verification.holder == nil)
    #expect(verification.failed == sweep.records.filter(\.outcome.isFailure).count)
    #expect(verification.files.map(\.kind) == [.manifest, .shard, .shard, .shard])
    #expect(verification.files.allSatisfy { $0.state == .whole && $0.note.isEmpty })
    #expect(try HDF5.openObjects() == 0)
  }

  @Test func whatAKillLeavesIsNoDamage() throws {
    try sweep.fill(Array(sweep.records[0..<10]))
    try sweep.leaveJournal(Array(sweep.records[8..<12]))
    let journal = "journal/\(try sweep.names("journal")[0])"
    try change(journal) { $0.removeLast(3) }
    try Data("half".utf8).write(to: sweep.url("shards/x.h5.host-1-2-3.tmp"))
    try Data("mine".utf8).write(to: sweep.url("notes.txt"))
    let verification = try verify()
    #expect(verification.isWhole && verification.runs == 11)
    let states = Dictionary(grouping: verification.files, by: \.kind).mapValues { $0.map(\.state) }
    #expect(states[.journal] == [.leftover] && states[.temporary] == [.leftover] && states[.unknown] == [.whole])
    #expect(verification.files.first { $0.kind == .journal }?.lost == 1)
    let done = try ResultRepair.repair(sweep.path)
    #expect(done.count == 1 && done[0].contains("cut off"))
    #expect(try verify().files.map(\.kind) == [.manifest, .shard, .shard, .unknown])
  }

  @Test func aRunningSweepIsSaid() throws {
    let store = try sweep.open()
    try store.append(sweep.records[0])
    let verification = try verify()
    #expect(verification.holder?.hasPrefix("process \(getpid()) on ") == true)
    #expect(verification.files.first { $0.kind == .journal }?.state == .inUse)
    #expect(throws: StoreError.self) { try ResultRepair.repair(sweep.path) }
    try store.close()
  }

  @Test func runsBesideADamagedChunkAreSaved() throws {
    let records = Sample.chunkedRecords()
    try sweep.fill(records)
    let name = "shards/\(try sweep.names("shards")[0])"
    let seal = try #require(try Seal.verify(FileDescriptor(opening: sweep.url(name).path, O_RDONLY)))
    let chunk = try #require(seal.chunks.max { $0.count < $1.count })
    try change(name) { $0[chunk.upperBound - 1000] ^= 16 }
    let found = try verify()
    let file = try #require(found.damaged.first)
    #expect(found.damaged.count == 1)
    #expect((1..<8).contains(file.runs) && file.lost == 8 - file.runs, "\(file)")
    #expect(found.runs == file.runs)

    let done = try ResultRepair.repair(sweep.path)
    #expect(done.count == 1 && done[0].contains("\(file.runs) of its runs were saved"))
    let repaired = try verify()
    #expect(repaired.isWhole && repaired.runs == file.runs)
    #expect(repaired.files.last?.kind == .quarantine)
    #expect(repaired.files.last?.note.contains("in other files too") == true)
    try finish(records)
  }

  @Test func aShardWithoutItsSealIsLost() throws {
    try sweep.fill(sweep.records)
    let name = "shards/\(try sweep.names("shards")[1])"
    try change(name) { $0.removeLast(100) }
    let found = try verify()
    #expect(found.damaged.count == 1 && found.damaged[0].runs == 0)
    #expect(found.damaged[0].note.contains("has no seal"))
    _ = try ResultRepair.repair(sweep.path)
    #expect(try sweep.names("quarantine").count == 1)
    try finish(sweep.records)
  }

  @Test func aDamagedJournalKeepsItsBeginning() throws {
    try sweep.fill([])
    try sweep.leaveJournal(Array(sweep.records[0..<9]))
    let name = "journal/\(try sweep.names("journal")[0])"
    try change(name) { $0[$0.count - 200] ^= 1 }
    let found = try verify()
    #expect(found.damaged.map(\.kind) == [.journal] && found.damaged[0].runs == 8)
    _ = try ResultRepair.repair(sweep.path)
    try finish(sweep.records)
  }

  @Test(arguments: [nil, "{", #"{"name": 3}"#]) func theManifestIsRestored(content: String?) throws {
    try sweep.fill(sweep.records)
    if let content {
      try Data(content.utf8).write(to: sweep.url("sweep.json"))
    } else {
      try FileManager.default.removeItem(at: sweep.url("sweep.json"))
    }
    #expect(try verify().damaged.map(\.kind) == [.manifest])
    _ = try ResultRepair.repair(sweep.path)
    #expect(try sweep.reader().manifest == Sample.manifest())
    try finish(sweep.records)
  }

  @Test func placesWithoutResultsAreSaid() throws {
    for path in [sweep.scratch.path, sweep.scratch.path("none")] {
      #expect(throws: StoreError.self) { try Verification(of: path) }
      #expect(throws: StoreError.self) { try ResultRepair.repair(path) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: sweep.scratch.path).isEmpty)
  }
}
