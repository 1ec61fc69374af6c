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
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 32, text.utf8.allSatisfy({ $0 < 128 }) else { return nil }
    let middle = text.index(text.startIndex, offsetBy: 16)
    guard let high = UInt64(text[..<middle], radix: 16), let low = UInt64(text[middle...], radix: 16) else {
      return nil
    }
    self.init(high: high, low: low)
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension TrialIdentity: CustomStringConvertible {
  public var description: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// The first digits, enough to name a run in a table.
  public var short: String { String(description.prefix(10)) }
}
