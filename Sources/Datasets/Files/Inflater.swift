import CZlib

/// A streaming gzip decompressor: checks each member's CRC and length, and accepts several members in a row (RFC 1952).
final class Inflater {
  private let path: String
  // zlib keeps a pointer to the stream, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var consumed = 0
  private var state = State.inMember

  private enum State {
    case inMember
    case betweenMembers
    case ended
  }

  init(path: String) throws {
    self.path = path
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard ravine_inflate_init_gzip(stream) == Z_OK else {
      stream.deallocate()
      throw DatasetError(.unreadable, path: path, "zlib cannot start decompressing")
    }
    input = .allocate(byteCount: 1 << 18, alignment: 16)
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Decompresses at least one byte into `buffer`; returns 0 where the content ends.
  func read(into buffer: UnsafeMutableRawBufferPointer, from reader: ByteReader) throws -> Int {
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: Bytef.self)
    let capacity = min(buffer.count, 1 << 30)
    stream.pointee.avail_out = uInt(capacity)
    while state != .ended && stream.pointee.avail_out == uInt(capacity) {
      let isExhausted = try stream.pointee.avail_in == 0 && !refill(from: reader)
      switch state {
      case .betweenMembers: try startMember(isExhausted: isExhausted)
      case .inMember:
        if isExhausted { throw error(.truncated, "the gzip stream ends early: the file is truncated") }
        try step()
      case .ended: break
      }
    }
    return capacity - Int(stream.pointee.avail_out)
  }

  private func step() throws {
    switch inflate(stream, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: state = .betweenMembers
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "invalid data"
      throw error(.corruptCompression, "the gzip stream is corrupt: \(reason)")
    }
  }

  private func startMember(isExhausted: Bool) throws {
    if isExhausted {
      state = .ended
      return
    }
    guard stream.pointee.next_in.pointee == 0x1f else {
      throw error(.trailingBytes, "bytes after the end of the gzip stream")
    }
    inflateReset(stream)
    state = .inMember
  }

  /// Reads the next stretch of the file; false at its end.
  private func refill(from reader: ByteReader) throws -> Bool {
    let count = try reader.readStored(into: input)
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_in = uInt(count)
    consumed += count
    return count > 0
  }

  private func error(_ code: DatasetError.Code, _ message: String) -> DatasetError {
    DatasetError(code, path: path, at: .byte(consumed - Int(stream.pointee.avail_in)), message)
  }
}
