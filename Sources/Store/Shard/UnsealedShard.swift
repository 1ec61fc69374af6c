import Experiments
import Glibc

/// A sweep's own shard that another program has written to: `h5py.File(shard, "r+").close()` is enough to cut off the
/// seal.
///
/// What the seal vouched for can be found out without it. Each chunk has a checksum, and so has each object's header with
/// the small columns in it; a shard's name is a hash of its runs and how they ended; a run's identity is one of its
/// hyperparameters. A program that changes a value makes its checksum anew: so the columns must be those that the trace gives,
/// see ``RunContradiction``. Where all of these agree the runs are those that were written.
struct UnsealedShard {
  let path: String
  let examination: ShardExamination

  /// Nil for a file with a seal, whatever that is worth. Throws where the file is no shard of its name.
  init?(_ path: String) throws {
    guard try Self.hasNoSeal(path) else { return nil }
    self.path = path
    examination = try ShardExamination(of: path, requiresSeal: false)
    let (runs, checksums) = try HDF5.run {
      let shard = try ShardFile.open(path, requiresSeal: false)
      var (tables, shared) = (TableCache(), SharedValues())
      let runs = try shard.summaries(&tables).summaries(sharing: &shared)
      let checksums = try shard.checksums()
      try shard.close()
      return (runs, checksums)
    }
    // Where some runs are known to be changed, the name is of what they were, and each of the others has its own checksum.
    let isVouchedFor = !checksums.contains(0) && examination.readable.count < examination.count
    let name = Files.name(
      of: ShardCommit.path(for: runs.map { ($0.identity, $0.outcome.name) }, in: ResultDirectory("")))
    let isProbe = runs.count == 1 && Files.name(of: path).hasPrefix("\(runs[0].identity)-")
    guard name == Files.name(of: path) || isProbe || isVouchedFor else {
      throw StoreError.damaged(path: path, reason: "has no seal, and its name is not that of its runs")
    }
    guard isVouchedFor || runs.allSatisfy({ TrialIdentity(of: $0.hyperparameters) == $0.identity }) else {
      throw StoreError.damaged(path: path, reason: "has no seal, and a run whose hyperparameters are not its own")
    }
  }

  /// The same; nil too where the file is no shard of its name, or is damaged beyond that.
  static func trusted(_ path: String) throws -> UnsealedShard? {
    do {
      return try UnsealedShard(path)
    } catch  where Recovery.isDamage(error) {
      return nil
    }
  }

  /// Whether every run in it can be read whole.
  var isWhole: Bool { examination.damage == nil }

  private static func hasNoSeal(_ path: String) throws -> Bool {
    let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
    guard try file.isRegularFile(), try isAsLongAsItSays(file) else { return false }
    do {
      return try Seal.verify(file) == nil
    } catch  where Recovery.isDamage(error) {
      return false
    }
  }

  /// Whether all of the HDF5 file is there. What is cut off needs no rehearsal to be known as such.
  ///
  /// The end of the file stands in the superblock, by its version: HDF5 File Format Specification, II.A.
  private static func isAsLongAsItSays(_ file: borrowing FileDescriptor) throws -> Bool {
    let block = try file.read(48, at: 0)
    guard block.count == 48, block.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) else { return false }
    let place = block[8] < 2 ? 40 : 28
    let end = block.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
    return try UInt64(file.size()) >= UInt64(littleEndian: end)
  }

  /// Puts a seal behind the file as it is, over all of its bytes. A reader sees the file without it, or with it.
  func seal() throws {
    let source = try FileDescriptor(opening: path, O_RDONLY)
    let length = try source.size()
    let seal = try Seal(ofFile: path, leavingOut: [])
    try Files.replace(path) { target in
      var offset = 0
      while offset < length {
        let block = try source.read(min(1 << 20, length - offset), at: offset)
        guard !block.isEmpty else { throw StoreError.damaged(path: path, reason: "shrank while it was read") }
        try target.write(block)
        offset += block.count
      }
      try target.write(seal.bytes)
    }
  }

  /// What was found, for messages.
  var description: String { "\(printable(path)): \(reason)" }

  /// The same without the path.
  var reason: String {
    let runs = "\(examination.readable.count) of \(examination.count) runs"
    let damage = examination.damage.map { "; \($0.hasPrefix(path) ? String($0.dropFirst(path.count + 2)) : $0)" } ?? ""
    return "has no seal, because another program wrote to it; its checksums and values agree for \(runs)\(damage)"
  }
}
