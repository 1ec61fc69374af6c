import Foundation
import Kernels
import Testing

@Suite("Random streams")
struct RandomStreamTests {
  private func stream(_ seed: UInt64, _ step: UInt64 = 0) -> RandomStream {
    RandomStream(RandomKey(seed: seed, purpose: .generation, step: step))
  }

  /// The first output of SplitMix64 seeded with 0: a published test vector of its finaliser.
  @Test func finaliserIsSplitMix64s() {
    #expect(RandomKey.mix(0x9e37_79b9_7f4a_7c15) == 0xe220_a839_7b1d_cdaf)
  }

  @Test func everyPartOfAKeyMatters() {
    let base = RandomKey(seed: 1, purpose: .dropout, step: 2, index: 3)
    let others = [
      RandomKey(seed: 2, purpose: .dropout, step: 2, index: 3), RandomKey(seed: 1, purpose: .order, step: 2, index: 3),
      RandomKey(seed: 1, purpose: .dropout, step: 3, index: 3),
      RandomKey(seed: 1, purpose: .dropout, step: 2, index: 2),
      RandomKey(seed: 1, purpose: .dropout, step: 3, index: 2),
    ]
    #expect(Set(others + [base]).count == 6)
  }

  /// Seeds, steps and indices are small numbers in practice; none of a million such keys may meet.
  @Test func neighbouringKeysDiffer() {
    var highs: Set<UInt64> = []
    for seed: UInt64 in 0..<100 {
      for step: UInt64 in 0..<100 {
        for index: UInt64 in 0..<25 {
          highs.insert(RandomKey(seed: seed, purpose: .dropout, step: step, index: index).high)
          highs.insert(RandomKey(seed: seed, purpose: .order, step: step, index: index).high)
        }
      }
    }
    #expect(highs.count == 500_000)
  }

  /// Many normals at once are those that come one by one, and leave the stream at the same place.
  @Test(arguments: [0, 1, 5000]) func manyNormalsAreTheSameNumbers(count: Int) {
    var (single, written, added) = (stream(3), stream(3), stream(3))
    let expected = (0..<count).map { _ in Float(0.3 * single.nextNormal()) }
    var values = [Float](repeating: -7, count: count)
    values.withUnsafeMutableBufferPointer {
      written.writeNormals(deviation: 0.3, to: $0.baseAddress!, count: count)
    }
    #expect(values == expected)
    var sums = [Float](repeating: 0, count: count)
    sums.withUnsafeMutableBufferPointer { added.addNormals(deviation: 0.3, to: $0.baseAddress!, count: count) }
    #expect(sums == expected)
    let next = single.nextWord()
    #expect(written.nextWord() == next && added.nextWord() == next)
  }

  @Test func uniformNumbersFillTheirIntervalEvenly() {
    var random = stream(5)
    var bins = [Int](repeating: 0, count: 1000)
    let count = 1_000_000
    // A value outside [0, 1) would be out of bounds.
    for _ in 0..<count { bins[Int((random.nextUniform() * 1000).rounded(.down))] += 1 }
    let statistic = chiSquare(bins, expected: [Double](repeating: Double(count) / 1000, count: 1000))
    #expect(statistic < chiSquareBound(degreesOfFreedom: 999))
  }

  /// Pairs of the n-th numbers of neighbouring streams on a 32 × 32 grid.
  @Test func neighbouringStreamsAreIndependent() {
    var cells = [Int](repeating: 0, count: 1024)
    let count = 200_000
    for step in 0..<UInt64(count / 4) {
      var first = stream(9, step)
      var second = stream(9, step + 1)
      for _ in 0..<4 { cells[Int(first.nextUniform() * 32) * 32 + Int(second.nextUniform() * 32)] += 1 }
    }
    let statistic = chiSquare(cells, expected: [Double](repeating: Double(count) / 1024, count: 1024))
    #expect(statistic < chiSquareBound(degreesOfFreedom: 1023))
  }

  @Test(arguments: [1, 2, 3, 7, 10, 1000])
  func indicesAreUniform(bound: Int) {
    var random = stream(UInt64(bound))
    var counts = [Int](repeating: 0, count: bound)
    let draws = 200_000
    for _ in 0..<draws { counts[random.nextIndex(below: bound)] += 1 }
    guard bound > 1 else { return #expect(counts == [draws]) }
    let statistic = chiSquare(counts, expected: [Double](repeating: Double(draws) / Double(bound), count: bound))
    #expect(statistic < chiSquareBound(degreesOfFreedom: bound - 1))
  }

  /// Without rejection the remainders modulo 3 of indices below 3·2⁶¹ would be 0, 1, 2 in shares of 3 : 3 : 2.
  @Test func largeBoundsHaveNoBias() {
    var random = stream(77)
    var counts = [0, 0, 0]
    for _ in 0..<100_000 { counts[random.nextIndex(below: 3 << 61) % 3] += 1 }
    #expect(chiSquare(counts, expected: [1e5 / 3, 1e5 / 3, 1e5 / 3]) < chiSquareBound(degreesOfFreedom: 2))
  }

  /// The first four moments, each within five standard errors: Var xᵏ is 1, 2, 15, 96 for k = 1…4.
  @Test func normalNumbersHaveNormalMoments() {
    var random = stream(6)
    let count = 400_000
    var sums = [0.0, 0.0, 0.0, 0.0]
    for _ in 0..<count {
      let x = random.nextNormal()
      var power = 1.0
      for k in 0..<4 {
        power *= x
        sums[k] += power
      }
    }
    for (k, (moment, variance)) in [(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96.0)].enumerated() {
      let error = sums[k] / Double(count) - moment
      #expect(error.magnitude < 5 * (variance / Double(count)).squareRoot(), "moment \(k + 1)")
    }
  }

  /// Counts in 64 cells, the tail beyond 3.44 with cells of its own, against the normal distribution function.
  @Test func normalNumbersFillTheirCells() {
    var random = stream(9)
    let edges = (-31...31).map { Double($0) * 0.125 }
    let draws = 2_000_000
    var counts = [Int](repeating: 0, count: edges.count + 1)
    for _ in 0..<draws {
      let x = random.nextNormal()
      counts[edges.firstIndex { x < $0 } ?? edges.count] += 1
    }
    let below = [0] + edges.map { 0.5 * erfc(-$0 / 2.0.squareRoot()) } + [1]
    let expected = zip(below.dropFirst(), below).map { Double(draws) * ($0 - $1) }
    #expect(chiSquare(counts, expected: expected) < chiSquareBound(degreesOfFreedom: counts.count - 1))
  }

  @Test(arguments: [0, 1, 2, 3, 100, 1797])
  func permutationsHoldEveryIndexOnce(count: Int) {
    var random = stream(UInt64(count))
    #expect(random.permutation(of: count).sorted() == (0..<Int32(count)).map { $0 })
  }

  /// All 120 orders of five things, one permutation a key, as epochs use them.
  @Test func permutationsAreUniform() {
    var counts: [[Int32]: Int] = [:]
    let draws = 120_000
    for epoch in 0..<UInt64(draws) {
      var random = RandomStream(RandomKey(seed: 3, purpose: .order, step: epoch))
      counts[random.permutation(of: 5), default: 0] += 1
    }
    #expect(counts.count == 120)
    let statistic = chiSquare(counts.values.sorted(), expected: [Double](repeating: Double(draws) / 120, count: 120))
    #expect(statistic < chiSquareBound(degreesOfFreedom: 119))
  }
}
