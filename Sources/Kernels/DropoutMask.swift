import CSIMD

/// The Bernoulli mask of one layer's input at one step, a function of its key alone.
///
/// Sixteen lanes of xoshiro128++ (Blackman and Vigna, 2021), each started from its own words of the key, give 32
/// variates of 16 bits a draw: lanes' low halves serve units 0–15 of a block of 32 consecutive units, high halves
/// units 16–31. A unit is present where its variate is below ⌊65536·p + ½⌋, so its probability differs from the keep
/// probability p by at most 2⁻¹⁷. Units are numbered through the whole batch, row by row.
public struct DropoutMask: Sendable {
  @usableFromInline var s0: SIMD16<UInt32>
  @usableFromInline var s1: SIMD16<UInt32>
  @usableFromInline var s2: SIMD16<UInt32>
  @usableFromInline var s3: SIMD16<UInt32>
  /// A unit whose 16 bits are below this is present.
  public let threshold: UInt32

  /// - Parameters:
  ///   - layer: 0 for the data, l for the output of the l-th hidden layer.
  ///   - step: the optimisation step, from 0.
  public init(seed: UInt64, layer: Int, step: Int, keepProbability: Double) {
    precondition(keepProbability > 0 && keepProbability <= 1)
    let key = RandomKey(seed: seed, purpose: .dropout, step: UInt64(step), index: UInt64(layer))
    threshold = max(1, UInt32((keepProbability * 65536).rounded()))
    let lanes = SIMD16<UInt64>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    let a = Self.mixed(SIMD16(repeating: key.high) &+ ((lanes &<< 1) &+ 1) &* Self.golden)
    let b = Self.mixed(SIMD16(repeating: key.low) &+ ((lanes &<< 1) &+ 2) &* Self.golden)
    s0 = csimd_low_halves(a)
    s1 = csimd_low_halves(a &>> 32)
    s2 = csimd_low_halves(b)
    s3 = csimd_low_halves(b &>> 32)
  }

  private static var golden: UInt64 { 0x9e37_79b9_7f4a_7c15 }

  /// ``RandomKey/mix(_:)`` of every lane.
  @inline(__always)
  private static func mixed(_ values: SIMD16<UInt64>) -> SIMD16<UInt64> {
    var z = values
    z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z &>> 31)
  }

  /// The next sixteen words.
  @inlinable @inline(__always)
  mutating func draw() -> SIMD16<UInt32> {
    let sum = s0 &+ s3
    let result = ((sum &<< 7) | (sum &>> 25)) &+ s0
    let shifted = s1 &<< 9
    s2 = s2 ^ s0
    s3 = s3 ^ s1
    s1 = s1 ^ s2
    s0 = s0 ^ s3
    s2 = s2 ^ shifted
    s3 = (s3 &<< 11) | (s3 &>> 21)
    return result
  }

  /// Which of the next `count` units are present.
  public mutating func presence(count: Int) -> [Bool] {
    var present: [Bool] = []
    present.reserveCapacity(count + 31)
    while present.count < count {
      let words = draw()
      for lane in 0..<16 { present.append(words[lane] & 0xffff < threshold) }
      for lane in 0..<16 { present.append(words[lane] >> 16 < threshold) }
    }
    present.removeLast(present.count - count)
    return present
  }
}

/// x ← s·m ∘ x over the next `count` units of the mask, and the same for `other` where given.
///
/// Works in blocks of 32: the memory behind both must reach the next multiple of 32, and a mask that goes on over
/// several calls must be called with multiples of 32.
@specialized(where S == Float)
@specialized(where S == Double)
public func apply<S: Scalar>(
  _ mask: inout DropoutMask, to x: UnsafeMutablePointer<S>, and other: UnsafeMutablePointer<S>? = nil, count: Int,
  scale: S
) {
  var stream = mask
  let factor = S.Vector(repeating: scale)
  let threshold = mask.threshold
  var index = 0
  while index < count {
    let words = stream.draw()
    let low = words & 0xffff
    let high = words &>> 16
    (S.Vector(x + index) * factor).kept(where: low, below: threshold).store(x + index)
    (S.Vector(x + index + 16) * factor).kept(where: high, below: threshold).store(x + index + 16)
    if let other {
      (S.Vector(other + index) * factor).kept(where: low, below: threshold).store(other + index)
      (S.Vector(other + index + 16) * factor).kept(where: high, below: threshold).store(other + index + 16)
    }
    index &+= 32
  }
  mask = stream
}
