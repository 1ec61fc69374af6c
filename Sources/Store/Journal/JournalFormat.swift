/// Frames of a journal: docs/format.md, "Journal".
enum JournalFormat {
  /// The file's first eight bytes; the last is the version.
  static let magic: [UInt8] = Array("RVNJRNL".utf8) + [1]
  /// Length of the payload, CRC-32 of the payload, CRC-32 of these first eight bytes.
  static let frameHeaderLength = 12
  /// The most that a record may take; a longer one is damage.
  static let maximumPayload = 1 << 30
  static let suffix = ".journal"
  /// The payload's first byte where no run follows but the manifest, as JSON.
  static let manifestVersion: UInt8 = 0

  /// Fills the header of the frame that begins at `start` and ends with `bytes`.
  static func seal(_ writer: inout ByteWriter, from start: Int) {
    let payload = start + frameHeaderLength
    let checksum = writer.bytes.withUnsafeBytes { Checksum(of: .init(rebasing: $0[payload...])).value }
    writer.set(UInt32(writer.bytes.count - payload), at: start)
    writer.set(checksum, at: start + 4)
    let header = writer.bytes.withUnsafeBytes { Checksum(of: .init(rebasing: $0[start..<(start + 8)])).value }
    writer.set(header, at: start + 8)
  }
}
