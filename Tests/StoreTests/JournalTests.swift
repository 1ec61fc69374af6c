import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct JournalTests {
  let scratch: TemporaryDirectory

  init() throws { scratch = try TemporaryDirectory() }

  @Test(arguments: 0..<24) func everyFieldComesBack(index: Int) throws {
    let record = Sample.record(index)
    var decoded = try RecordCoding.decode(bytes(of: record))
    #expect(fingerprint(decoded) == fingerprint(record))
    // NaN apart, equality by value as well: the encoding cannot hide a field from the comparison above.
    var plain = record
    plain.trace.batchLoss = []
    plain.trace.gradientNorm = []
    plain.curvature = []
    decoded.trace.batchLoss = []
    decoded.trace.gradientNorm = []
    decoded.curvature = []
    let isSame = decoded == plain
    if !record.weights.final.floats.contains(where: \.isNaN) { #expect(isSame) }
  }

  /// Fields of a probe that no column names would be lost; every one of the sample's is told by its text.
  @Test func everyFieldOfAProbeComesBack() throws {
    let record = Sample.record(3)
    let decoded = try RecordCoding.decode(bytes(of: record))
    let isSame = "\(decoded.curvature)" == "\(record.curvature)"
    #expect(isSame && record.curvature.count == 3)
    let fields = Mirror(reflecting: record.curvature[0]).children.count
    let columns =
      1 + CurvatureMeasurement.integers.count + CurvatureMeasurement.numbers.count
      + CurvatureMeasurement.categories.count + CurvatureMeasurement.vectors.count
      + CurvatureMeasurement.lists.reduce(0) { $0 + $1.columns.count + $1.flags.count + $1.byDirection.count }
    #expect(fields == columns)
  }

  /// A record with none of what later versions added has the bytes that version 1 gave it, so that programs of that version read it.
  @Test func withoutProbesARecordIsOfVersionOne() throws {
    let (without, with) = (bytes(of: Sample.record(0)), bytes(of: Sample.record(1, workers: false, validation: false)))
    #expect(without[0] == 1 && with[0] == 2)
    #expect(throws: ByteReader.Malformed.self) { try RecordCoding.decode([6] + without.dropFirst()) }
  }

  /// The number of workers, with weights of either precision; other widths of a weight are damage.
  @Test func workersComeBack() throws {
    for double in [false, true] {
      var record = Sample.record(0)
      record.cost.workers = 70_000
      if double { record.weights = Sample.doubleWeights(0) }
      var encoded = bytes(of: record)
      #expect(encoded[0] == 4 && encoded[1] == (double ? 8 : 4))
      let decoded = try RecordCoding.decode(encoded)
      #expect(decoded.cost == record.cost && fingerprint(decoded) == fingerprint(record))
      #expect(decoded.weights.precision == (double ? .double : .float))
      encoded[1] = 2
      #expect(throws: ByteReader.Malformed.self) { try RecordCoding.decode(encoded) }
    }
  }

  /// The variances of the validation loss, either of which may be unknown; one that is none is damage.
  @Test func theSpreadOfTheValidationLossComesBack() throws {
    var record = Sample.record(0)
    for spread in [
      ValidationSpread(samples: 360, finalVariance: 0.1, bestVariance: 0),
      ValidationSpread(samples: 1), ValidationSpread(samples: 70_000, bestVariance: 1e300),
    ] {
      record.validation = spread
      let encoded = bytes(of: record)
      #expect(encoded[0] == 5)
      let decoded = try RecordCoding.decode(encoded)
      #expect(decoded.validation == spread && fingerprint(decoded) == fingerprint(record))
    }
    for spread in [
      ValidationSpread(samples: 360, finalVariance: -1), ValidationSpread(samples: 0, bestVariance: 1),
      ValidationSpread(samples: -1),
    ] {
      record.validation = spread
      #expect(throws: StoreError.self) { try record.validate() }
    }
  }

  @Test(arguments: 0..<4) func weightsInDoubleAreExact(index: Int) throws {
    var record = Sample.record(index)
    record.weights = Sample.doubleWeights(index)
    let decoded = try RecordCoding.decode(bytes(of: record))
    let version = record.validation.samples > 0 ? 5 : record.cost.workers > 0 ? 4 : 3
    #expect(Int(bytes(of: record)[0]) == version && fingerprint(decoded) == fingerprint(record))
    let isSame = decoded.weights == record.weights
    if !record.weights.final.floats.contains(where: \.isNaN) { #expect(isSame) }
    #expect(decoded.weights.final.precision == .double)
    #expect(decoded.weights.initial.precision == (record.weights.initial.isEmpty ? nil : .double))
    var mixed = record
    mixed.weights.final = .float(record.weights.final.floats)
    if !mixed.weights.best.isEmpty { #expect(throws: StoreError.self) { try mixed.validate() } }
  }

  private func write(_ records: [TrialRecord]) throws -> (path: String, ends: [Int]) {
    let path = scratch.path("a.journal")
    let journal = try Journal(creating: path, synchronizes: false)
    var ends = [JournalFormat.magic.count]
    for record in records {
      let frame = try Journal.frame(for: record)
      try journal.append(frame)
      ends.append(ends[ends.count - 1] + frame.count)
    }
    return (path, ends)
  }

  @Test func tornAtEveryByteKeepsTheWholeRecords() throws {
    let records = (0..<3).map { Sample.record($0, epochs: 2, probes: false) }
    let (path, ends) = try write(records)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(whole.count == ends.last)
    for length in 0...whole.count {
      let torn = scratch.path("torn.journal")
      try whole.prefix(length).write(to: URL(fileURLWithPath: torn))
      let replay = try JournalReplay(path: torn)
      let expected = max(0, ends.filter { $0 <= length }.count - 1)
      #expect(replay.records.map(fingerprint) == records.prefix(expected).map(fingerprint), "cut at \(length)")
      let isComplete = length == 0 || ends.contains(length)
      switch replay.tail {
      case .complete: #expect(isComplete, "cut at \(length)")
      case .torn(let offset, let bytes):
        #expect(!isComplete && offset + bytes == length, "cut at \(length)")
      case .damaged: Issue.record("a cut at \(length) is taken for damage")
      }
    }
  }

  @Test func aFlippedBitEndsTheValidPrefix() throws {
    let records = (0..<3).map { Sample.record($0, weights: false, epochs: 1, probes: false) }
    let (path, ends) = try write(records)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for position in whole.indices {
      var flipped = whole
      flipped[position] ^= 1 << UInt8(position % 8)
      let file = scratch.path("flipped.journal")
      try flipped.write(to: URL(fileURLWithPath: file))
      let replay = try JournalReplay(path: file)
      let intact = max(0, ends.filter { $0 <= position }.count - 1)
      #expect(replay.records.map(fingerprint) == records.prefix(intact).map(fingerprint), "flipped at \(position)")
      if case .damaged = replay.tail {} else { Issue.record("a flip at \(position) goes unnoticed") }
    }
  }
}
