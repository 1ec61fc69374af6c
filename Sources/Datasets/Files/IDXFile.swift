/// One array of an IDX file, the format of MNIST: two zero bytes, the element type, the number of dimensions, each
/// dimension as a big-endian 32-bit integer, then the elements, big-endian and row-major.
///
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
struct IDXFile {
  let path: String
  let isCompressed: Bool
  let dimensions: [Int]
  let elements: RawFeatures
  /// Offset of the first element.
  let headerSize: Int
  let type: ElementType

  enum ElementType: UInt8, CaseIterable {
    case unsignedByte = 0x08
    case signedByte = 0x09
    case short = 0x0b
    case int = 0x0c
    case float = 0x0d
    case double = 0x0e

    var isFloatingPoint: Bool { self == .float || self == .double }

    var size: Int {
      switch self {
      case .unsignedByte, .signedByte: 1
      case .short: 2
      case .int, .float: 4
      case .double: 8
      }
    }
  }

  /// Content above this is refused: as training scalars it would take several times as much memory.
  static let maximumContent = 1 << 32

  /// What an array is expected to be, which decides the number of dimensions and how a mix-up is explained.
  enum Role: String {
    case images
    case labels
  }

  /// - Throws: ``DatasetError`` at the byte that is wrong.
  init(path: String, as role: Role, within memory: MemoryLimit = .halfOfMachine) throws {
    let reader = try ByteReader(path: path)
    (type, dimensions) = try Self.readHeader(reader, as: role)
    headerSize = reader.offset
    let count = try Self.elementCount(dimensions, type, reader)
    try memory.check(count, of: type == .unsignedByte ? 1 : 8, path: path, at: reader.place(of: 4))
    elements =
      type == .unsignedByte
      ? .bytes(try Self.readBytes(reader, count: count))
      : .doubles(try Self.readNumbers(reader, count: count, type: type))
    guard try reader.isAtEnd() else {
      throw DatasetError(
        .trailingBytes, path: path, at: reader.place(of: reader.offset - 1),
        "bytes after the content: the header promises \(count) elements of \(type.size) bytes and no more")
    }
    self.path = path
    isCompressed = reader.isCompressed
  }

  /// The place of an element, for error messages.
  func place(ofElement index: Int) -> DatasetError.Place {
    let offset = headerSize + index * type.size
    return isCompressed ? .decompressedByte(offset) : .byte(offset)
  }
}

extension IDXFile {
  private static func readHeader(_ reader: ByteReader, as role: Role) throws -> (ElementType, [Int]) {
    let magic = try readHeaderBytes(reader, count: 4, what: "the magic number")
    guard magic[0] == 0, magic[1] == 0, let type = ElementType(rawValue: magic[2]) else {
      let found = magic.map { hexadecimal($0) }.joined(separator: " ")
      throw DatasetError(
        .badHeader, path: reader.path, at: reader.place(of: 0),
        "not an IDX file: starts with \(found); expected 00 00, an element type (08, 09, 0b, 0c, 0d or 0e) and the "
          + "number of dimensions")
    }
    let rank = Int(magic[3])
    switch role {
    case .images where rank == 1:
      throw DatasetError(
        .mislabelled, path: reader.path, at: reader.place(of: 3),
        "1 dimension: this is a labels file given as images; images have 2 to 4 dimensions, samples first")
    case .labels where rank != 1:
      throw DatasetError(
        .mislabelled, path: reader.path, at: reader.place(of: 3),
        "\(rank) dimensions: \((2...4).contains(rank) ? "this is an images file given as labels" : "no labels file"); "
          + "labels have 1 dimension")
    case .images where !(2...4).contains(rank):
      throw DatasetError(
        .badHeader, path: reader.path, at: reader.place(of: 3),
        "\(rank) dimensions; images have 2 to 4, samples first")
    default: break
    }
    let bytes = try readHeaderBytes(reader, count: 4 * rank, what: "the dimensions")
    let dimensions = (0..<rank).map { Int(bigEndian32(bytes, at: 4 * $0)) }
    if let index = dimensions.firstIndex(of: 0) {
      throw DatasetError(
        .badSize, path: reader.path, at: reader.place(of: 4 + 4 * index), "dimension \(index) is 0: the file is empty")
    }
    return (type, dimensions)
  }

  private static func readHeaderBytes(_ reader: ByteReader, count: Int, what: String) throws -> [UInt8] {
    let start = reader.offset
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
    guard read == count else {
      throw DatasetError(
        .truncated, path: reader.path, at: reader.place(of: start + read),
        "the file ends within \(what) of its IDX header")
    }
    return bytes
  }

  /// The number of elements, once it is known that the file can hold them: nothing is allocated on a header's word.
  private static func elementCount(_ dimensions: [Int], _ type: ElementType, _ reader: ByteReader) throws -> Int {
    var bytes = type.size
    for dimension in dimensions {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
      bytes = overflow ? Int.max : product
    }
    let shape = dimensions.map(String.init).joined(separator: "×")
    guard bytes <= reader.contentBound - (reader.isCompressed ? 0 : reader.offset) else {
      let available = reader.isCompressed ? "at most \(reader.contentBound)" : "\(reader.contentBound - reader.offset)"
      throw DatasetError(
        .truncated, path: reader.path, at: reader.place(of: 4),
        "the header promises \(shape) elements, \(bytes) bytes, but the file holds \(available): it is truncated or "
          + "its dimensions are wrong")
    }
    guard bytes <= maximumContent else {
      throw DatasetError(
        .badSize, path: reader.path, at: reader.place(of: 4),
        "\(shape) elements are \(bytes) bytes; at most \(maximumContent) are read")
    }
    return bytes / type.size
  }

  private static func readBytes(_ reader: ByteReader, count: Int) throws -> [UInt8] {
    let start = reader.offset
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try reader.read(
        into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
    }
    try requireAll(reader, start: start, read: bytes.count, of: count)
    return bytes
  }

  private static func requireAll(_ reader: ByteReader, start: Int, read: Int, of count: Int) throws {
    guard read == count else {
      throw DatasetError(
        .truncated, path: reader.path, at: reader.place(of: start + read),
        "the file ends after \(read) of the \(count) bytes its header promises")
    }
  }

  private static func readNumbers(_ reader: ByteReader, count: Int, type: ElementType) throws -> [Double] {
    let start = reader.offset
    var values: [Double] = []
    values.reserveCapacity(count)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while values.count < count {
      let wanted = min(chunk.count, (count - values.count) * type.size)
      let read = try chunk.withUnsafeMutableBytes {
        try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
      }
      guard read == wanted else {
        try requireAll(reader, start: start, read: values.count * type.size + read, of: count * type.size)
        break
      }
      for offset in stride(from: 0, to: wanted, by: type.size) {
        let value = number(chunk, at: offset, type: type)
        guard value.isFinite else {
          throw DatasetError(
            .badValue, path: reader.path, at: reader.place(of: start + values.count * type.size),
            "\(value) is not a finite number")
        }
        values.append(value)
      }
    }
    return values
  }

  private static func number(_ bytes: [UInt8], at offset: Int, type: ElementType) -> Double {
    switch type {
    case .unsignedByte: Double(bytes[offset])
    case .signedByte: Double(Int8(bitPattern: bytes[offset]))
    case .short: Double(Int16(bitPattern: UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])))
    case .int: Double(Int32(bitPattern: bigEndian32(bytes, at: offset)))
    case .float: Double(Float(bitPattern: bigEndian32(bytes, at: offset)))
    case .double:
      Double(bitPattern: UInt64(bigEndian32(bytes, at: offset)) << 32 | UInt64(bigEndian32(bytes, at: offset + 4)))
    }
  }

  private static func bigEndian32(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
