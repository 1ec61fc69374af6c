import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// What the system refuses is neither missing nor damaged: links to nothing and in circles stand for a disk that is away.
@Suite struct SystemErrorTests {
  private let sweep: SweepFolder

  init() throws {
    sweep = try SweepFolder()
    try sweep.fill(sweep.records)
  }

  /// A link in the place of a file, which is kept.
  private func replaceByLink(_ name: String, isLoop: Bool) throws {
    try FileManager.default.moveItem(at: sweep.url(name), to: sweep.scratch.url.appendingPathComponent("kept"))
    try FileManager.default.createSymbolicLink(
      atPath: sweep.url(name).path, withDestinationPath: isLoop ? sweep.url(name).lastPathComponent : "away/kept")
  }

  private func putBack(_ name: String) throws {
    try FileManager.default.removeItem(at: sweep.url(name))
    try FileManager.default.moveItem(at: sweep.scratch.url.appendingPathComponent("kept"), to: sweep.url(name))
  }

  @Test(arguments: [true, false]) func aShardThatCannotBeReadIsSaidAndLeftAlone(isLoop: Bool) throws {
    let name = "shards/\(try sweep.names("shards")[0])"
    try replaceByLink(name, isLoop: isLoop)
    let verification = try Verification(of: sweep.path)
    #expect(!verification.isWhole && verification.damaged == [] && verification.runs == 13)
    #expect(verification.unreadable.map(\.path) == [sweep.url(name).path])
    let reader = try sweep.reader()
    #expect(try reader.summaries().count == 13)
    #expect(reader.unread.count == 1 && reader.unread.exitStatus == EX_IOERR)
    #expect(throws: StoreError.self) { try sweep.open() }
    #expect(throws: StoreError.self) { try ResultRepair.repair(sweep.path) }
    #expect(throws: StoreError.self) { try ResultMerge().merge(sweep.path, into: sweep.scratch.path("all.h5")) }
    #expect(throws: StoreError.self) { try ResultMerge().compact(sweep.path) }
    #expect(try sweep.names("quarantine") == [])
    try putBack(name)
    try sweep.expectHoldsAll(sweep.reader())
  }

  /// Another experiment must not come in because the manifest cannot be read just now.
  @Test(arguments: [true, false]) func aManifestThatCannotBeReadIsNotMissing(isLoop: Bool) throws {
    try replaceByLink("sweep.json", isLoop: isLoop)
    #expect(throws: StoreError.self) { try sweep.open(Sample.manifest(compatibility: "data=other\n")) }
    #expect(throws: StoreError.self) { try ResultRepair.repair(sweep.path) }
    #expect(throws: StoreError.self) { try sweep.reader() }
    #expect(try Verification(of: sweep.path).unreadable.map(\.kind) == [.manifest])
    try putBack("sweep.json")
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test func onlyAbsenceIsAbsence() throws {
    #expect(try !Files.exists(sweep.scratch.path("nothing")))
    #expect(try !Files.exists(sweep.url("sweep.json/nothing").path))
    #expect(throws: StoreError.self) { try Files.exists("/\(String(repeating: "x", count: 300))") }
    try FileManager.default.createSymbolicLink(atPath: sweep.url("link").path, withDestinationPath: "nowhere")
    #expect(throws: StoreError.self) { try Files.exists(sweep.url("link").path) }
    #expect(throws: StoreError.self) { try Files.names(in: sweep.url("link").path, suffix: "") }
    #expect(throws: StoreError.self) { _ = try FileDescriptor(opening: sweep.url("link").path, O_RDONLY) }
  }
}
