import RandomNumbers

/// Points that fill the unit cube evenly, however many are taken: coordinate d of point n is the radical inverse of n in
/// the d-th prime, its digits permuted at random where it is scrambled.
///
/// φ_b(n) = Σᵢ π_{d,i}(dᵢ)·b^{−i−1} for the digits dᵢ of n in base b. Without scrambling π is the identity. Sources: J. H.
/// Halton, "On the efficiency of certain quasi-random sequences of points" (1960); A. B. Owen, "A randomized Halton
/// algorithm in R" (2017) for a permutation of its own at every digit.
public struct HaltonSequence: Sendable {
  private let bases: [Int]
  /// For each dimension, for each digit from the first after the point, where each digit goes.
  private let permutations: [[[Int32]]]

  /// - Parameter seed: Keys the permutations; nil leaves the sequence unscrambled.
  public init(dimensions: Int, seed: UInt64?) {
    bases = Self.primes(dimensions)
    permutations = bases.enumerated().map { dimension, base in
      // As many digits as a double can tell apart.
      var digits = 0
      var power = 1.0
      while power < 0x1p53 {
        power *= Double(base)
        digits += 1
      }
      return (0..<digits).map { digit in
        guard let seed else { return (0..<Int32(base)).map { $0 } }
        var stream = RandomStream(
          RandomKey(seed: seed, purpose: .search, step: UInt64(dimension), index: UInt64(digit)))
        return stream.permutation(of: base)
      }
    }
  }

  /// Point `index`, from 0; coordinates in [0, 1).
  public subscript(index: Int) -> [Double] {
    bases.indices.map { dimension in
      let base = bases[dimension]
      var rest = index
      var (value, weight) = (0.0, 1.0)
      for permutation in permutations[dimension] {
        weight /= Double(base)
        value += Double(permutation[rest % base]) * weight
        rest /= base
      }
      return min(value, 1.0.nextDown)
    }
  }

  private static func primes(_ count: Int) -> [Int] {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < count {
      if primes.allSatisfy({ !candidate.isMultiple(of: $0) }) { primes.append(candidate) }
      candidate += 1
    }
    return primes
  }
}
