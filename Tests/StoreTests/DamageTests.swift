import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// A shard and a journal cut at every 64 bytes and with flipped bytes: the next sweep loses what is damaged, says so,
/// does it again, and in the end has what an undisturbed one has.
@Suite struct DamageTests {
  private let sweep: SweepFolder
  /// Two shards of three runs, and a journal of two.
  private let records = (0..<8).map {
    Sample.coherent(Sample.record($0, weights: false, epochs: 2, probes: false))
  }

  init() throws {
    sweep = try SweepFolder()
    try sweep.open().close()
    try sweep.leaveShard(Array(records[0..<3]))
    try sweep.leaveShard(Array(records[3..<6]))
    try sweep.leaveJournal(Array(records[6..<8]))
  }

  private enum Damage: CaseIterable {
    case cut
    case flip
  }

  /// Damages a file at a position, opens the directory as a sweep does, does what is missing, compares; then puts the
  /// directory back. `expectLost` says how many of the runs that need not be done again must be gone.
  private func disturb(
    _ name: String, at position: Int, _ damage: Damage, _ original: Data, comparesRecords: Bool
  ) throws -> Set<TrialIdentity> {
    let saved = try snapshot()
    defer { restore(saved) }
    var data = original
    switch damage {
    case .cut: data = data.prefix(position)
    case .flip: data[position] ^= 0xFF
    }
    try data.write(to: sweep.url(name))
    let store = try sweep.open()
    let kept = store.completed
    if comparesRecords {
      for record in records { try store.append(record) }
    }
    try store.close()
    if comparesRecords {
      let reader = try sweep.reader()
      try sweep.expectHoldsAll(reader, records)
      #expect(reader.notices == [], "\(damage) at \(position)")
    }
    return kept
  }

  private func snapshot() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try sweep.names("shards").map({ "shards/\($0)" }) + sweep.names("journal").map({ "journal/\($0)" }) {
      files[name] = try Data(contentsOf: sweep.url(name))
    }
    return files
  }

  private func restore(_ files: [String: Data]) {
    for folder in ["shards", "journal", "quarantine"] {
      for name in (try? sweep.names(folder)) ?? [] {
        try? FileManager.default.removeItem(at: sweep.url("\(folder)/\(name)"))
      }
    }
    for (name, data) in files { try? data.write(to: sweep.url(name)) }
  }

  @Test(arguments: [true, false]) func aShardCutOrChangedAnywhereIsDoneAgain(cuts: Bool) throws {
    let name = "shards/\(try sweep.names("shards")[0])"
    let original = try Data(contentsOf: sweep.url(name))
    let lost = Set(try ResultReader(path: sweep.url(name).path).summaries().map(\.identity))
    let damaged = sweep.done(records[...]).subtracting(lost)
    let length = try #require(try Seal.verify(FileDescriptor(opening: sweep.url(name).path, O_RDONLY))).length
    for (index, position) in stride(from: 0, to: original.count, by: cuts ? 64 : 211).enumerated() {
      let kept = try disturb(
        name, at: position, cuts ? .cut : .flip, original, comparesRecords: index % 60 == 0)
      // Without its seal, which ends with its name, a shard is still known to be right.
      let isUnsealed = position >= (cuts ? length : original.count - Seal.magic.count)
      #expect(kept == (isUnsealed ? sweep.done(records[...]) : damaged), "at \(position)")
    }
  }

  @Test(arguments: [true, false]) func aJournalCutOrChangedAnywhereKeepsItsBeginning(cuts: Bool) throws {
    let name = "journal/\(try sweep.names("journal")[0])"
    let original = try Data(contentsOf: sweep.url(name))
    let shards = sweep.done(records[0..<6])
    let first = JournalFormat.magic.count + (try Journal.frame(for: records[6])).count
    for position in stride(from: 0, to: original.count, by: cuts ? 64 : 13) {
      let kept = try disturb(name, at: position, cuts ? .cut : .flip, original, comparesRecords: position % 11 == 0)
      let whole = position >= first ? 1 : 0
      #expect(kept == shards.union(sweep.done(records[6..<(6 + whole)])), "at \(position)")
    }
  }
}
