import Experiments

/// A JSON file about a sweep: `sweep.json`, `test.json`.
protocol Metadata: Codable {
  /// Whether the version that wrote this put a checksum into the file.
  var isChecksummed: Bool { get }
}

extension SweepManifest: Metadata {
  var isChecksummed: Bool { formatVersion > 1 }
}

extension TestEvaluation: Metadata {
  /// The looks came with the checksum.
  var isChecksummed: Bool { looks != nil }
}

/// JSON whose first member is a checksum of the rest: a digit that changes is seen, and other programs read it as before.
enum MetadataFile {
  private static let opening = Array("{\n".utf8)
  private static let key = Array("  \"checksum\" : \"crc32 ".utf8)
  private static let closing = Array("\",\n".utf8)

  static func write(_ value: some Metadata, to path: String) throws {
    try Files.replace(path, with: try encode(value))
  }

  static func encode(_ value: some Metadata) throws -> [UInt8] {
    let bytes = try JSON.encode(value)
    return opening + key + digits(of: bytes) + closing + bytes.dropFirst(opening.count)
  }

  /// Throws ``StoreError/damaged`` where the file is not what was written, ``StoreError/system`` where it cannot be read.
  static func read<Value: Metadata>(_ type: Value.Type, path: String) throws -> Value {
    let bytes = try Files.read(path, limit: JSON.maximumBytes)
    let line = opening.count..<(opening.count + key.count + 8 + closing.count)
    guard bytes.starts(with: opening + key), bytes.count >= line.upperBound else {
      let value = try JSON.decode(type, from: bytes, path: path)
      guard !value.isChecksummed else { throw StoreError.damaged(path: path, reason: "it has lost its checksum") }
      return value
    }
    let content = opening + bytes[line.upperBound...]
    guard bytes[line].elementsEqual(key + digits(of: content) + closing) else {
      throw StoreError.damaged(path: path, reason: "its checksum differs: it was changed after it was written")
    }
    return try JSON.decode(type, from: content, path: path)
  }

  /// Eight hexadecimal digits.
  private static func digits(of bytes: [UInt8]) -> [UInt8] {
    let text = String(bytes.withUnsafeBytes { Checksum(of: $0).value }, radix: 16)
    return Array((String(repeating: "0", count: 8 - text.count) + text).utf8)
  }
}
