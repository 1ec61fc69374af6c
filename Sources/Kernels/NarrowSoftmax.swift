import RealModule

/// Softmax cross-entropy of at most 16 classes:
/// ``softmaxCrossEntropy(_:rows:classes:labels:scale:countsCorrect:sumsSquares:)`` of
/// z + bias, with δ written beside the logits, not over them.
///
/// Thirty-two rows at once, a lane a row, so that nothing goes across a vector's lanes. A row's exponentials are added as
/// ``LaneVector/sum()`` adds lanes, by halving.
///
/// - Parameters:
///   - z: `rows` × `classes`, row-major, followed by at least 16 readable scalars; unchanged.
///   - bias: `classes` scalars, or nil.
///   - delta: (softmax(z + bias) − e_y)·scale, with room for 16 scalars behind it.
///   - scratch: Room for ``narrowSoftmaxScratch`` scalars.
@specialized(where S == Float)
@specialized(where S == Double)
public func narrowSoftmaxCrossEntropy<S: Scalar>(
  _ z: UnsafePointer<S>, bias: UnsafePointer<S>?, rows: Int, classes: Int, labels: UnsafePointer<Int32>, scale: S,
  countsCorrect: Bool, sumsSquares: Bool = false, delta: UnsafeMutablePointer<S>, scratch: UnsafeMutablePointer<S>
) -> LossSum {
  lossOfRows(
    z, bias: bias, rows: rows, classes: classes, labels: labels, scale: scale, countsCorrect: countsCorrect,
    sumsSquares: sumsSquares, delta: delta, scratch: scratch)
}

/// Scalars that ``narrowSoftmaxCrossEntropy(_:bias:rows:classes:labels:scale:countsCorrect:sumsSquares:delta:scratch:)`` needs.
public var narrowSoftmaxScratch: Int { SoftmaxScratch.count }

/// Where what is kept, after a tile of 16 classes × 32 rows.
private enum SoftmaxScratch {
  static var maxima: Int { 16 * 32 }
  static var wantedLogits: Int { maxima + 32 }
  static var normalisers: Int { wantedLogits + 32 }
  static var transposed: Int { normalisers + 32 }
  static var count: Int { transposed + 16 * 16 }
}

/// Out of line: otherwise a call looks up types before it comes to its specialisation.
@inline(never)
private func lossOfRows<S: Scalar>(
  _ z: UnsafePointer<S>, bias: UnsafePointer<S>?, rows: Int, classes: Int, labels: UnsafePointer<Int32>, scale: S,
  countsCorrect: Bool, sumsSquares: Bool, delta: UnsafeMutablePointer<S>, scratch: UnsafeMutablePointer<S>
) -> LossSum {
  precondition(classes > 0 && classes <= 16)
  for index in classes..<16 { WideVector<S.Vector>(repeating: 0).store(scratch + 32 &* index) }
  let transposed = scratch + SoftmaxScratch.transposed
  var sum = LossSum()
  var row = 0
  while row < rows {
    let group = SoftmaxGroup(tile: scratch, count: min(32, rows &- row), classes: classes, labels: labels + row)
    for half in 0..<2 {
      let start = row &+ 16 &* half
      S.Vector.transpose(
        z + start &* classes, stride: classes, rows: max(0, min(16, rows &- start)), columns: classes,
        into: scratch + 16 &* half, apart: 32)
    }
    group.take(bias: bias, scale: scale, countsCorrect: countsCorrect, into: &sum)
    if sumsSquares { group.addSquares(to: &sum) }
    for start in stride(from: 0, to: group.count, by: 16) {
      S.Vector.transpose(scratch + start, stride: 32, rows: 16, columns: 16, into: transposed, apart: 16)
      // Whole vectors, each over the surplus lanes of the one before.
      for index in 0..<min(16, group.count &- start) {
        S.Vector(transposed + 16 &* index).store(delta + (row &+ start &+ index) &* classes)
      }
    }
    row &+= 32
  }
  return sum
}

/// Up to thirty-two rows of logits: a wide vector a class, a lane a row, and zeros for classes that there are not.
private struct SoftmaxGroup<S: Scalar> {
  typealias Wide = WideVector<S.Vector>

  let tile: UnsafeMutablePointer<S>
  let count: Int
  let classes: Int
  /// The rows' classes.
  let firstLabels: SIMD16<UInt32>
  let secondLabels: SIMD16<UInt32>

  @inline(__always)
  init(tile: UnsafeMutablePointer<S>, count: Int, classes: Int, labels: UnsafePointer<Int32>) {
    self.tile = tile
    self.count = count
    self.classes = classes
    if count == 32 {
      firstLabels = UnsafeRawPointer(labels).loadUnaligned(as: SIMD16<UInt32>.self)
      secondLabels = UnsafeRawPointer(labels + 16).loadUnaligned(as: SIMD16<UInt32>.self)
    } else {
      var first = SIMD16<UInt32>(repeating: 0)
      var second = first
      for lane in 0..<min(16, count) { first[lane] = UInt32(labels[lane]) }
      for lane in 16..<max(16, count) { second[lane &- 16] = UInt32(labels[lane]) }
      firstLabels = first
      secondLabels = second
    }
  }

  private var maxima: UnsafeMutablePointer<S> { tile + SoftmaxScratch.maxima }
  private var wantedLogits: UnsafeMutablePointer<S> { tile + SoftmaxScratch.wantedLogits }
  private var normalisers: UnsafeMutablePointer<S> { tile + SoftmaxScratch.normalisers }

  /// Adds the rows' losses to `sum` and makes logits δ.
  @inline(__always)
  func take(bias: UnsafePointer<S>?, scale: S, countsCorrect: Bool, into sum: inout LossSum) {
    let maximum = addBias(bias)
    maximum.store(maxima)
    var wanted = Wide(repeating: 0)
    for index in 0..<classes { wanted = wanted + ofLabel(index, self[index]) }
    wanted.store(wantedLogits)
    if countsCorrect { sum.correct &+= countCorrect() }
    for index in 0..<classes { (self[index] - maximum).exponential().store(tile + 32 &* index) }
    let normaliser = total()
    normaliser.store(normalisers)
    let one = Wide(repeating: scale)
    let factor = one / normaliser
    for index in 0..<classes { (self[index] * factor - ofLabel(index, one)).store(tile + 32 &* index) }
    addLosses(to: &sum)
  }

  @inline(__always)
  private subscript(index: Int) -> Wide { Wide(tile + 32 &* index) }

  /// Lanes of the rows whose class this is, zeros elsewhere.
  @inline(__always)
  private func ofLabel(_ index: Int, _ values: Wide) -> Wide {
    let index = UInt32(truncatingIfNeeded: index)
    return Wide(
      first: values.first.kept(where: firstLabels ^ index, below: 1),
      second: values.second.kept(where: secondLabels ^ index, below: 1))
  }

  /// Adds the bias and returns the rows' maxima: NaN where the first logit is, any number where another is.
  @inline(__always)
  private func addBias(_ bias: UnsafePointer<S>?) -> Wide {
    var maximum = Wide(repeating: 0)
    for index in 0..<classes {
      let logits = self[index] + Wide(repeating: bias?[index] ?? 0)
      logits.store(tile + 32 &* index)
      maximum = index == 0 ? logits : .maximum(maximum, logits)
    }
    return maximum
  }

  /// The rows whose first largest logit is that of their class.
  private func countCorrect() -> Int {
    (0..<count).count { row in
      let label = row < 16 ? firstLabels[row] : secondLabels[row &- 16]
      return wantedLogits[row] == maxima[row]
        && !(0..<Int(label)).contains { tile[32 &* $0 &+ row] == maxima[row] }
    }
  }

  /// The sums of the exponentials of a row.
  @inline(__always)
  private func total() -> Wide {
    let even = (pair(0) + pair(4)) + (pair(2) + pair(6))
    return even + ((pair(1) + pair(5)) + (pair(3) + pair(7)))
  }

  @inline(__always)
  private func pair(_ index: Int) -> Wide { self[index] + self[index &+ 8] }

  @inline(__always)
  private func addLosses(to sum: inout LossSum) {
    for start in stride(from: 0, to: count, by: 16) {
      var product = 1.0
      for row in start..<min(start &+ 16, count) {
        sum.loss += Double(maxima[row] - wantedLogits[row])
        product *= Double(normalisers[row])
      }
      sum.loss += Double.log(product)
    }
  }

  /// Adds the squares of the losses of the rows that were taken.
  @inline(__always)
  func addSquares(to sum: inout LossSum) {
    for row in 0..<count {
      let loss = Double(maxima[row] - wantedLogits[row]) + Double.log(Double(normalisers[row]))
      sum.squares += loss * loss
    }
  }
}

/// Thirty-two lanes: two vectors, neither of which waits for the other.
private struct WideVector<V: LaneVector> {
  let first: V
  let second: V

  @inline(__always)
  init(first: V, second: V) {
    self.first = first
    self.second = second
  }

  @inline(__always)
  init(repeating value: V.Element) { self.init(first: V(repeating: value), second: V(repeating: value)) }

  @inline(__always)
  init(_ pointer: UnsafeMutablePointer<V.Element>) { self.init(first: V(pointer), second: V(pointer + 16)) }

  @inline(__always)
  func store(_ pointer: UnsafeMutablePointer<V.Element>) {
    first.store(pointer)
    second.store(pointer + 16)
  }

  @inline(__always)
  static func + (left: Self, right: Self) -> Self {
    Self(first: left.first + right.first, second: left.second + right.second)
  }

  @inline(__always)
  static func - (left: Self, right: Self) -> Self {
    Self(first: left.first - right.first, second: left.second - right.second)
  }

  @inline(__always)
  static func * (left: Self, right: Self) -> Self {
    Self(first: left.first * right.first, second: left.second * right.second)
  }

  @inline(__always)
  static func / (left: Self, right: Self) -> Self {
    Self(first: left.first / right.first, second: left.second / right.second)
  }

  @inline(__always)
  static func maximum(_ left: Self, _ right: Self) -> Self {
    Self(first: .maximum(left.first, right.first), second: .maximum(left.second, right.second))
  }

  @inline(__always)
  func exponential() -> Self { Self(first: first.exponential(), second: second.exponential()) }
}
