/// Reads what ``ByteWriter`` wrote. Input is untrusted: nothing is read, and no memory taken, past the bytes given.
struct ByteReader {
  struct Malformed: Error {
    var reason: String
  }

  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var remaining: Int { bytes.count - offset }

  mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws -> Value {
    let range = try take(MemoryLayout<Value>.size, "an integer")
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self) }
  }

  mutating func double() throws -> Double { Double(bitPattern: try integer()) }

  mutating func string() throws -> String {
    let range = try take(Int(try integer(UInt32.self)), "a string")
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw Malformed(reason: "a string is not UTF-8")
    }
    return text
  }

  mutating func doubles() throws -> [Double] { try array() }

  mutating func floats() throws -> [Float] { try array() }

  mutating func integers() throws -> [Int64] { try array() }

  private mutating func array<Element: BitwiseCopyable>() throws -> [Element] {
    let count = Int(try integer(UInt32.self))
    let range = try take(count * MemoryLayout<Element>.stride, "an array of \(count) numbers")
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: .init(rebasing: $0[range])) }
      initialized = count
    }
  }

  private mutating func take(_ count: Int, _ what: @autoclosure () -> String) throws -> Range<Int> {
    guard count <= remaining else {
      throw Malformed(reason: "\(what()) at byte \(offset) needs \(count) bytes, \(remaining) are left")
    }
    defer { offset += count }
    return offset..<(offset + count)
  }
}
