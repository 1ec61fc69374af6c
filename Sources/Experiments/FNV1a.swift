/// The 128-bit FNV-1a hash, fed in pieces.
///
/// hash ← (hash ⊕ byte) · (2⁸⁸ + 0x13b) mod 2¹²⁸. Source: Fowler, Noll, Vo; offset basis and prime as in
/// draft-eastlake-fnv. It tells contents apart by accident, not against an adversary.
public struct FNV1a: Hashable, Sendable {
  public var high: UInt64 = 0x6c62_272e_07bb_0142
  public var low: UInt64 = 0x62b8_2175_6295_c58d

  public init() {}

  @inlinable
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      low ^= UInt64(byte)
      let product = low.multipliedFullWidth(by: 0x13b)
      high = high &* 0x13b &+ product.high &+ (low << 24)
      low = product.low
    }
  }
}
