import CZlib
import Experiments
import Foundation
import Store

/// Runs of every kind, and stores that hold them.
enum Seeds {
  static func record(_ index: Int) -> TrialRecord {
    var trace = Trace()
    for column in Trace.columns { trace[keyPath: column.values] = (0..<3).map { Double(index) + 1 / Double($0 + 1) } }
    var record = TrialRecord(
      identity: TrialIdentity(high: 3, low: UInt64(index)),
      hyperparameters: [
        .init("optimizer", .text(["adam", "lion"][index % 2])), .init("seed", .integer(index)),
        .init("learning_rate", .number(0.1)), .init("keep_probability", .list([1, 0.5])),
      ],
      outcome: [.completed, .diverged(step: 4), .failed(message: "no memory")][index % 3], trace: trace, bestEpoch: 1)
    record.weights.best = [1, 2, 3, 4]
    record.weights.slices = [.init(layer: 0, role: "kernel", offset: 0, shape: [2, 2])]
    return record
  }

  static let manifest = SweepManifest(
    name: "fuzz", experimentText: "name: fuzz\n", experimentHash: "00", compatibility: "data\n",
    provenance: Provenance(version: "0"), created: "2024-01-01T00:00:00Z")

  /// A directory of results whose runs are in one shard, or in a journal still.
  static func results(in folder: String, isOpen: Bool, runs: Int) throws -> (folder: String, bytes: [UInt8]) {
    let path = "\(folder)/seed-\(UUID().uuidString)"
    let store = try ResultStore.open(directory: path, manifest: manifest)
    for index in 0..<runs { try store.append(record(index)) }
    let kind = isOpen ? "journal" : "shards"
    if !isOpen { try store.close() }
    let name = try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(kind)")[0]
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(kind)/\(name)")))
    if isOpen { try store.close() }
    return (path, bytes)
  }

  /// One shard of results that are gone again.
  static func shard(in folder: String) throws -> [UInt8] {
    let seed = try results(in: folder, isOpen: false, runs: 5)
    try FileManager.default.removeItem(atPath: seed.folder)
    return seed.bytes
  }
}

/// Journals. Most inputs have their checksums set right again, so that what is behind them is tried.
struct JournalTarget: FuzzTarget {
  private let original: [UInt8]
  private let sweep: String

  init(folder: String) throws {
    sweep = "\(folder)/sweep"
    let seed = try Seeds.results(in: folder, isOpen: true, runs: 3)
    original = seed.bytes
    try? FileManager.default.removeItem(atPath: sweep)
    try FileManager.default.createDirectory(atPath: "\(sweep)/journal", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "\(seed.folder)/sweep.json", toPath: "\(sweep)/sweep.json")
    try FileManager.default.removeItem(atPath: seed.folder)
  }

  /// The bytes of a frame's payload, by the offset of its header: length, and two checksums.
  private func payload(at offset: Int) -> Range<Int> {
    let length = original.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    return (offset + 12)..<(offset + 12 + length)
  }

  /// The magic number and the first frame, which is the manifest's.
  private var start: [UInt8] { Array(original[..<payload(at: 8).upperBound]) }

  /// The payload of the first run.
  private var payload: [UInt8] { Array(original[payload(at: start.count)]) }

  var seeds: [[UInt8]] { [payload] }

  func input(_ random: inout Mutation) -> [UInt8] {
    if random.oneIn(4) {
      var bytes = original
      random.mutate(&bytes)
      return bytes
    }
    var payload = payload
    random.mutate(&payload)
    return file(from: payload)
  }

  /// A journal of one run, under checksums that are right.
  func file(from payload: [UInt8]) -> [UInt8] {
    var header = Self.bytes(UInt32(payload.count)) + Self.bytes(Self.checksum(payload))
    header += Self.bytes(Self.checksum(header))
    return start + header + payload
  }

  private static func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_z(0, bytes, bytes.count))
  }

  func accepts(_ path: String) -> Bool {
    var count = 0
    _ = succeeds {
      let reader = try ResultReader(path: sweep)
      let runs = try reader.summaries()
      count = runs.count
      for run in runs { _ = try reader.record(run.identity) }
    }
    return count > 0
  }
}

/// Manifests beside a shard that is sound.
struct ManifestTarget: FuzzTarget {
  private let original: [UInt8]
  private let sweep: String

  init(folder: String) throws {
    sweep = "\(folder)/sweep"
    let seed = try Seeds.results(in: folder, isOpen: false, runs: 3)
    try? FileManager.default.removeItem(atPath: sweep)
    try FileManager.default.moveItem(atPath: seed.folder, toPath: sweep)
    original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(sweep)/sweep.json")))
  }

  var seeds: [[UInt8]] { [original] }

  func input(_ random: inout Mutation) -> [UInt8] {
    var bytes = original
    random.mutateText(&bytes)
    return bytes
  }

  func accepts(_ path: String) -> Bool {
    succeeds { _ = try ResultReader(path: sweep).summaries() } && succeeds { _ = try Verification(of: sweep) }
  }
}

/// Shards, as single files without their seals, so that the library sees what was changed. Those with a seal end at its
/// checksum.
struct ShardTarget: FuzzTarget {
  private let original: [UInt8]

  init(folder: String) throws {
    original = try Seeds.shard(in: folder)
  }

  var seeds: [[UInt8]] { [original] }

  func input(_ random: inout Mutation) -> [UInt8] {
    var bytes = original
    if !random.oneIn(20) { bytes.removeLast(8) }
    random.mutateInPlace(&bytes)
    return bytes
  }

  func accepts(_ path: String) -> Bool {
    succeeds {
      let reader = try ResultReader(path: path)
      for run in try reader.summaries() { _ = try reader.record(run.identity) }
      _ = try reader.testEvaluation
    } && succeeds { _ = try Verification(of: path) }
  }
}

/// A user's HDF5 file.
struct HDF5Target: FuzzTarget {
  private let original: [UInt8]

  init(folder: String) throws {
    original = try Seeds.shard(in: folder)
  }

  var seeds: [[UInt8]] { [original] }

  func input(_ random: inout Mutation) -> [UInt8] {
    var bytes = original
    random.mutateInPlace(&bytes)
    return bytes
  }

  func accepts(_ path: String) -> Bool {
    var read = 0
    _ = succeeds {
      let file = try HDF5File.open(path: path)
      for dataset in try file.datasets()
      where succeeds({ _ = try file.readNumbers(name: dataset.name, as: Double.self) }) {
        read += 1
      }
    }
    return read > 0
  }
}

extension Mutation {
  /// Changes without moving what follows: addresses in the file stay right, and the library goes deeper.
  mutating func mutateInPlace(_ bytes: inout [UInt8]) {
    if oneIn(10) { return mutate(&bytes) }
    for _ in 0...below(4) {
      let position = below(bytes.count)
      switch below(3) {
      case 0: bytes[position] ^= 1 << UInt8(below(8))
      case 1: bytes[position] = UInt8(truncatingIfNeeded: next())
      default:
        let (value, width) = (pick(Self.boundaries), pick([1, 2, 4, 8]))
        for index in 0..<width where position + index < bytes.count {
          bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
      }
    }
  }
}
