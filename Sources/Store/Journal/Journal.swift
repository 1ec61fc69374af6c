import Experiments
import Glibc

/// An append-only file of finished runs that are in no shard yet. One writer; the lock on the file says it lives.
final class Journal {
  let path: String
  private let file: FileDescriptor
  private let synchronizes: Bool
  /// Where the next frame begins: everything before is whole.
  private var end: Int
  /// Set where a failed write could not be undone, so that nothing can follow it.
  private var isBroken = false

  /// Creates the file. Throws ``StoreError/system``.
  init(creating path: String, synchronizes: Bool) throws {
    self.path = path
    self.synchronizes = synchronizes
    file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
    guard try file.tryLock() else { throw StoreError.locked(directory: path, holder: "a process that reads it") }
    try file.write(JournalFormat.magic)
    end = JournalFormat.magic.count
    if synchronizes { try Files.synchronizeDirectory(Files.parent(of: path) ?? ".") }
  }

  /// One frame: what ``append(_:)`` takes. Separate, so that workers encode without holding the store.
  static func frame(for record: TrialRecord) -> [UInt8] {
    let numbers = record.weights.initial.count + record.weights.best.count + record.weights.final.count
    var writer = ByteWriter(capacity: 4096 + 4 * numbers + 8 * Trace.columns.count * (record.trace.count + 1))
    for _ in 0..<JournalFormat.frameHeaderLength { writer.append(0 as UInt8) }
    RecordCoding.encode(record, into: &writer)
    JournalFormat.seal(&writer, from: 0)
    return writer.bytes
  }

  /// Appends a frame with one `write`. After a failure the file ends where it did before.
  func append(_ frame: [UInt8]) throws {
    guard !isBroken else {
      throw StoreError.damaged(path: path, reason: "an earlier write failed and could not be undone")
    }
    do {
      try file.write(frame)
      if synchronizes { try file.synchronize() }
    } catch {
      do { try file.truncate(to: end) } catch { isBroken = true }
      throw error
    }
    end += frame.count
  }
}
