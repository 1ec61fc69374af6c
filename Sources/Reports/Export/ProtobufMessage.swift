/// The bytes of a protocol-buffer message, field by field: just the wire types that ONNX needs.
///
/// Source: protobuf.dev, "Encoding". Each field is a varint of number·8 + wire type, then its value.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// Wire type 0. Negative numbers take ten bytes.
  mutating func add(_ field: Int, _ value: Int) {
    addVarint(UInt64(field << 3))
    addVarint(UInt64(bitPattern: Int64(value)))
  }

  /// Wire type 5.
  mutating func add(_ field: Int, _ value: Float) {
    addVarint(UInt64(field << 3 | 5))
    bytes += [value].littleEndianBytes
  }

  /// Wire type 2.
  mutating func add(_ field: Int, _ value: [UInt8]) {
    addVarint(UInt64(field << 3 | 2))
    addVarint(UInt64(value.count))
    bytes += value
  }

  mutating func add(_ field: Int, _ value: String) { add(field, Array(value.utf8)) }

  /// A message within this one.
  mutating func add(_ field: Int, _ build: (inout ProtobufMessage) -> Void) {
    var message = ProtobufMessage()
    build(&message)
    add(field, message.bytes)
  }

  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
