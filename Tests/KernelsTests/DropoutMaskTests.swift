import Kernels
import Testing

/// Statistics of the Bernoulli masks, with fixed seeds; every bound is five standard deviations or the χ² that has the
/// same small probability, 3e-7 or 6e-7 a test.
@Suite("Dropout masks")
struct DropoutMaskTests {
  private func mask(seed: UInt64, layer: Int = 0, step: Int = 0, keep: Double, count: Int) -> [Bool] {
    var mask = DropoutMask(seed: seed, layer: layer, step: step, keepProbability: keep)
    return mask.presence(count: count)
  }

  /// ⌊65536·p + ½⌋/65536, the probability that 16 bits can give.
  private func probability(_ keep: Double) -> Double { max(1, (keep * 65536).rounded()) / 65536 }

  @Test(arguments: [0.01, 0.1, 0.25, 1.0 / 3, 0.5, 0.8, 0.9, 0.99])
  func frequencyIsTheKeepProbability(keep: Double) {
    let (steps, units) = (50, 40_000)
    var present = 0
    for step in 0..<steps { present += mask(seed: 1, step: step, keep: keep, count: units).count { $0 } }
    let count = Double(steps * units)
    let p = probability(keep)
    #expect((p - keep).magnitude <= 0x1p-17)
    #expect((Double(present) - p * count).magnitude < 5 * (p * (1 - p) * count).squareRoot())
  }

  /// A mask's count must also scatter as much as independent units do: the variance over steps.
  @Test(arguments: [0.1, 0.5, 0.8])
  func countsScatterBinomially(keep: Double) {
    let (steps, units) = (4000, 500)
    let p = probability(keep)
    let variance = p * (1 - p) * Double(units)
    var statistic = 0.0
    for step in 0..<steps {
      let present = Double(mask(seed: 2, step: step, keep: keep, count: units).count { $0 })
      statistic += (present - p * Double(units)) * (present - p * Double(units)) / variance
    }
    // χ² with one degree of freedom a step; below is as bad as above.
    let deviation = (2 * Double(steps)).squareRoot()
    #expect((statistic - Double(steps)).magnitude < 5 * deviation)
  }

  /// What two masks are compared for.
  enum Neighbour: CaseIterable { case step, layer, seed, nextUnit, lane, otherHalf, nextDraw, nextRow }

  /// The four joint outcomes of a unit and its neighbour against p², p(1 − p), (1 − p)p, (1 − p)².
  @Test(arguments: Neighbour.allCases, [0.5, 0.8])
  func neighboursAreIndependent(neighbour: Neighbour, keep: Double) {
    let units = 64 * 100
    let p = probability(keep)
    var cells = [0, 0, 0, 0]
    for step in 0..<200 {
      let base = mask(seed: 5, layer: 1, step: step, keep: keep, count: units)
      let other =
        switch neighbour {
        case .step: mask(seed: 5, layer: 1, step: step + 200, keep: keep, count: units)
        case .layer: mask(seed: 5, layer: 2, step: step, keep: keep, count: units)
        case .seed: mask(seed: 6, layer: 1, step: step, keep: keep, count: units)
        default: base
        }
      // Pairs do not overlap, so that they are independent of one another.
      for unit in 0..<units {
        guard let partner = partner(of: unit, neighbour) else { continue }
        cells[(base[unit] ? 2 : 0) + (other[partner] ? 1 : 0)] += 1
      }
    }
    let pairs = Double(cells.reduce(0, +))
    #expect(pairs >= 500_000)
    let expected = [(1 - p) * (1 - p), (1 - p) * p, p * (1 - p), p * p].map { $0 * pairs }
    // Three of the four counts are free, since p is known.
    #expect(chiSquare(cells, expected: expected) < chiSquareBound(degreesOfFreedom: 3))
  }

  private func partner(of unit: Int, _ neighbour: Neighbour) -> Int? {
    switch neighbour {
    case .step, .layer, .seed: unit
    case .nextUnit: unit.isMultiple(of: 2) ? unit + 1 : nil
    case .lane: unit % 16 < 8 ? unit + 8 : nil
    case .otherHalf: unit % 32 < 16 ? unit + 16 : nil
    case .nextDraw: unit % 64 < 32 ? unit + 32 : nil
    case .nextRow: unit / 100 % 2 == 0 && unit + 100 < 6400 ? unit + 100 : nil
    }
  }

  /// Consecutive steps, which is where keys are closest: correlation of each of 1,000 units over 2,000 steps.
  @Test func aUnitIsIndependentOverSteps() {
    let (units, steps) = (1000, 2000)
    var equal = [Int](repeating: 0, count: units)
    var last = mask(seed: 8, step: 0, keep: 0.5, count: units)
    for step in 1...steps {
      let next = mask(seed: 8, step: step, keep: 0.5, count: units)
      for unit in 0..<units where next[unit] == last[unit] { equal[unit] += 1 }
      last = next
    }
    // Each count is binomial with p = ½; together χ² with one degree of freedom a unit.
    let statistic = equal.reduce(0.0) { sum, count in
      let deviation = Double(count) - Double(steps) / 2
      return sum + deviation * deviation / (Double(steps) / 4)
    }
    #expect(statistic < chiSquareBound(degreesOfFreedom: units))
  }

  /// Bytes of eight neighbouring units, 256 patterns.
  @Test func patternsOfEightUnitsAreUniform() {
    let units = 1_600_000
    let present = mask(seed: 12, keep: 0.5, count: units)
    var counts = [Int](repeating: 0, count: 256)
    for start in stride(from: 0, to: units, by: 8) {
      counts[(0..<8).reduce(0) { $0 << 1 | (present[start + $1] ? 1 : 0) }] += 1
    }
    let expected = [Double](repeating: Double(units) / 8 / 256, count: 256)
    #expect(chiSquare(counts, expected: expected) < chiSquareBound(degreesOfFreedom: 255))
  }

  @Test(arguments: [1, 15, 16, 17, 31, 32, 33, 64, 100])
  func applyingKeepsWhatIsPresentAndScalesIt(count: Int) {
    check(count, Float.self)
    check(count, Double.self)
  }

  private func check<S: Scalar>(_ count: Int, _: S.Type) {
    var numbers = TestNumbers(seed: UInt64(count))
    let x: [S] = numbers.values(count)
    let y: [S] = numbers.values(count)
    let present = mask(seed: 3, layer: 2, step: 9, keep: 0.6, count: count)
    let scale = S(1 / 0.6)
    let first = AlignedBuffer(x)
    let second = AlignedBuffer(y)
    var stream = DropoutMask(seed: 3, layer: 2, step: 9, keepProbability: 0.6)
    apply(&stream, to: first.pointer, and: second.pointer, count: count, scale: scale)
    #expect(first.array == zip(x, present).map { $1 ? $0 * scale : 0 })
    #expect(second.array == zip(y, present).map { $1 ? $0 * scale : 0 })
    let alone = AlignedBuffer(x)
    stream = DropoutMask(seed: 3, layer: 2, step: 9, keepProbability: 0.6)
    apply(&stream, to: alone.pointer, count: count, scale: scale)
    #expect(alone.array == first.array)
  }

  /// A mask applied in pieces of 32 units is the mask applied at once.
  @Test func piecesContinueTheMask() {
    let x = [Float](repeating: 1, count: 96)
    let whole = AlignedBuffer(x)
    var stream = DropoutMask(seed: 4, layer: 0, step: 0, keepProbability: 0.5)
    apply(&stream, to: whole.pointer, count: 96, scale: 2)
    let pieces = AlignedBuffer(x)
    stream = DropoutMask(seed: 4, layer: 0, step: 0, keepProbability: 0.5)
    for start in [0, 32, 64] { apply(&stream, to: pieces.pointer + start, count: 32, scale: 2) }
    #expect(whole.array == pieces.array)
  }

  /// A dropped unit is zero even where the value was NaN or infinite: 0·∞ must not spread.
  @Test func droppedUnitsAreZeroWhateverTheyWere() {
    let present = mask(seed: 4, keep: 0.5, count: 32)
    let x = AlignedBuffer([Float](repeating: .infinity, count: 32))
    var stream = DropoutMask(seed: 4, layer: 0, step: 0, keepProbability: 0.5)
    apply(&stream, to: x.pointer, count: 32, scale: 2)
    #expect(x.array == present.map { $0 ? .infinity : 0 })
  }

  /// Dropped while they are copied, rows are what they are when dropped afterwards, and the mask goes on alike.
  @Test(arguments: [16, 48, 64])
  func gatherDropsUnits(width: Int) {
    let source = (0..<40 * width).map { Float($0 % 97) - 40 }
    let rows: [Int32] = [39, 0, 7, 7, 21, 3, 38]
    for count in [0, 1, 6, 7] {
      let expected = AlignedBuffer<Float>(count: count * width)
      var mask = DropoutMask(seed: 4, layer: 0, step: 2, keepProbability: 0.8)
      var other = mask
      gather(source, width: width, rows: rows, count: count, into: expected.pointer)
      apply(&mask, to: expected.pointer, count: count * width, scale: 1.25)
      let target = Guarded([Float](repeating: 0, count: count * width))
      gather(source, width: width, rows: rows, count: count, into: target.pointer, &other, scale: 1.25)
      #expect(target.values == expected.array && target.isIntact)
      #expect(mask.presence(count: 100) == other.presence(count: 100))
    }
  }

  @Test func gatherCopiesRows() {
    let source = (0..<15).map { Float($0) }
    let target = Guarded([Float](repeating: 0, count: 9))
    gather(source, width: 3, rows: [4, 0, 4], count: 3, into: target.pointer)
    #expect(target.values == [12, 13, 14, 0, 1, 2, 12, 13, 14])
    #expect(target.isIntact)
  }
}
