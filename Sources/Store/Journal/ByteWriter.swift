#if _endian(big)
  #error("The journal's bytes are little-endian and copied as they are in memory")
#endif

/// Appends little-endian values to a byte array.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ value: Double) { append(value.bitPattern) }

  mutating func append(_ text: String) {
    append(UInt32(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  /// The count, then the elements as they are in memory.
  mutating func append<Element: BitwiseCopyable>(_ values: [Element]) {
    append(UInt32(values.count))
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// Overwrites four bytes at `offset`.
  mutating func set(_ value: UInt32, at offset: Int) {
    for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }
}
