import Experiments

/// The compact binary form of a ``TrialRecord``: docs/format.md, "Journal".
enum RecordCoding {
  /// Raised when the bytes of a record change. A record has those of the first version that could hold it: 1 has no
  /// probes of the curvature, 2 no weights in Double, 3 no number of workers, 4 no variance of the validation loss.
  static let version: UInt8 = 5

  static func encode(_ record: TrialRecord, into writer: inout ByteWriter) {
    let isDouble = record.weights.precision == .double
    let version: UInt8 =
      record.validation.samples > 0 ? 5 : record.cost.workers > 0 ? 4 : isDouble ? 3 : record.curvature.isEmpty ? 1 : 2
    writer.append(version)
    if version >= 4 {
      writer.append(isDouble ? 8 : 4 as UInt8)
      writer.append(UInt32(record.cost.workers))
    }
    if version >= 5 { encode(record.validation, into: &writer) }
    writer.append(record.identity.high)
    writer.append(record.identity.low)
    writer.append(UInt16(record.hyperparameters.count))
    for entry in record.hyperparameters { encode(entry, into: &writer) }
    encode(record.outcome, into: &writer)
    writer.append(Int64(record.bestEpoch ?? -1))
    for count in [record.cost.steps, record.cost.gradients, record.cost.products] { writer.append(Int64(count)) }
    writer.append(record.cost.trainingSeconds)
    writer.append(record.cost.totalSeconds)
    // Columns behind the last one that the record has are left out, so that a new column changes no record without it.
    let needed = Trace.columns.count { !$0.isOptional }
    let columns = record.trace.columnValues
    let last = columns.lastIndex { !$0.isEmpty } ?? 0
    writer.append(UInt8(max(needed, last + 1)))
    for values in columns.prefix(max(needed, last + 1)) { writer.append(values) }
    for vector in [record.weights.initial, record.weights.best, record.weights.final] {
      isDouble ? writer.append(vector.doubles) : writer.append(vector.floats)
    }
    writer.append(UInt16(record.weights.slices.count))
    for slice in record.weights.slices { encode(slice, into: &writer) }
    guard version > 1 else { return }
    writer.append(UInt32(record.curvature.count))
    for measurement in record.curvature { encode(measurement, into: &writer) }
  }

  /// CRC-32 of the encoded record, which tells a value that another program changed; never 0, which stands for unknown.
  static func checksum(of record: TrialRecord) -> UInt32 {
    var record = record
    // Slices are stored with the vectors that they divide.
    if record.weights.precision == nil { record.weights.slices = [] }
    var writer = ByteWriter()
    encode(record, into: &writer)
    return max(1, writer.bytes.withUnsafeBytes { Checksum(of: $0).value })
  }

  static func decode(_ bytes: [UInt8]) throws -> TrialRecord {
    var reader = ByteReader(bytes)
    let version = try reader.integer(UInt8.self)
    guard (1...Self.version).contains(version) else {
      throw ByteReader.Malformed(reason: "record version \(version), this program reads 1 to \(Self.version)")
    }
    let weightBytes = version >= 4 ? try reader.integer(UInt8.self) : version == 3 ? 8 : 4
    guard weightBytes == 4 || weightBytes == 8 else {
      throw ByteReader.Malformed(reason: "weights of \(weightBytes) bytes")
    }
    let workers = version >= 4 ? try reader.integer(UInt32.self) : 0
    let validation = version >= 5 ? try validation(from: &reader) : ValidationSpread()
    let identity = TrialIdentity(high: try reader.integer(), low: try reader.integer())
    let count = Int(try reader.integer(UInt16.self))
    let hyperparameters = try (0..<count).map { _ in try hyperparameter(from: &reader) }
    var record = TrialRecord(
      identity: identity, hyperparameters: hyperparameters, outcome: try outcome(from: &reader))
    let best = Int(try reader.integer(Int64.self))
    record.bestEpoch = best < 0 ? nil : best
    record.validation = validation
    record.cost.steps = Int(try reader.integer(Int64.self))
    record.cost.gradients = Int(try reader.integer(Int64.self))
    record.cost.products = Int(try reader.integer(Int64.self))
    record.cost.trainingSeconds = try reader.double()
    record.cost.totalSeconds = try reader.double()
    record.cost.workers = Int(workers)
    let columns = Int(try reader.integer(UInt8.self))
    let needed = Trace.columns.count { !$0.isOptional }
    guard (needed...Trace.columns.count).contains(columns) else {
      throw ByteReader.Malformed(
        reason: "a trace of \(columns) columns, this program reads \(needed) to \(Trace.columns.count)")
    }
    for column in Trace.columns.prefix(columns) { record.trace[keyPath: column.values] = try reader.doubles() }
    for path in [\Weights.initial, \.best, \.final] {
      record.weights[keyPath: path] = try weights(from: &reader, isDouble: weightBytes == 8)
    }
    let slices = Int(try reader.integer(UInt16.self))
    record.weights.slices = try (0..<slices).map { _ in try slice(from: &reader) }
    if version > 1 {
      let probes = Int(try reader.integer(UInt32.self))
      for _ in 0..<probes { record.curvature.append(try curvature(from: &reader)) }
    }
    guard reader.remaining == 0 else { throw ByteReader.Malformed(reason: "\(reader.remaining) bytes too many") }
    try record.validate()
    return record
  }
}

// MARK: - Parts

extension RecordCoding {
  private static func encode(_ validation: ValidationSpread, into writer: inout ByteWriter) {
    writer.append(UInt32(validation.samples))
    writer.append(validation.finalVariance ?? .nan)
    writer.append(validation.bestVariance ?? .nan)
  }

  private static func validation(from reader: inout ByteReader) throws -> ValidationSpread {
    var validation = ValidationSpread(samples: Int(try reader.integer(UInt32.self)))
    validation.finalVariance = known(try reader.double())
    validation.bestVariance = known(try reader.double())
    return validation
  }

  private static func known(_ value: Double) -> Double? { value.isNaN ? nil : value }

  private static func weights(from reader: inout ByteReader, isDouble: Bool) throws -> WeightVector {
    guard isDouble else { return .float(try reader.floats()) }
    let values = try reader.doubles()
    // What was not kept is one value, whatever the precision.
    return values.isEmpty ? [] : .double(values)
  }

  private static func encode(_ entry: Hyperparameter, into writer: inout ByteWriter) {
    writer.append(entry.name)
    switch entry.value {
    case .integer(let value):
      writer.append(0 as UInt8)
      writer.append(Int64(value))
    case .number(let value):
      writer.append(1 as UInt8)
      writer.append(value)
    case .text(let value):
      writer.append(2 as UInt8)
      writer.append(value)
    case .list(let values):
      writer.append(3 as UInt8)
      writer.append(values)
    }
  }

  private static func hyperparameter(from reader: inout ByteReader) throws -> Hyperparameter {
    let name = try reader.string()
    switch try reader.integer(UInt8.self) {
    case 0: return Hyperparameter(name, .integer(Int(try reader.integer(Int64.self))))
    case 1: return Hyperparameter(name, .number(try reader.double()))
    case 2: return Hyperparameter(name, .text(try reader.string()))
    case 3: return Hyperparameter(name, .list(try reader.doubles()))
    case let code: throw ByteReader.Malformed(reason: "hyperparameter kind \(code)")
    }
  }

  private static func encode(_ outcome: TrialOutcome, into writer: inout ByteWriter) {
    writer.append(UInt8(outcome.code))
    writer.append(Int64(outcome.divergedStep ?? 0))
    writer.append(outcome.failureMessage ?? "")
  }

  private static func outcome(from reader: inout ByteReader) throws -> TrialOutcome {
    let code = Int(try reader.integer(UInt8.self))
    let step = Int(try reader.integer(Int64.self))
    let message = try reader.string()
    guard let outcome = TrialOutcome(code: code, divergedStep: step, failureMessage: message) else {
      throw ByteReader.Malformed(reason: "outcome \(code)")
    }
    return outcome
  }

  private static func encode(_ slice: ParameterSlice, into writer: inout ByteWriter) {
    writer.append(Int64(slice.layer))
    writer.append(slice.role)
    writer.append(Int64(slice.offset))
    writer.append(slice.shape.map(Int64.init))
  }

  private static func slice(from reader: inout ByteReader) throws -> ParameterSlice {
    ParameterSlice(
      layer: Int(try reader.integer(Int64.self)), role: try reader.string(),
      offset: Int(try reader.integer(Int64.self)), shape: try reader.integers().map { Int($0) })
  }
}
