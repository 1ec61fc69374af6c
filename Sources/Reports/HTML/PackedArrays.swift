import Experiments
import Foundation

/// Columns of numbers as one block of little-endian bytes, each starting at a multiple of 4, and where each lies.
struct PackedArrays {
  private(set) var bytes: [UInt8] = []
  private(set) var parts: [String: JSON] = [:]

  mutating func add(_ name: String, _ values: [Float]) {
    add(name, "f32", count: values.count) { $0 += values.littleEndianBytes }
  }

  mutating func add(_ name: String, _ values: [UInt32]) { add(name, "u32", values) }
  mutating func add(_ name: String, _ values: [UInt16]) { add(name, "u16", values) }
  mutating func add(_ name: String, _ values: [UInt8]) { add(name, "u8", values) }

  /// Codes of a column; the largest number of their type stands for none.
  mutating func add(_ name: String, codes: [Int32], values: Int) {
    if values < UInt16.max {
      add(name, codes.map { $0 < 0 ? UInt16.max : UInt16($0) })
    } else {
      add(name, codes.map { $0 < 0 ? UInt32.max : UInt32($0) })
    }
  }

  private mutating func add<Number: FixedWidthInteger>(_ name: String, _ type: String, _ values: [Number]) {
    add(name, type, count: values.count) { bytes in
      bytes += values.map(\.littleEndian).withUnsafeBytes { [UInt8]($0) }
    }
  }

  private mutating func add(_ name: String, _ type: String, count: Int, _ append: (inout [UInt8]) -> Void) {
    bytes += [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    parts[name] = .object(["type": .string(type), "offset": .integer(bytes.count), "length": .integer(count)])
    append(&bytes)
  }

  var base64: [UInt8] { Array(Data(bytes).base64EncodedData()) }
}
