/// A 128-bit FNV-1a hash of a trial's canonical content.
///
/// Source: Fowler, Noll, Vo; offset basis and prime as in draft-eastlake-fnv. Not for adversaries: a collision among
/// ten million trials has a chance of 1e-25.
public struct TrialIdentity: Hashable, Sendable, Comparable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public init(hashing text: String) {
    var hash = FNV1a()
    hash.update(text.utf8)
    self.init(high: hash.high, low: hash.low)
  }

  /// Reads 32 hexadecimal digits; nil for anything else.
  @specialized(where T == String)
  public init?<T: StringProtocol>(_ text: T) {
    self.init(bytes: text.utf8)
  }

  /// Reads 32 hexadecimal digits in ASCII; nil for anything else.
  public init?(digits: UnsafeBufferPointer<CChar>) {
    self.init(bytes: digits.lazy.map { UInt8(bitPattern: $0) })
  }

  @inline(__always)
  private init?(bytes: some Sequence<UInt8>) {
    var words: (high: UInt64, low: UInt64) = (0, 0)
    var count = 0
    for byte in bytes {
      guard let digit = Self.hexadecimalDigit(byte), count < 32 else { return nil }
      words.high = words.high << 4 | words.low >> 60
      words.low = words.low << 4 | digit
      count += 1
    }
    guard count == 32 else { return nil }
    self.init(high: words.high, low: words.low)
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension TrialIdentity: CustomStringConvertible {
  public var description: String {
    String(unsafeUninitializedCapacity: 32) { bytes in
      for index in 0..<32 {
        let digit = UInt8(truncatingIfNeeded: (index < 16 ? high : low) >> UInt64(60 - 4 * (index % 16)) & 15)
        bytes[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      }
      return 32
    }
  }

  /// The first digits, enough to name a run in a table.
  public var short: String { String(description.prefix(10)) }
}
