import RealModule

/// The random numbers of NumPy's `RandomState(seed)`, for data that others have drawn from it.
///
/// MT19937: Matsumoto and Nishimura (1998), with the initialisation of 2002. Uniforms take 53 bits of two words; normals
/// come in pairs from Marsaglia's polar method. NumPy promises that these streams never change. What Ravine draws for
/// itself comes from ``RandomStream``.
public struct LegacyRandomState {
  private var words: [UInt32]
  private var position = Self.count
  /// The second of a pair of normals.
  private var spare: Double?

  private static let count = 624
  private static let middle = 397

  public init(seed: UInt32) {
    words = [UInt32](repeating: seed, count: Self.count)
    for index in 1..<Self.count {
      let last = words[index - 1]
      words[index] = 1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index)
    }
  }

  public mutating func nextWord() -> UInt32 {
    if position == Self.count { renew() }
    var word = words[position]
    position += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9d2c_5680
    word ^= word << 15 & 0xefc6_0000
    return word ^ word >> 18
  }

  private mutating func renew() {
    for index in 0..<Self.count {
      let joined = words[index] & 0x8000_0000 | words[(index + 1) % Self.count] & 0x7fff_ffff
      let twist: UInt32 = joined & 1 == 0 ? 0 : 0x9908_b0df
      words[index] = words[(index + Self.middle) % Self.count] ^ joined >> 1 ^ twist
    }
    position = 0
  }

  /// `uniform()`: on [0, 1).
  public mutating func nextUniform() -> Double {
    let high = Double(nextWord() >> 5)
    let low = Double(nextWord() >> 6)
    return (high * 0x1p26 + low) * 0x1p-53
  }

  /// `normal()`: mean 0, deviation 1.
  public mutating func nextNormal() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    while true {
      let x = 2 * nextUniform() - 1
      let y = 2 * nextUniform() - 1
      let square = x * x + y * y
      guard square < 1, square != 0 else { continue }
      let factor = (-2 * Double.log(square) / square).squareRoot()
      spare = factor * x
      return factor * y
    }
  }
}
