import Experiments
import Glibc

/// The runs a journal holds: its valid prefix.
struct JournalReplay {
  var records: [TrialRecord] = []
  /// Of the sweep that wrote it; nil in journals of older versions.
  private(set) var manifest: SweepManifest?
  var tail = Tail.complete

  enum Tail: Hashable {
    case complete
    /// The last frame is cut off, as a writer killed in the middle of a write leaves it.
    case torn(offset: Int, bytes: Int)
    /// Bytes that no kill explains.
    case damaged(offset: Int, bytes: Int, reason: String)

    /// What to tell the user; nil where nothing is lost.
    var notice: String? {
      switch self {
      case .complete: nil
      case .torn(let offset, let bytes):
        "the last record is cut off at byte \(offset) (\(bytes) bytes left out); that run starts anew"
      case .damaged(let offset, let bytes, let reason):
        "damaged at byte \(offset): \(reason); the \(bytes) bytes from there are left out, their runs start anew"
      }
    }
  }

  /// Reads `path` without disturbing its writer. Throws only where the system cannot read the file.
  init(path: String) throws {
    try self.init(file: FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK))
  }

  /// Nil where the journal became a shard since it was listed.
  static func ifPresent(_ path: String) throws -> JournalReplay? {
    do {
      return try JournalReplay(path: path)
    } catch StoreError.system("open", _, ENOENT) {
      return nil
    }
  }

  init(file: borrowing FileDescriptor) throws {
    guard try file.isRegularFile() else {
      tail = .damaged(offset: 0, bytes: 0, reason: "not a regular file")
      return
    }
    let size = try file.size()
    // A writer may be killed before its first byte.
    if size == 0 { return }
    let magic = try file.read(min(size, JournalFormat.magic.count), at: 0)
    guard magic == JournalFormat.magic else {
      let isPrefix = magic.count < JournalFormat.magic.count && magic == Array(JournalFormat.magic.prefix(magic.count))
      tail =
        isPrefix
        ? .torn(offset: 0, bytes: size) : .damaged(offset: 0, bytes: size, reason: "not a journal of this version")
      return
    }
    var offset = magic.count
    while offset < size, let next = try readFrame(file, at: offset, size: size) { offset = next }
  }

  /// Adds the record at `offset` and returns the offset after it; nil at the first frame that is not whole.
  private mutating func readFrame(_ file: borrowing FileDescriptor, at offset: Int, size: Int) throws -> Int? {
    let remaining = size - offset
    func damage(_ reason: String) -> Tail { .damaged(offset: offset, bytes: remaining, reason: reason) }
    let header = try file.read(min(remaining, JournalFormat.frameHeaderLength), at: offset)
    guard header.count == JournalFormat.frameHeaderLength else {
      tail = .torn(offset: offset, bytes: remaining)
      return nil
    }
    let (length, checksum, isValid) = header.withUnsafeBytes { bytes in
      (
        Int(bytes.loadUnaligned(as: UInt32.self)), bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
        bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self) == Checksum(of: .init(rebasing: bytes[..<8])).value
      )
    }
    guard isValid, length <= JournalFormat.maximumPayload else {
      tail = damage("the header's checksum differs")
      return nil
    }
    let payload = try file.read(min(length, remaining - header.count), at: offset + header.count)
    guard payload.count == length else {
      tail = .torn(offset: offset, bytes: remaining)
      return nil
    }
    guard payload.withUnsafeBytes({ Checksum(of: $0).value }) == checksum else {
      tail = damage("the record's checksum differs")
      return nil
    }
    do {
      if payload.first == JournalFormat.manifestVersion {
        manifest = try JSON.decode(SweepManifest.self, from: Array(payload.dropFirst()), path: file.path)
      } else {
        records.append(try RecordCoding.decode(payload))
      }
    } catch {
      tail = damage((error as? ByteReader.Malformed)?.reason ?? "\(error)")
      return nil
    }
    return offset + header.count + length
  }
}
