import Foundation
import Kernels
import Learning
import Testing

/// A file of results of other programs; its script beside it says which.
enum Fixture {
  static func load<T: Decodable>(_ name: String, as _: T.Type) throws -> T {
    let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(T.self, from: Data(contentsOf: try #require(url, "no fixture \(name)")))
  }
}

/// Numbers in base64, little-endian.
struct FixtureArray: Decodable, Sendable {
  var dtype: String
  var shape: [Int]
  private var data: Data

  /// The values in another type; every conversion that the tests use is exact.
  func values<S: BinaryFloatingPoint>(_: S.Type = S.self) -> [S] {
    switch dtype {
    case "float32": numbers(UInt32.self).map { S(Float(bitPattern: $0)) }
    case "float64": numbers(UInt64.self).map { S(Double(bitPattern: $0)) }
    default: preconditionFailure("\(dtype) is not a floating-point type")
    }
  }

  var integers: [Int32] {
    precondition(dtype == "int32")
    return numbers(UInt32.self).map { Int32(bitPattern: $0) }
  }

  var bytes: [UInt8] {
    precondition(dtype == "uint8")
    return Array(data)
  }

  private func numbers<T: FixedWidthInteger>(_: T.Type) -> [T] {
    let size = MemoryLayout<T>.size
    precondition(data.count == size * shape.reduce(1, *))
    return data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: size).map {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: T.self))
      }
    }
  }
}

/// An unsigned 64-bit number, written as text because JSON readers elsewhere take numbers for doubles.
struct FixtureWord: Decodable, Sendable {
  var value: UInt64

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = UInt64(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a 64-bit number")
    }
    self.value = value
  }
}

/// max |x − y| / max |y|.
func relativeError<S: BinaryFloatingPoint>(_ x: some Sequence<S>, _ y: [S]) -> Double {
  var difference = 0.0
  var largest = 0.0
  var count = 0
  for (left, right) in zip(x, y) {
    let error = (Double(left) - Double(right)).magnitude
    // Written so that NaN is an error too.
    if !(error <= difference) { difference = error.isNaN ? .infinity : error }
    largest = max(largest, Double(right).magnitude)
    count += 1
  }
  return count == y.count ? difference / largest : .infinity
}
