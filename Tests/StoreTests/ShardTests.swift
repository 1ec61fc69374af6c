import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct ShardTests {
  private let folder: TemporaryDirectory
  private var path: String { folder.path("shard.h5") }

  init() throws { folder = try TemporaryDirectory() }

  private func expectComeBack(_ records: [TrialRecord]) throws {
    try writeShard(records, to: path)
    let reader = try ResultReader(path: path)
    let expected = records.map { RunSummary($0) }.sorted { $0.identity < $1.identity }
    #expect(try reader.summaries().map { "\($0)" } == expected.map { "\($0)" })
    for record in records { #expect(fingerprint(try reader.record(record.identity)) == fingerprint(record)) }
    #expect(try HDF5.openObjects() == 0)
  }

  private func record(_ index: Int, _ hyperparameters: [Hyperparameter]) -> TrialRecord {
    TrialRecord(
      identity: TrialIdentity(high: 7, low: UInt64(index)), hyperparameters: hyperparameters, outcome: .completed)
  }

  @Test(arguments: [1, 2, 24, 300]) func everyFieldComesBack(count: Int) throws {
    try expectComeBack((0..<count).map { Sample.record($0) })
  }

  /// Traces and weights that take many chunks, and rows longer than one.
  @Test(arguments: [(1, 70_000), (40, 3000), (3, 300_000)]) func manyChunks(count: Int, weights: Int) throws {
    try expectComeBack(
      (0..<count).map { index in
        var record = Sample.record(index, weights: false, epochs: 900)
        record.weights = Sample.weights(index, count: weights)
        return record
      })
  }

  @Test func severalArchitecturesShareAFile() throws {
    try expectComeBack(
      (0..<20).map { index in
        var record = Sample.record(index, weights: false)
        record.weights = Sample.weights(index, count: [23, 40, 23][index % 3])
        if index % 3 == 2 { record.weights.slices = [] }
        return record
      })
  }

  /// Both precisions of one network in a file, as no experiment has them.
  @Test func weightsInDoubleAreExact() throws {
    let records = (0..<8).map { index in
      var record = Sample.record(index)
      if index % 3 != 0 { record.weights = Sample.doubleWeights(index) }
      return record
    }
    try expectComeBack(records)
    let last = try ResultReader(path: path).record(records[5].identity).weights.final
    let isSame = last == records[5].weights.final
    #expect(isSame && last.precision == .double)
    let types = try HDF5.run {
      let shard = try ShardFile.open(path, requiresSeal: true)
      let names = ["weights_final_4x3x2", "weights_final_4x3x2_"]
      let types = try names.map { try StoredVariable($0, in: shard.file).type }
      try shard.close()
      return types
    }
    #expect(types.contains(.number(.float32)) && types.contains(.number(.float64)))
  }

  @Test func namesAndValuesThatCollide() throws {
    try expectComeBack([
      record(0, [.init("run", .integer(1)), .init("run_id", .text("a b\tc\nd")), .init("x", .list([1, 2]))]),
      record(1, [.init("x", .number(-0.0)), .init("x_count", .integer(.max)), .init("run_id", .text(""))]),
      record(2, [.init("x", .text("é")), .init("2 b", .number(.infinity)), .init("weights_best", .integer(.min))]),
      record(3, [.init("x", .integer(-1)), .init("layer", .list([])), .init("part", .list([.nan, 1]))]),
      record(4, []),
      record(5, [.init("keep_probability", .list([1, 2, 3])), .init("dropout_rate", .list([0]))]),
      record(6, [.init("dropout_rate", .list([0, 1, 2, 3, 4])), .init("b", .text("a_b")), .init("a", .text("x"))]),
      record(7, [.init("a", .text("y")), .init("b", .text("a b"))]),
    ])
  }

  @Test(arguments: [127, 128, 200]) func manyTexts(distinct: Int) throws {
    try expectComeBack((0..<250).map { record($0, [.init("data", .text("path \($0 % distinct)"))]) })
  }

  @Test func aZeroInAMessageIsShown() throws {
    var record = Sample.record(0)
    record.outcome = .failed(message: "a\0b")
    try writeShard([record], to: path)
    #expect(try ResultReader(path: path).record(record.identity).outcome == .failed(message: "a\u{2400}b"))
  }

  /// Neighbours that are equal are stored by one copy in memory; those that only Swift takes for equal keep their bytes.
  @Test func textsKeepTheirBytes() throws {
    let texts = ["a", "a", "\u{e9}", "e\u{301}", "e\u{301}", "", "", "b"]
    let records = texts.enumerated().map { index, text in
      var record = Sample.record(index)
      record.outcome = .failed(message: text)
      return record
    }
    for records in [records, records.reversed()] {
      try ShardImage(ShardContent(records, manifest: Sample.manifest()), name: "shard").bytes.withUnsafeBytes {
        try Data($0).write(to: URL(fileURLWithPath: path))
      }
      let found = try HDF5.run {
        let file = try InputFile.open(path)
        let found = try file.dataset(Schema.Name.failureMessage).readText()
        try file.close()
        return found
      }
      #expect(found.map { Array($0.utf8) } == records.map { Array(($0.outcome.failureMessage ?? "").utf8) })
    }
  }

  /// Neither the time nor the memory's content enters a file.
  @Test func equalRunsAreEqualBytes() throws {
    let records = (0..<30).map { Sample.record($0) }
    func bytes() throws -> [UInt8] {
      try ShardImage(ShardContent(records, manifest: Sample.manifest()), name: "shard").bytes
    }
    let first = try bytes()
    usleep(1_100_000)
    #expect(try bytes() == first)
  }

  @Test func unknownRunsAreSaid() throws {
    try writeShard([Sample.record(0)], to: path)
    let error = #expect(throws: StoreError.self) { try ResultReader(path: path).record(Sample.record(1).identity) }
    #expect("\(error!)".contains("has no run \(Sample.record(1).identity)"))
  }

  // MARK: - Damage

  private func open(_ bytes: [UInt8]) throws -> [TrialIdentity] {
    let damaged = folder.path("damaged.h5")
    try Data(bytes).write(to: URL(fileURLWithPath: damaged))
    return try HDF5.run {
      let shard = try ShardFile.open(damaged, requiresSeal: true)
      let identities = try shard.identities()
      try shard.close()
      return identities
    }
  }

  @Test func aCutIsSeen() throws {
    try writeShard((0..<5).map { Sample.record($0) }, to: path)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(try open(whole).count == 5)
    for length in Array(stride(from: 0, to: whole.count, by: 64)) + [whole.count - 1] {
      #expect(throws: StoreError.self, "cut to \(length)") { try open(Array(whole[..<length])) }
    }
    #expect(throws: StoreError.self) { try open(whole + [0]) }
  }

  /// Small columns are under the seal; chunks have checksums of their own.
  @Test func aFlippedBitIsSeen() throws {
    var record = Sample.record(0, weights: false, epochs: 3000)
    record.weights = Sample.weights(0, count: 9000)
    try writeShard([record], to: path)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let seal = try #require(try Seal.verify(FileDescriptor(opening: path, O_RDONLY)))
    #expect(seal.chunks.count > 0)
    for position in stride(from: 0, to: whole.count, by: 509) {
      var flipped = whole
      flipped[position] ^= 1 << UInt8(position % 8)
      if !seal.chunks.contains(where: { $0.contains(position) }) {
        #expect(throws: StoreError.self, "flipped at \(position)") { try open(flipped) }
      } else {
        #expect(try open(flipped).count == 1)
        let reader = try ResultReader(path: folder.path("damaged.h5"))
        #expect(throws: HDF5Error.self, "flipped at \(position)") { try reader.record(record.identity) }
      }
    }
  }
}
