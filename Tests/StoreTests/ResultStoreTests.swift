import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct ResultStoreTests {
  let scratch: TemporaryDirectory
  let records = (0..<23).map { Sample.record($0) }

  init() throws { scratch = try TemporaryDirectory() }

  private func open(
    _ manifest: SweepManifest = Sample.manifest(), _ configure: (inout ResultStore.Options) -> Void = { _ in }
  ) throws -> ResultStore {
    var options = ResultStore.Options()
    options.runsPerShard = 10
    configure(&options)
    return try ResultStore.open(directory: scratch.path("sweep"), manifest: manifest, options: options)
  }

  private func done(_ records: ArraySlice<TrialRecord>) -> Set<TrialIdentity> {
    Set(records.filter { !$0.outcome.isFailure }.map(\.identity))
  }

  private func expectHoldsAll(_ reader: ResultReader) throws {
    let expected = records.map { RunSummary($0) }.sorted { $0.identity < $1.identity }
    let found = try reader.summaries()
    #expect(found.map { "\($0)" } == expected.map { "\($0)" })
    for record in records {
      #expect(fingerprint(try reader.record(record.identity)) == fingerprint(record))
    }
  }

  @Test func everyRecordComesBack() throws {
    let store = try open()
    for record in records { try store.append(record) }
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
    try store.close()
    let reader = try ResultReader(path: scratch.path("sweep"))
    try expectHoldsAll(reader)
    #expect(reader.manifest == Sample.manifest())
    #expect(reader.notices == [])
  }

  @Test func aSecondSweepIsToldWhoHoldsTheDirectory() throws {
    let store = try open()
    let error = #expect(throws: StoreError.self) { try open() }
    #expect("\(error!)".contains("process \(getpid()) on "))
    try store.close()
    try open().close()
  }

  @Test func aDifferentExperimentIsRefusedWithTheDifference() throws {
    try open().close()
    let error = #expect(throws: SweepConflict.self) { try open(Sample.manifest(compatibility: "data=idx\n")) }
    #expect(error?.differences == ["- data=digits", "+ data=idx"])
    // A grid that grew is welcome, and the directory says what it holds now.
    try open(Sample.manifest(text: "name: sample\nseeds: [1, 2]\n")).close()
    let manifest = try ResultReader(path: scratch.path("sweep")).manifest
    #expect(manifest.experimentText == "name: sample\nseeds: [1, 2]\n")
  }

  @Test func resumesWithWhatIsDone() throws {
    let first = try open()
    for record in records.prefix(13) { try first.append(record) }
    try first.close()
    let second = try open()
    #expect(second.completed == done(records.prefix(13)))
    for record in records { try second.append(record) }
    try second.close()
    #expect(throws: StoreError.self) { try second.append(records[0]) }
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
  }

  // MARK: - Shards

  private func names(_ folder: String) throws -> [String] {
    let path = scratch.path("sweep/\(folder)")
    return FileManager.default.fileExists(atPath: path)
      ? try FileManager.default.contentsOfDirectory(atPath: path).sorted() : []
  }

  private func url(_ name: String) -> URL { scratch.url.appendingPathComponent("sweep").appendingPathComponent(name) }

  @Test func fullBlocksBecomeShards() throws {
    let store = try open()
    for record in records { try store.append(record) }
    try store.close()
    #expect(try names("shards").count == 3)
    #expect(try names("journal") == [])
    let sizes = try names("shards").map { try ResultReader(path: url("shards/\($0)").path).summaries().count }
    #expect(sizes.sorted() == [3, 10, 10])
    #expect(try names("quarantine") == [])
  }

  @Test func largeRunsMakeSmallerShards() throws {
    let store = try open { $0.bytesPerShard = 3 * Journal.frame(for: records[0]).count }
    for record in records { try store.append(record) }
    try store.close()
    #expect(try names("shards").count > 5)
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
  }

  @Test func workersAppendFromManyThreads() throws {
    let store = try open()
    let records = records
    DispatchQueue.concurrentPerform(iterations: records.count) { try! store.append(records[$0]) }
    try store.close()
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
  }

  @Test func aRepeatedRunIsStoredOnce() throws {
    let store = try open()
    for record in records + records { try store.append(record) }
    try store.close()
    #expect(try names("shards").count == 3)
  }

  @Test func aRecordWhosePartsDisagreeIsRefused() throws {
    let store = try open()
    var record = records[0]
    record.trace.trainLoss.removeLast()
    let error = #expect(throws: StoreError.self) { try store.append(record) }
    #expect("\(error!)".contains("train_loss has 5 epochs, val_loss 6"))
    record = records[0]
    record.weights.slices[1].offset += 1
    #expect(throws: StoreError.self) { try store.append(record) }
    record = records[0]
    record.bestEpoch = 6
    #expect(throws: StoreError.self) { try store.append(record) }
    #expect(store.completed == [])
    try store.close()
  }

  // MARK: - What a kill leaves behind

  /// As if the process had been killed after the last append: its journals, none of its shards.
  private func leaveJournals(_ records: [TrialRecord], in directory: String = "journal") throws {
    try FileManager.default.createDirectory(at: url(directory), withIntermediateDirectories: true)
    let journal = try Journal(
      creating: url("\(directory)/\(UniqueName.next())\(JournalFormat.suffix)").path, synchronizes: true)
    for record in records { try journal.append(Journal.frame(for: record)) }
  }

  @Test func journalsOfDeadWritersAreTakenUp() throws {
    try leaveJournals(Array(records[0..<15]))
    try leaveJournals(Array(records[12..<20]))
    let store = try open()
    #expect(store.completed == done(records[0..<20]))
    #expect(store.notices == [])
    for record in records { try store.append(record) }
    try store.close()
    #expect(try names("journal") == [])
    #expect(try names("shards").count == 3)
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
  }

  @Test func aKillBetweenShardAndJournalLosesNothingAndRepeatsNothing() throws {
    let store = try open()
    for record in records { try store.append(record) }
    try store.close()
    let shards = try names("shards")
    try leaveJournals(records)
    try Data("half a shard".utf8).write(to: url("shards/\(shards[0]).host-1-2-3.tmp"))
    let again = try open()
    #expect(again.completed == done(records[...]))
    try again.close()
    #expect(try names("shards") == shards)
    #expect(try names("journal") == [])
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
  }

  @Test func aTornJournalIsSaidAndItsLastRunDoneAgain() throws {
    try leaveJournals(Array(records[0..<5]))
    let journal = url("journal/\(try names("journal")[0])")
    try Data(contentsOf: journal).dropLast(7).write(to: journal)
    let store = try open()
    #expect(store.completed == done(records[0..<4]))
    #expect(store.notices.count == 1 && store.notices[0].contains("cut off"))
    try store.close()
    #expect(try names("quarantine") == [])
  }

  @Test func aDamagedJournalIsKept() throws {
    try leaveJournals(Array(records[0..<5]))
    let journal = url("journal/\(try names("journal")[0])")
    var bytes = try Data(contentsOf: journal)
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: journal)
    let reader = try {
      try open().close()
      return try ResultReader(path: scratch.path("sweep"))
    }()
    #expect(try names("journal") == [])
    #expect(try names("quarantine").count == 1)
    let left = try reader.summaries().count
    #expect((1..<5).contains(left))
  }

  @Test func aDamagedShardGoesToQuarantineAndItsRunsAreDoneAgain() throws {
    let store = try open()
    for record in records { try store.append(record) }
    try store.close()
    let shard = url("shards/\(try names("shards")[1])")
    let lost = Set(try ResultReader(path: shard.path).summaries().map(\.identity))
    let count = lost.count
    try Data(contentsOf: shard).dropLast(1000).write(to: shard)

    let reader = try ResultReader(path: scratch.path("sweep"))
    #expect(try reader.summaries().count == records.count - count)
    #expect(reader.notices.count == 1 && reader.notices[0].contains(shard.lastPathComponent))

    let again = try open()
    #expect(again.completed == done(records.filter { !lost.contains($0.identity) }[...]))
    #expect(again.notices.count == 1 && again.notices[0].contains("quarantine"))
    for record in records { try again.append(record) }
    try again.close()
    #expect(try names("quarantine").count == 1)
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
  }

  @Test func aFailedCommitStopsTheStoreAndLosesNothing() throws {
    let store = try open()
    try FileManager.default.moveItem(at: url("shards"), to: url("away"))
    for record in records.prefix(10) { try store.append(record) }
    #expect(throws: StoreError.self) {
      while true {
        for record in records.dropFirst(10) { try store.append(record) }
        usleep(1000)
      }
    }
    let error = #expect(throws: StoreError.self) { try store.close() }
    #expect("\(error!)".contains("No such file or directory") && "\(error!)".contains("No run is lost"))
    try FileManager.default.moveItem(at: url("away"), to: url("shards"))
    #expect(try ResultReader(path: scratch.path("sweep")).summaries().count >= 10)
    let again = try open()
    #expect(again.completed.isSuperset(of: done(records.prefix(10))))
    for record in records { try again.append(record) }
    try again.close()
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
  }

  @Test(arguments: [true, false]) func aRunThatFailedIsDoneAgainAndCountsNoMore(inShards: Bool) throws {
    var failed = records[0]
    failed.outcome = .failed(message: "out of memory")
    let first = try open()
    try first.append(failed)
    #expect(first.completed == [])
    if !inShards { try first.append(records[0]) }
    try first.close()
    if inShards {
      let second = try open()
      #expect(second.completed == [])
      try second.append(records[0])
      try second.close()
      // A failure that another writer left counts neither.
      try leaveJournals([failed])
    }
    let reader = try ResultReader(path: scratch.path("sweep"))
    #expect(try reader.summaries().map(\.outcome) == [records[0].outcome])
    #expect(try reader.record(records[0].identity).outcome == records[0].outcome)
    let last = try open()
    #expect(last.completed == [records[0].identity])
    try last.close()
    #expect(try reader.summaries().map(\.outcome) == [records[0].outcome])
  }

  // MARK: - Several writers

  @Test func sharedWritersDoNotDisturbEachOther() throws {
    let first = try open { $0.access = .shared }
    for record in records.prefix(7) { try first.append(record) }
    let second = try open { $0.access = .shared }
    // A writer that lives keeps its journal to itself.
    #expect(second.completed == [])
    for record in records.dropFirst(7) { try second.append(record) }
    try second.close()
    #expect(try ResultReader(path: scratch.path("sweep")).summaries().count == records.count)
    try first.close()
    #expect(try names("journal") == [])
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
  }

  @Test func aSharedSweepKeepsAnExclusiveOneOut() throws {
    let first = try open { $0.access = .shared }
    #expect(throws: StoreError.self) { try open() }
    try first.close()
    try open().close()
  }

  // MARK: - Other files

  @Test func placesWithoutResultsAreSaid() throws {
    for (path, says) in [(scratch.path, "has no sweep.json"), (scratch.path("none"), "no such file")] {
      let error = #expect(throws: StoreError.self) { try ResultReader(path: path) }
      #expect("\(error!)".contains(says))
    }
    try open().close()
    try Data(#"{"name": 3}"#.utf8).write(to: url("sweep.json"))
    let error = #expect(throws: StoreError.self) { try ResultReader(path: scratch.path("sweep")) }
    #expect("\(error!)".contains("sweep.json: damaged"))
    #expect(throws: StoreError.self) { try open() }
  }

  @Test func aNewerFormatIsRefused() throws {
    try open().close()
    let text = try String(contentsOf: url("sweep.json"), encoding: .utf8)
    try text.replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 2")
      .write(to: url("sweep.json"), atomically: true, encoding: .utf8)
    let error = #expect(throws: StoreError.self) { try ResultReader(path: scratch.path("sweep")) }
    #expect("\(error!)".contains("format version 2, this program reads 1"))
    #expect(throws: SweepConflict.self) { try open() }
  }

  @Test func theTestEvaluationComesBack() throws {
    let store = try open()
    let reader = try ResultReader(path: scratch.path("sweep"))
    #expect(try reader.testEvaluation == nil)
    let evaluation = TestEvaluation(
      selection: .standard, runs: [.init(identity: records[0].identity.description, loss: 0.1 + 0.2, accuracy: nil)])
    try store.write(evaluation)
    #expect(try reader.testEvaluation == evaluation)
    try store.close()
  }
}
