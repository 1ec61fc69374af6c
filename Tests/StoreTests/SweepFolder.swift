import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// A directory of results with the records that tests put there.
struct SweepFolder {
  let scratch: TemporaryDirectory
  let records: [TrialRecord]

  init(_ records: [TrialRecord] = (0..<23).map { Sample.record($0) }) throws {
    scratch = try TemporaryDirectory()
    self.records = records
  }

  var path: String { scratch.path("sweep") }

  /// Ten runs a shard.
  func open(
    _ manifest: SweepManifest = Sample.manifest(), _ configure: (inout ResultStore.Options) -> Void = { _ in }
  ) throws -> ResultStore {
    var options = ResultStore.Options()
    options.runsPerShard = 10
    configure(&options)
    return try ResultStore.open(directory: path, manifest: manifest, options: options)
  }

  func reader() throws -> ResultReader { try ResultReader(path: path) }

  func names(_ folder: String) throws -> [String] {
    let path = url(folder).path
    return FileManager.default.fileExists(atPath: path)
      ? try FileManager.default.contentsOfDirectory(atPath: path).sorted() : []
  }

  func url(_ name: String) -> URL { URL(fileURLWithPath: path).appendingPathComponent(name) }

  /// Those of the records that a sweep need not do again.
  func done(_ records: ArraySlice<TrialRecord>) -> Set<TrialIdentity> {
    Set(records.filter { !$0.outcome.isFailure }.map(\.identity))
  }

  /// Lets a sweep record these, and ends it.
  ///
  /// - Parameter before: What else it writes before it ends.
  func fill(_ records: some Sequence<TrialRecord>, before: (ResultStore) throws -> Void = { _ in }) throws {
    let store = try open()
    for record in records { try store.append(record) }
    try before(store)
    try store.close()
  }

  /// As if a process had been killed after its last append: its journal, none of its shards.
  func leaveJournal(_ records: [TrialRecord]) throws {
    try FileManager.default.createDirectory(at: url("journal"), withIntermediateDirectories: true)
    let journal = try Journal(
      creating: url("journal/\(UniqueName.next())\(JournalFormat.suffix)").path, synchronizes: true)
    for record in records { try journal.append(try Journal.frame(for: record)) }
  }

  /// A shard of these runs under its own name, as an interrupted sweep leaves one.
  func leaveShard(_ records: [TrialRecord]) throws {
    try FileManager.default.createDirectory(at: url("shards"), withIntermediateDirectories: true)
    try ShardCommit.write(records, manifest: Sample.manifest(), in: ResultDirectory(path))
  }

  func expectHoldsAll(_ reader: ResultReader, _ records: [TrialRecord]? = nil) throws {
    let records = records ?? self.records
    let expected = records.map { RunSummary($0) }.sorted { $0.identity < $1.identity }
    let found = try reader.summaries()
    #expect(found.map { "\($0)" } == expected.map { "\($0)" })
    for record in records {
      #expect(fingerprint(try reader.record(record.identity)) == fingerprint(record))
    }
  }
}
