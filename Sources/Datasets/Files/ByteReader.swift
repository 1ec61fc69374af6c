import Glibc

/// Reads a file from front to back, decompressing it where it starts with gzip's magic number.
///
/// Memory is one input buffer, whatever the file holds: the caller says how many bytes it will take.
final class ByteReader {
  let path: String
  let isCompressed: Bool
  /// No content is longer: the file's size, or deflate's largest ratio (1032 : 1) times it.
  let contentBound: Int
  /// Bytes handed out so far.
  private(set) var offset = 0

  private let descriptor: Int32
  private let inflater: Inflater?

  init(path: String) throws {
    // A pipe would wait for its other end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.systemError(path, "cannot be opened") }
    // Everything that can fail comes before the first property is set, so that only one of two places closes the file.
    do {
      let (size, isCompressed) = try Self.examine(descriptor, path: path)
      let inflater = isCompressed ? try Inflater(path: path) : nil
      self.path = path
      self.descriptor = descriptor
      self.isCompressed = isCompressed
      self.inflater = inflater
      contentBound = isCompressed ? size * 1032 : size
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func examine(_ descriptor: Int32, path: String) throws -> (size: Int, isCompressed: Bool) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemError(path, "cannot be examined") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw DatasetError(.unreadable, path: path, "is not a regular file")
    }
    var magic: [UInt8] = [0, 0]
    let count = pread(descriptor, &magic, 2, 0)
    guard count >= 0 else { throw systemError(path, "cannot be read") }
    return (Int(status.st_size), count == 2 && magic == [0x1f, 0x8b])
  }

  deinit { close(descriptor) }

  /// The place of the next byte, for error messages.
  var place: DatasetError.Place { place(of: offset) }

  func place(of offset: Int) -> DatasetError.Place { isCompressed ? .decompressedByte(offset) : .byte(offset) }

  /// Fills `buffer`, or as much of it as there is left. Returns the number of bytes written.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = try inflater?.read(into: rest, from: self) ?? readStored(into: rest)
      if count == 0 { break }
      filled += count
    }
    offset += filled
    return filled
  }

  /// Whether the content has ended; reads on by one byte if it has not.
  func isAtEnd() throws -> Bool {
    var byte: UInt8 = 0
    return try withUnsafeMutableBytes(of: &byte) { try read(into: $0) } == 0
  }

  /// One read of the file's own bytes; 0 at its end.
  func readStored(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw Self.systemError(path, "cannot be read") }
    }
  }

  private static func systemError(_ path: String, _ what: String) -> DatasetError {
    DatasetError(.unreadable, path: path, "\(what): \(String(cString: strerror(errno)))")
  }
}
