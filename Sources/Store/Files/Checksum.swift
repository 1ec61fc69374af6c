import CZlib

/// CRC-32 of ISO 3309 (zlib's).
struct Checksum {
  private(set) var value: UInt32 = 0

  init() {}

  init(of bytes: UnsafeRawBufferPointer) {
    update(bytes)
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    value = UInt32(truncatingIfNeeded: crc32_z(uLong(value), start, bytes.count))
  }
}
