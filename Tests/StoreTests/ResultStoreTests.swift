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
    #expect(second.completed == Set(records.prefix(13).map(\.identity)))
    for record in records { try second.append(record) }
    try second.close()
    #expect(throws: StoreError.self) { try second.append(records[0]) }
    try expectHoldsAll(ResultReader(path: scratch.path("sweep")))
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
