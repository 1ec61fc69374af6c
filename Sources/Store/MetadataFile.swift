import Experiments

/// A JSON file about a sweep: `sweep.json`, `test.json`, `slurm/N/submission.json`.
public protocol Metadata: Codable {
  /// Whether the version that wrote this put a checksum into the file.
  var isChecksummed: Bool { get }
}

extension SweepManifest: Metadata {
  public var isChecksummed: Bool { formatVersion > 1 }
}

extension TestEvaluation: Metadata {
  /// The looks came with the checksum.
  public var isChecksummed: Bool { looks != nil }
}

/// JSON whose first member is a checksum of the rest: a digit that changes is seen, and other programs read it as before.
public enum MetadataFile {
  private static let opening = Array("{\n".utf8)
  private static let key = Array("  \"checksum\" : \"".utf8)
  private static let closing = Array("\",\n".utf8)

  static func write(_ value: some Metadata, to path: String) throws {
    try Files.replace(path, with: try encode(value))
  }

  public static func encode(_ value: some Metadata) throws -> [UInt8] {
    let bytes = try JSON.encode(value)
    return opening + key + Array(checksum(of: bytes).utf8) + closing + bytes.dropFirst(opening.count)
  }

  /// Throws ``StoreError/damaged`` where the file is not what was written, ``StoreError/system`` where it cannot be read.
  public static func read<Value: Metadata>(_ type: Value.Type, path: String) throws -> Value {
    let bytes = try Files.read(path, limit: JSON.maximumBytes)
    let line = opening.count..<(opening.count + key.count + checksumLength + closing.count)
    guard bytes.starts(with: opening + key), bytes.count >= line.upperBound else {
      let value = try JSON.decode(type, from: bytes, path: path)
      guard !value.isChecksummed else { throw StoreError.damaged(path: path, reason: "it has lost its checksum") }
      return value
    }
    let content = opening + bytes[line.upperBound...]
    guard bytes[line].elementsEqual(key + Array(checksum(of: content).utf8) + closing) else {
      throw StoreError.damaged(path: path, reason: "its checksum differs: it was changed after it was written")
    }
    return try JSON.decode(type, from: content, path: path)
  }

  private static let checksumLength = "crc32 ".utf8.count + 8

  /// `crc32` and the CRC-32 of ISO 3309 (zlib's) in eight hexadecimal digits.
  public static func checksum(of bytes: [UInt8]) -> String {
    let text = String(bytes.withUnsafeBytes { Checksum(of: $0).value }, radix: 16)
    return "crc32 " + String(repeating: "0", count: 8 - text.count) + text
  }
}
