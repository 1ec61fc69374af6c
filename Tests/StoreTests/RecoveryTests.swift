import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// What a kill leaves behind, and what the next sweep makes of it.
@Suite struct RecoveryTests {
  private let sweep: SweepFolder
  private var records: [TrialRecord] { sweep.records }

  init() throws { sweep = try SweepFolder() }

  @Test func journalsOfDeadWritersAreTakenUp() throws {
    try sweep.leaveJournal(Array(records[0..<15]))
    try sweep.leaveJournal(Array(records[12..<20]))
    let store = try sweep.open()
    #expect(store.completed == sweep.done(records[0..<20]))
    #expect(store.notices == [])
    for record in records { try store.append(record) }
    try store.close()
    #expect(try sweep.names("journal") == [])
    #expect(try sweep.names("shards").count == 3)
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test func aKillBetweenShardAndJournalLosesNothingAndRepeatsNothing() throws {
    try sweep.fill(records)
    let shards = try sweep.names("shards")
    try sweep.leaveJournal(records)
    try Data("half a shard".utf8).write(to: sweep.url("shards/\(shards[0]).host-1-2-3.tmp"))
    let again = try sweep.open()
    #expect(again.completed == sweep.done(records[...]))
    try again.close()
    #expect(try sweep.names("shards") == shards)
    #expect(try sweep.names("journal") == [])
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test func aTornJournalIsSaidAndItsLastRunDoneAgain() throws {
    try sweep.leaveJournal(Array(records[0..<5]))
    let journal = sweep.url("journal/\(try sweep.names("journal")[0])")
    try Data(contentsOf: journal).dropLast(7).write(to: journal)
    let store = try sweep.open()
    #expect(store.completed == sweep.done(records[0..<4]))
    #expect(store.notices.count == 1 && store.notices[0].contains("cut off"))
    try store.close()
    #expect(try sweep.names("quarantine") == [])
  }

  @Test func aDamagedJournalIsKept() throws {
    try sweep.leaveJournal(Array(records[0..<5]))
    let journal = sweep.url("journal/\(try sweep.names("journal")[0])")
    var bytes = try Data(contentsOf: journal)
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: journal)
    let reader = try {
      try sweep.open().close()
      return try sweep.reader()
    }()
    #expect(try sweep.names("journal") == [])
    #expect(try sweep.names("quarantine").count == 1)
    let left = try reader.summaries().count
    #expect((1..<5).contains(left))
  }

  @Test func aDamagedShardGoesToQuarantineAndItsRunsAreDoneAgain() throws {
    try sweep.fill(records)
    let shard = sweep.url("shards/\(try sweep.names("shards")[1])")
    let lost = Set(try ResultReader(path: shard.path).summaries().map(\.identity))
    let count = lost.count
    try Data(contentsOf: shard).dropLast(1000).write(to: shard)

    let reader = try sweep.reader()
    #expect(try reader.summaries().count == records.count - count)
    #expect(reader.notices.count == 1 && reader.notices[0].contains(shard.lastPathComponent))

    let again = try sweep.open()
    #expect(again.completed == sweep.done(records.filter { !lost.contains($0.identity) }[...]))
    #expect(again.notices.count == 1 && again.notices[0].contains("quarantine"))
    for record in records { try again.append(record) }
    try again.close()
    #expect(try sweep.names("quarantine").count == 1)
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test func aFailedCommitStopsTheStoreAndLosesNothing() throws {
    let store = try sweep.open()
    try FileManager.default.moveItem(at: sweep.url("shards"), to: sweep.url("away"))
    for record in records.prefix(10) { try store.append(record) }
    #expect(throws: StoreError.self) {
      while true {
        for record in records.dropFirst(10) { try store.append(record) }
        usleep(1000)
      }
    }
    let error = #expect(throws: StoreError.self) { try store.close() }
    #expect("\(error!)".contains("No such file or directory") && "\(error!)".contains("No run is lost"))
    try FileManager.default.moveItem(at: sweep.url("away"), to: sweep.url("shards"))
    #expect(try sweep.reader().summaries().count >= 10)
    let again = try sweep.open()
    #expect(again.completed.isSuperset(of: sweep.done(records.prefix(10))))
    for record in records { try again.append(record) }
    try again.close()
    try sweep.expectHoldsAll(sweep.reader())
  }

  @Test(arguments: [true, false]) func aRunThatFailedIsDoneAgainAndCountsNoMore(inShards: Bool) throws {
    var failed = records[0]
    failed.outcome = .failed(message: "out of memory")
    let first = try sweep.open()
    try first.append(failed)
    #expect(first.completed == [])
    if !inShards { try first.append(records[0]) }
    try first.close()
    if inShards {
      let second = try sweep.open()
      #expect(second.completed == [])
      try second.append(records[0])
      try second.close()
      // A failure that another writer left counts neither.
      try sweep.leaveJournal([failed])
    }
    let reader = try sweep.reader()
    #expect(try reader.summaries().map(\.outcome) == [records[0].outcome])
    #expect(try reader.record(records[0].identity).outcome == records[0].outcome)
    let last = try sweep.open()
    #expect(last.completed == [records[0].identity])
    try last.close()
    #expect(try reader.summaries().map(\.outcome) == [records[0].outcome])
  }
}
