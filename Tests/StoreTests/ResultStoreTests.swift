import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct ResultStoreTests {
  private let sweep: SweepFolder
  private var records: [TrialRecord] { sweep.records }

  init() throws { sweep = try SweepFolder() }

  @Test func everyRecordComesBack() throws {
    let store = try sweep.open()
    for record in records { try store.append(record) }
    try sweep.expectHoldsAll(sweep.reader())
    try store.close()
    let reader = try sweep.reader()
    try sweep.expectHoldsAll(reader)
    #expect(reader.manifest == Sample.manifest())
    #expect(reader.notices == [])
  }

  @Test func aSecondSweepIsToldWhoHoldsTheDirectory() throws {
    let store = try sweep.open()
    let error = #expect(throws: StoreError.self) { try sweep.open() }
    #expect("\(error!)".contains("process \(getpid()) on "))
    try store.close()
    try sweep.open().close()
  }

  @Test func aDifferentExperimentIsRefusedWithTheDifference() throws {
    try sweep.open().close()
    let error = #expect(throws: SweepConflict.self) { try sweep.open(Sample.manifest(compatibility: "data=idx\n")) }
    #expect(error?.differences == ["- data=digits", "+ data=idx"])
    // A grid that grew is welcome, and the directory says what it holds now.
    try sweep.open(Sample.manifest(text: "name: sample\nseeds: [1, 2]\n")).close()
    let manifest = try sweep.reader().manifest
    #expect(manifest.experimentText == "name: sample\nseeds: [1, 2]\n")
  }

  @Test func resumesWithWhatIsDone() throws {
    let first = try sweep.open()
    for record in records.prefix(13) { try first.append(record) }
    try first.close()
    let second = try sweep.open()
    #expect(second.completed == sweep.done(records.prefix(13)))
    for record in records { try second.append(record) }
    // What it knows without reading is what a reader finds.
    let known = try #require(second.summaries)
    #expect(try known.map { "\($0)" } == sweep.reader().summaries().map { "\($0)" })
    try second.close()
    #expect(throws: StoreError.self) { try second.append(records[0]) }
    try sweep.expectHoldsAll(sweep.reader())
  }

  /// Names are taken as known only where they are those of a record that was found good.
  @Test func aBadNameIsRefusedAfterGoodOnes() throws {
    let store = try sweep.open()
    try store.append(records[0])
    var record = records[0]
    record.identity = records[1].identity
    for name in ["", "l2\n", record.hyperparameters[0].name] {
      var bad = record
      bad.hyperparameters[1].name = name
      let error = #expect(throws: StoreError.self) { try store.append(bad) }
      #expect("\(error!)".contains(name == record.hyperparameters[0].name ? "given twice" : "control characters"))
    }
    try store.append(record)
    try store.close()
    #expect(try sweep.reader().summaries().count == 2)
  }

  // MARK: - Shards

  @Test func fullBlocksBecomeShards() throws {
    try sweep.fill(records)
    #expect(try sweep.names("shards").count == 3)
    #expect(try sweep.names("journal") == [])
    let sizes = try sweep.names("shards").map {
      try ResultReader(path: sweep.url("shards/\($0)").path).summaries().count
    }
    #expect(sizes.sorted() == [3, 10, 10])
    #expect(try sweep.names("quarantine") == [])
  }

  @Test func largeRunsMakeSmallerShards() throws {
    let bytes = try Journal.frame(for: records[0]).count
    let store = try sweep.open { $0.bytesPerShard = 3 * bytes }
    for record in records { try store.append(record) }
    try store.close()
    #expect(try sweep.names("shards").count > 5)
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test func workersAppendFromManyThreads() throws {
    let store = try sweep.open()
    let records = records
    DispatchQueue.concurrentPerform(iterations: records.count) { try! store.append(records[$0]) }
    try store.close()
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test func aRepeatedRunIsStoredOnce() throws {
    try sweep.fill(records + records)
    #expect(try sweep.names("shards").count == 3)
  }

  @Test func aRecordWhosePartsDisagreeIsRefused() throws {
    let store = try sweep.open()
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

  // MARK: - Several writers

  @Test func sharedWritersDoNotDisturbEachOther() throws {
    let first = try sweep.open { $0.access = .shared }
    for record in records.prefix(7) { try first.append(record) }
    let second = try sweep.open { $0.access = .shared }
    // A writer that lives keeps its journal to itself.
    #expect(second.completed == [])
    for record in records.dropFirst(7) { try second.append(record) }
    try second.close()
    #expect(try sweep.reader().summaries().count == records.count)
    try first.close()
    #expect(try sweep.names("journal") == [])
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test func aSharedSweepKeepsAnExclusiveOneOut() throws {
    let first = try sweep.open { $0.access = .shared }
    #expect(throws: StoreError.self) { try sweep.open() }
    try first.close()
    try sweep.open().close()
  }

  // MARK: - Other files

  @Test func placesWithoutResultsAreSaid() throws {
    for (path, says) in [(sweep.scratch.path, "has no sweep.json"), (sweep.scratch.path("none"), "no such file")] {
      let error = #expect(throws: StoreError.self) { try ResultReader(path: path) }
      #expect("\(error!)".contains(says))
    }
    try sweep.open().close()
    try Data(#"{"name": 3}"#.utf8).write(to: sweep.url("sweep.json"))
    let error = #expect(throws: StoreError.self) { try sweep.reader() }
    #expect("\(error!)".contains("sweep.json: damaged"))
    #expect(throws: StoreError.self) { try sweep.open() }
  }

  @Test func aNewerFormatIsRefused() throws {
    try sweep.open().close()
    var manifest = Sample.manifest()
    manifest.formatVersion = 3
    try MetadataFile.write(manifest, to: sweep.url("sweep.json").path)
    let error = #expect(throws: StoreError.self) { try sweep.reader() }
    #expect("\(error!)".contains("format version 3, this program reads up to 2"))
    #expect(throws: SweepConflict.self) { try sweep.open() }
  }

  @Test func theTestEvaluationComesBack() throws {
    let store = try sweep.open()
    let reader = try sweep.reader()
    #expect(try reader.testEvaluation == nil)
    var evaluation = TestEvaluation(
      selection: .standard, runs: [.init(identity: records[0].identity.description, loss: 0.1 + 0.2, accuracy: nil)])
    try store.write(evaluation)
    #expect(try reader.testEvaluation == evaluation)
    evaluation.runs[0].samples = 179
    evaluation.runs[0].lossVariance = 0.1 * 3
    try store.write(evaluation)
    #expect(try reader.testEvaluation == evaluation)
    try store.close()
  }
}
