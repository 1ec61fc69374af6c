/// Reads decimal numbers: an optional sign, digits with an optional point, an optional exponent. Nothing else: neither
/// "nan" nor "inf" nor hexadecimal.
enum DecimalNumber {
  enum Failure: Error {
    case notANumber
    /// A number, but too large for a Double.
    case overflow
  }

  /// The Double nearest to the text.
  ///
  /// A significand up to 2⁵³ and a power of ten up to 10²² are both exact, so that one multiplication or division rounds
  /// correctly; all else goes to the standard library. Source: Clinger (1990), "How to read floating point numbers
  /// accurately", fast path.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Double {
    guard let decimal = Decimal(bytes) else { throw .notANumber }
    if decimal.isExact && decimal.significand <= 1 << 53 && decimal.exponent.magnitude <= 22 {
      let significand = Double(decimal.significand)
      let power = powers[Int(decimal.exponent.magnitude)]
      let magnitude = decimal.exponent < 0 ? significand / power : significand * power
      return decimal.isNegative ? -magnitude : magnitude
    }
    guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { throw .notANumber }
    guard value.isFinite else { throw .overflow }
    return value
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
  ]

  /// ±significand · 10^exponent, as far as it fits.
  private struct Decimal {
    var isNegative = false
    var significand: UInt64 = 0
    var exponent = 0
    /// False where digits were left out.
    var isExact = true

    /// Nil where the text is no decimal number.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
      var position = 0
      if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
        isNegative = bytes[position] == UInt8(ascii: "-")
        position += 1
      }
      var digits = readDigits(bytes, &position)
      if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
        position += 1
        let fraction = readDigits(bytes, &position)
        exponent -= fraction
        digits += fraction
      }
      guard digits > 0 else { return nil }
      if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
        guard readExponent(bytes, &position) else { return nil }
      }
      guard position == bytes.count else { return nil }
    }

    /// Returns the number of digits read.
    private mutating func readDigits(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Int {
      let start = position
      while position < bytes.count {
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        if significand < 1 << 59 { significand = significand * 10 + UInt64(digit) } else { isExact = false }
        position += 1
      }
      return position - start
    }

    private mutating func readExponent(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Bool {
      position += 1
      var isNegative = false
      if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
        isNegative = bytes[position] == UInt8(ascii: "-")
        position += 1
      }
      let start = position
      var value = 0
      while position < bytes.count {
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        value = min(value * 10 + Int(digit), 1_000_000)
        position += 1
      }
      exponent += isNegative ? -value : value
      return position > start
    }
  }
}
