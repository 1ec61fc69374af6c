import Experiments
import Glibc

/// A journal under the lock that says its runs are taken care of.
final class JournalFile: Sendable {
  let descriptor: FileDescriptor
  /// Kept for inspection when it is retired.
  let isDamaged: Bool

  var path: String { descriptor.path }

  init(_ descriptor: consuming FileDescriptor, isDamaged: Bool = false) {
    self.descriptor = descriptor
    self.isDamaged = isDamaged
  }
}

/// An append-only file of finished runs that are in no shard yet. One writer.
final class Journal {
  let file: JournalFile
  private let synchronizes: Bool
  /// Where the next frame begins: everything before is whole.
  private var end: Int
  /// Set where a failed write could not be undone, so that nothing can follow it.
  private var isBroken = false

  /// Creates the file. Its first frame says what the runs are of, so that no other file is needed to know it. Throws
  /// ``StoreError/system``.
  ///
  /// It has its name only once it is locked: a peer of a shared sweep takes up every journal that nobody holds.
  init(creating path: String, manifest: SweepManifest? = nil, synchronizes: Bool) throws {
    let start = try JournalFormat.magic + (manifest.map(Self.frame(for:)) ?? [])
    self.synchronizes = synchronizes
    var descriptor = try TemporaryFile.create(for: path, O_APPEND)
    do {
      try descriptor.write(start)
      try descriptor.rename(to: path)
    } catch {
      unlink(descriptor.path)
      throw error
    }
    FaultPoint.journalMade.pass()
    file = JournalFile(descriptor)
    end = start.count
    if synchronizes { try Files.synchronizeDirectory(Files.parent(of: path)) }
  }

  /// One frame: what ``append(_:)`` takes. Separate, so that workers encode without holding the store.
  ///
  /// Throws ``StoreError/invalidRecord`` where the record is longer than what is read again, ``StoreError/system`` where there
  /// is no memory for it.
  static func frame(
    for record: TrialRecord, limit: Int = JournalFormat.maximumPayload
  ) throws -> [UInt8] {
    try FreeMemory.require(record.approximateBytes, for: "run \(record.identity.short)")
    var writer = ByteWriter(capacity: record.approximateBytes)
    for _ in 0..<JournalFormat.frameHeaderLength { writer.append(0 as UInt8) }
    RecordCoding.encode(record, into: &writer)
    guard writer.bytes.count - JournalFormat.frameHeaderLength <= limit else {
      throw StoreError.invalidRecord(
        identity: record.identity,
        reason: "it takes \(writer.bytes.count) bytes, \(limit) are the most a run may take; fewer"
          + " weights can be kept with --weights")
    }
    JournalFormat.seal(&writer, from: 0)
    return writer.bytes
  }

  private static func frame(for manifest: SweepManifest) throws -> [UInt8] {
    var writer = ByteWriter()
    for _ in 0..<JournalFormat.frameHeaderLength { writer.append(0 as UInt8) }
    writer.append(JournalFormat.manifestVersion)
    for byte in try JSON.encode(manifest, pretty: false) { writer.append(byte) }
    JournalFormat.seal(&writer, from: 0)
    return writer.bytes
  }

  /// Appends a frame with one `write`. After a failure the file ends where it did before.
  func append(_ frame: [UInt8]) throws {
    guard !isBroken else {
      throw StoreError.damaged(path: file.path, reason: "an earlier write failed and could not be undone")
    }
    // What is written into a file that nobody can open again is lost.
    guard try file.descriptor.hasName() else { throw StoreError.vanished(path: file.path) }
    if FaultPoint.journalHalf.isNext { try? file.descriptor.write(Array(frame[..<(frame.count / 2)])) }
    FaultPoint.journalHalf.pass()
    do {
      try file.descriptor.write(frame)
      if synchronizes { try file.descriptor.synchronize() }
    } catch {
      do { try file.descriptor.truncate(to: end) } catch { isBroken = true }
      throw error
    }
    end += frame.count
    FaultPoint.journalWritten.pass()
  }
}
