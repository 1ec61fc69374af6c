import CHDF5
import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// Shards from which another program has cut the seal: what verifies without it is kept.
@Suite struct UnsealedShardTests {
  private let sweep: SweepFolder

  init() throws { sweep = try SweepFolder((0..<23).map { Sample.coherent(Sample.record($0)) }) }

  /// Cuts the seal off the first shard, and changes what is left.
  private func unseal(_ change: (inout Data) throws -> Void = { _ in }) throws -> String {
    let name = "shards/\(try sweep.names("shards")[0])"
    let seal = try #require(try Seal.verify(FileDescriptor(opening: sweep.url(name).path, O_RDONLY)))
    var data = try Data(contentsOf: sweep.url(name)).prefix(seal.length)
    try change(&data)
    try Data(data).write(to: sweep.url(name))
    return name
  }

  @Test func allRunsAreRead() throws {
    try sweep.fill(sweep.records)
    let name = try unseal()
    let reader = try sweep.reader()
    try sweep.expectHoldsAll(reader)
    #expect(reader.unread == [])
    #expect(reader.notices.count == 1 && reader.notices[0].contains("has no seal"))
    let found = try Verification(of: sweep.path)
    #expect(found.damaged.count == 1 && found.damaged[0].path.hasSuffix(name))
    #expect(found.damaged[0].runs == 10 && found.damaged[0].lost == 0 && found.runs == 23)
  }

  @Test(arguments: [true, false]) func theNextSweepAndRepairSealIt(repairs: Bool) throws {
    try sweep.fill(sweep.records)
    let name = try unseal()
    let content = try Data(contentsOf: sweep.url(name))
    if repairs {
      #expect(try ResultRepair.repair(sweep.path).contains { $0.contains("it was sealed again") })
    } else {
      let store = try sweep.open()
      #expect(store.completed == sweep.done(sweep.records[...]))
      #expect(store.notices.count == 1 && store.notices[0].contains("it was sealed again"))
      try store.close()
    }
    #expect(try sweep.names("quarantine") == [])
    #expect(try Data(contentsOf: sweep.url(name)).prefix(content.count) == content)
    #expect(try Verification(of: sweep.path).isWhole)
    try sweep.expectHoldsAll(sweep.reader())
  }

  /// Chunks have checksums of their own: the runs beside a damaged one are saved.
  @Test func whatVerifiesIsSaved() throws {
    let records = Sample.chunkedRecords().map(Sample.coherent)
    try sweep.fill(records)
    let path = sweep.url("shards/\(try sweep.names("shards")[0])").path
    let seal = try #require(try Seal.verify(FileDescriptor(opening: path, O_RDONLY)))
    let chunk = try #require(seal.chunks.max { $0.count < $1.count })
    _ = try unseal { $0[chunk.upperBound - 1000] ^= 16 }
    let store = try sweep.open()
    #expect((1..<8).contains(store.completed.count))
    #expect(store.notices.count == 1 && store.notices[0].contains("of its runs were saved"))
    try store.close()
    #expect(try sweep.names("quarantine").count == 1)
    #expect(try Verification(of: sweep.path).isWhole)
    try sweep.fill(records)
    try sweep.expectHoldsAll(sweep.reader(), records)
  }

  /// A name is a hash of the runs, and an identity one of the hyperparameters: who changes these has made other runs.
  @Test func otherRunsAreNotTaken() throws {
    try sweep.fill(sweep.records)
    let name = try unseal()
    let other = sweep.url("shards/\(TrialIdentity(hashing: "other")).h5")
    try FileManager.default.moveItem(at: sweep.url(name), to: other)
    let reader = try sweep.reader()
    #expect(try reader.summaries().count == 13)
    #expect(reader.unread.map(\.path) == [other.path] && reader.unread[0].isDamaged)
    try sweep.open().close()
    #expect(try sweep.names("quarantine").count == 1)
  }

  @Test func changedHyperparametersAreNotTaken() throws {
    try sweep.fill(sweep.records)
    _ = try unseal { data in
      // An optimizer's name in the table of the hyperparameters, where no checksum covers it.
      let word = try #require(data.range(of: Data("\"momentum\"".utf8)))
      data[word.lowerBound + 1] = UInt8(ascii: "n")
    }
    #expect(try sweep.reader().summaries().count == 13)
    try sweep.open().close()
    #expect(try sweep.names("quarantine").count == 1)
  }

  /// h5py makes the checksums of what it writes anew. A value that the others contradict is found all the same: the run is set
  /// aside and named, and the others are kept.
  @Test(
    arguments: [
      ("val_loss_best", "[row] -= 0.5"), ("val_loss_final", "[row] = 0.0"), ("train_accuracy_best", "[row] += 1"),
      ("best_epoch", "[row] = 1"), ("epochs", "[row] += 1"), ("training_seconds", "[row] *= 0.5"),
      ("total_seconds", "[row] = 0.0"), ("steps", "[row] = -1"), ("val_loss", "[row, 2] = -9.0"),
      ("val_loss", "[row, 0] += 0.25"), ("seconds_trace", "[row, 1] = 1e6"), ("trace_length", "[row] -= 1"),
      // What no other value tells of has the checksum of the record.
      ("validation_samples", "[row] += 1"), ("gradient_passes", "[row, :] *= 0.01"), ("steps", "[row] += 1"),
      ("learning_rate_trace", "[row, 1] *= 2"), ("gradient_norm", "[row, 1] += 1"), ("workers", "[row] += 1"),
      ("record_checksum", "[row] += 1"), ("learning_rate", "[row] *= 2"), ("seed", "[row] += 1"),
    ])
  func valuesThatContradictTheTraceAreNotTaken(column: String, change: String) throws {
    let sweep = try SweepFolder((0..<4).map { Sample.coherent(Sample.record($0)) })
    try sweep.fill(sweep.records)
    let name = "shards/\(try sweep.names("shards")[0])"
    let runs = try HDF5.run { try ShardFile.open(sweep.url(name).path, requiresSeal: true).identities() }
    // One that trained, so that it has a trace.
    let row = try #require(
      runs.firstIndex { run in sweep.records.contains { $0.identity == run && $0.outcome == .completed } })
    let script = "import h5py; row = \(row); f = h5py.File('\(sweep.url(name).path)', 'r+'); f['\(column)']\(change)"
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    _ = try Tool.run([interpreter, "-c", script])

    // It is named, whatever reads it.
    let reader = try sweep.reader()
    _ = try reader.summaries()
    #expect(reader.unread.count == 1 && reader.unread[0].reason.contains("run \(runs[row])"), "\(reader.unread)")
    let found = try #require(try Verification(of: sweep.path).damaged.first)
    #expect(found.lost == 1 && found.runs == runs.count - 1, "\(found)")
    #expect(found.note.contains("run \(runs[row])"), "\(found.note)")
    let store = try sweep.open()
    #expect(!store.completed.contains(runs[row]))
    #expect(store.completed == sweep.done(sweep.records[...]).subtracting([runs[row]]))
    #expect(store.notices.count == 1 && store.notices[0].contains("\(runs[row])"), "\(store.notices)")
    try store.close()
    #expect(try sweep.names("quarantine").count == 1)
    #expect(try Verification(of: sweep.path).isWhole)
  }

  /// The global attributes for plain readers say what the manifest says.
  @Test(arguments: [
    ("selection_rule", "'train_loss at the best epoch'"), ("experiment", "'other'"), ("provenance", "'{}'"),
  ])
  func changedAttributesAreNotTaken(attribute: String, value: String) throws {
    try sweep.fill(sweep.records)
    let path = sweep.url("shards/\(try sweep.names("shards")[0])").path
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    _ = try Tool.run([interpreter, "-c", "import h5py; h5py.File('\(path)', 'r+').attrs['\(attribute)'] = \(value)"])
    let found = try #require(try Verification(of: sweep.path).damaged.first)
    #expect(found.note.contains(attribute), "\(found.note)")
  }

  /// What says whose a value is, is looked at as well; what runs can be read by themselves is kept.
  @Test(arguments: ["epoch", "run"]) func changedCoordinatesAreNotTaken(name: String) throws {
    let sweep = try SweepFolder((0..<4).map { Sample.coherent(Sample.record($0)) })
    try sweep.fill(sweep.records)
    let path = sweep.url("shards/\(try sweep.names("shards")[0])").path
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    _ = try Tool.run([interpreter, "-c", "import h5py; h5py.File('\(path)', 'r+')['\(name)'][1] = 7"])
    let found = try #require(try Verification(of: sweep.path).damaged.first)
    #expect(found.note.contains("\(name) is not in order") && found.lost == 0, "\(found.note)")
    _ = try ResultRepair.repair(sweep.path)
    #expect(try Verification(of: sweep.path).isWhole)
    try sweep.expectHoldsAll(sweep.reader())
  }

  /// The checksum is of what can be read back: of every kind of record the stored one has the same.
  @Test func checksumsAreOfWhatIsStored() throws {
    try sweep.fill(sweep.records)
    for name in try sweep.names("shards") {
      try HDF5.run {
        let shard = try ShardFile.open(sweep.url("shards/\(name)").path, requiresSeal: true)
        let checksums = try shard.checksums()
        for row in checksums.indices {
          #expect(try Int64(RecordCoding.checksum(of: shard.record(row: row))) == checksums[row])
        }
        #expect(!checksums.contains(0))
        try shard.close()
      }
    }
  }
}
