import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// `sweep.json` and `test.json`: a change is seen, and what is lost is made again from what is there.
@Suite struct MetadataTests {
  private let sweep: SweepFolder
  private let evaluation = TestEvaluation(
    selection: .standard, runs: [.init(identity: String(repeating: "a", count: 32), loss: 0.25, accuracy: nil)])

  init() throws { sweep = try SweepFolder() }

  private func fill(_ records: [TrialRecord]) throws {
    try sweep.fill(records) { try $0.write(evaluation) }
  }

  /// zlib's own CRC-32, by Python, of the file without its second line.
  @Test(arguments: ["sweep.json", "test.json"]) func theChecksumIsThatOfTheOtherLines(name: String) throws {
    try fill(sweep.records)
    let script = """
      import json, sys, zlib
      lines = open(sys.argv[1], "rb").read().split(b"\\n")
      rest = zlib.crc32(b"\\n".join(lines[:1] + lines[2:]))
      print(json.loads(b"\\n".join(lines))["checksum"] == f"crc32 {rest:08x}")
      """
    #expect(try Tool.run(["python3", "-c", script, sweep.url(name).path]) == "True\n")
  }

  @Test func everyChangedByteIsSeen() throws {
    try fill([])
    func check<Value: Metadata>(_ type: Value.Type, _ name: String) throws {
      let path = sweep.url(name).path
      let whole = [UInt8](try Data(contentsOf: sweep.url(name)))
      _ = try MetadataFile.read(type, path: path)
      for position in whole.indices {
        var changed = whole
        changed[position] ^= 1
        try Data(changed).write(to: sweep.url(name))
        #expect(throws: StoreError.self, "\(name), byte \(position)") { try MetadataFile.read(type, path: path) }
      }
      for length in 0..<whole.count {
        try Data(whole[..<length]).write(to: sweep.url(name))
        #expect(throws: StoreError.self, "\(name), cut to \(length)") { try MetadataFile.read(type, path: path) }
      }
    }
    try check(SweepManifest.self, "sweep.json")
    try check(TestEvaluation.self, "test.json")
  }

  /// A digit of the test loss: the summary leaves the result out and says so, the next sweep makes it anew.
  @Test(arguments: ["0.25", "{"]) func aChangedTestResultIsSetAside(content: String) throws {
    try fill(sweep.records)
    let text = try String(contentsOf: sweep.url("test.json"), encoding: .utf8)
    let changed = content == "{" ? content : text.replacing(content, with: "0.35")
    try changed.write(to: sweep.url("test.json"), atomically: true, encoding: .utf8)
    let reader = try sweep.reader()
    #expect(try reader.testEvaluation == nil)
    #expect(reader.notices.count == 1 && reader.notices[0].contains("test.json: damaged"))
    let found = try Verification(of: sweep.path)
    #expect(found.damaged.map(\.kind) == [.testEvaluation])
    #expect(try reader.hasLostTestEvaluation == false)
    let store = try sweep.open()
    #expect(store.notices.count == 1 && store.notices[0].contains("looked at again"))
    try store.close()
    #expect(try sweep.reader().hasLostTestEvaluation)
    #expect(try Verification(of: sweep.path).isWhole)
  }

  private let other = Sample.manifest(compatibility: "data=digits\ndata hash: 2\n")

  /// With or without `sweep.json`, a directory takes no runs but its own; shards say whose they are.
  @Test(arguments: [nil, "{"]) func shardsStandForALostManifest(content: String?) throws {
    try fill(sweep.records)
    try FileManager.default.removeItem(at: sweep.url("sweep.json"))
    if let content { try Data(content.utf8).write(to: sweep.url("sweep.json")) }
    let conflict = #expect(throws: SweepConflict.self) { try sweep.open(other) }
    #expect(conflict?.differences == ["+ data hash: 2"])
    #expect(try sweep.reader().manifest.compatibility == Sample.manifest().compatibility)
    try FileManager.default.removeItem(at: sweep.url("sweep.json"))
    let store = try sweep.open()
    #expect(store.notices.count == 1 && store.notices[0].contains("sweep.json: was lost; restored from"))
    #expect(store.completed == sweep.done(sweep.records[...]))
    try store.close()
    // That the test set was seen is what the result of it says, which is there.
    var expected = Sample.manifest()
    expected.hasSeenTestSet = true
    #expect(try sweep.reader().manifest == expected)
  }

  /// So do journals, where a kill left nothing else.
  @Test func journalsStandForALostManifest() throws {
    do {
      let store = try sweep.open()
      for record in sweep.records[..<3] { try store.append(record) }
      // As a kill leaves it: the journal stays.
      try FileManager.default.createDirectory(at: sweep.url("kept"), withIntermediateDirectories: true)
      for name in try sweep.names("journal") {
        try FileManager.default.copyItem(at: sweep.url("journal/\(name)"), to: sweep.url("kept/\(name)"))
      }
      try store.close()
    }
    for name in try sweep.names("shards") { try FileManager.default.removeItem(at: sweep.url("shards/\(name)")) }
    for name in try sweep.names("kept") {
      try FileManager.default.moveItem(at: sweep.url("kept/\(name)"), to: sweep.url("journal/\(name)"))
    }
    try FileManager.default.removeItem(at: sweep.url("sweep.json"))
    #expect(throws: SweepConflict.self) { try sweep.open(other) }
    let store = try sweep.open()
    #expect(store.completed == sweep.done(sweep.records[..<3]))
    try store.close()
  }

  /// More bytes than are read again are refused where they are written.
  @Test func aRecordThatCannotBeReadIsRefused() throws {
    let record = Sample.record(0)
    let bytes = try Journal.frame(for: record).count - JournalFormat.frameHeaderLength
    #expect(try Journal.frame(for: record, limit: bytes).count > bytes)
    let error = #expect(throws: StoreError.self) { try Journal.frame(for: record, limit: bytes - 1) }
    #expect("\(error!)".contains("are the most a run may take"))
  }
}
