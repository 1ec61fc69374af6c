import Glibc

/// What ends a shard, after HDF5's own last byte: docs/format.md, "Seal".
///
/// A checksum over all of the file but the chunks, which carry checksums of their own. It is checked before the library
/// sees the file, so that a truncated or damaged shard is known as such at little cost, weights or no weights.
struct Seal: Hashable {
  /// Length of the HDF5 file.
  var length: Int
  /// Parts of it the checksum leaves out, ascending.
  var chunks: [Range<Int>]
  var checksum: UInt32

  static let magic: [UInt8] = Array("RVNSEAL1".utf8)
  /// Chunk count, length, checksum, checksum of the seal so far, magic.
  private static let trailerLength = 4 + 8 + 4 + 4 + 8
  private static let chunkLength = 16
  private static let maximumChunks = 1 << 20

  init(of bytes: [UInt8], leavingOut chunks: [Range<Int>]) {
    let chunks = Self.merged(chunks)
    var checksum = Checksum()
    bytes.withUnsafeBytes { bytes in
      for range in Self.gaps(chunks, length: bytes.count) { checksum.update(.init(rebasing: bytes[range])) }
    }
    self.init(length: bytes.count, chunks: chunks, checksum: checksum.value)
  }

  /// Of a file that is on disk already, without its seal.
  init(ofFile path: String, leavingOut chunks: [Range<Int>]) throws {
    let file = try FileDescriptor(opening: path, O_RDONLY)
    let length = try file.size()
    let chunks = Self.merged(chunks)
    guard chunks.count <= Self.maximumChunks else {
      throw StoreError.damaged(path: path, reason: "is too large for one file: \(chunks.count) parts")
    }
    let checksum = try Self.checksum(of: file, Self.gaps(chunks, length: length))
    try file.close()
    self.init(length: length, chunks: chunks, checksum: checksum)
  }

  /// Adjacent parts as one, ascending.
  private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var merged: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, last.upperBound == range.lowerBound {
        merged[merged.count - 1] = last.lowerBound..<range.upperBound
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  /// What the checksum covers.
  private static func gaps(_ chunks: [Range<Int>], length: Int) -> [Range<Int>] {
    zip([0] + chunks.map(\.upperBound), chunks.map(\.lowerBound) + [length]).map { $0..<$1 }
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    for chunk in chunks {
      writer.append(UInt64(chunk.lowerBound))
      writer.append(UInt64(chunk.upperBound))
    }
    writer.append(UInt32(chunks.count))
    writer.append(UInt64(length))
    writer.append(checksum)
    writer.append(writer.bytes.withUnsafeBytes { Checksum(of: $0).value })
    return writer.bytes + Self.magic
  }
}

// MARK: - Reading

extension Seal {
  /// Whether the file ends like one with a seal, whatever that is worth.
  static func isThere(_ file: borrowing FileDescriptor) throws -> Bool {
    let size = try file.size()
    return try size >= trailerLength && file.read(magic.count, at: size - magic.count) == magic
  }

  /// Reads the seal of `file` and checks all it covers.
  ///
  /// Returns nil where the file has no seal at all: another program wrote it. Throws ``StoreError/damaged``.
  static func verify(_ file: borrowing FileDescriptor) throws -> Seal? {
    var none: [FileDriver.KnownBytes] = []
    return try verify(file, keeping: &none, limit: 0)
  }

  /// The same; adds to `known` what was read, as long as that is no more than `limit` bytes.
  static func verify(
    _ file: borrowing FileDescriptor, keeping known: inout [FileDriver.KnownBytes], limit: Int = 64 << 20
  ) throws -> Seal? {
    guard let seal = try read(file) else { return nil }
    var room = limit
    let checksum = try checksum(of: file, gaps(seal.chunks, length: seal.length)) { offset, block in
      room -= block.count
      guard room >= 0 else { return }
      // Reads of the library do not end where blocks do.
      if let last = known.last, last.range.upperBound == offset {
        known[known.count - 1].bytes += block
      } else {
        known.append(.init(offset: offset, bytes: block))
      }
    }
    guard checksum == seal.checksum else {
      throw StoreError.damaged(path: file.path, reason: "its checksum differs: bytes have changed")
    }
    return seal
  }

  private static func checksum(
    of file: borrowing FileDescriptor, _ ranges: [Range<Int>], visit: (Int, [UInt8]) -> Void = { _, _ in }
  ) throws -> UInt32 {
    var checksum = Checksum()
    for range in ranges {
      var offset = range.lowerBound
      while offset < range.upperBound {
        let block = try file.read(min(1 << 20, range.upperBound - offset), at: offset)
        guard !block.isEmpty else { throw StoreError.damaged(path: file.path, reason: "shrank while it was read") }
        block.withUnsafeBytes { checksum.update($0) }
        visit(offset, block)
        offset += block.count
      }
    }
    return checksum.value
  }

  private static func read(_ file: borrowing FileDescriptor) throws -> Seal? {
    func damaged(_ reason: String) -> StoreError { .damaged(path: file.path, reason: reason) }
    let size = try file.size()
    guard size >= trailerLength else { return nil }
    let trailer = try file.read(trailerLength, at: size - trailerLength)
    guard Array(trailer.suffix(magic.count)) == magic else { return nil }
    var reader = ByteReader(trailer)
    let count = Int(try reader.integer(UInt32.self))
    let length = Int(clamping: try reader.integer(UInt64.self))
    let (checksum, own) = (try reader.integer(UInt32.self), try reader.integer(UInt32.self))
    guard count <= maximumChunks, length <= size, length + count * chunkLength + trailerLength == size else {
      throw damaged("its seal is for a file of \(length) bytes")
    }
    let table = try file.read(count * chunkLength, at: length)
    let covered = table + trailer.prefix(trailerLength - magic.count - 4)
    guard covered.withUnsafeBytes({ Checksum(of: $0).value }) == own else { throw damaged("its seal is damaged") }
    var ranges = ByteReader(table)
    var chunks: [Range<Int>] = []
    for _ in 0..<count {
      let start = Int(clamping: try ranges.integer(UInt64.self))
      let end = Int(clamping: try ranges.integer(UInt64.self))
      guard start >= chunks.last?.upperBound ?? 0, start <= end, end <= length else {
        throw damaged("its seal names parts outside of the file")
      }
      chunks.append(start..<end)
    }
    return Seal(length: length, chunks: chunks, checksum: checksum)
  }

  private init(length: Int, chunks: [Range<Int>], checksum: UInt32) {
    self.length = length
    self.chunks = chunks
    self.checksum = checksum
  }
}
