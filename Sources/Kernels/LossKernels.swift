import RealModule

/// What a loss kernel found in a block of samples.
public struct LossSum: Hashable, Sendable {
  /// Sum of the samples' losses.
  public var loss = 0.0
  /// Sum of the squares of the samples' losses, in the order of the samples; 0 where it was not asked for.
  public var squares = 0.0
  /// Samples classified correctly: the largest output, the first of equals, is the sample's class.
  public var correct = 0

  public init() {}
}

/// Softmax cross-entropy: −log softmax(z)ᵧ for each row, and z ← (softmax(z) − e_y)·scale.
///
/// Log-sum-exp is taken about the row's maximum. Losses are added in Double, up to 16 rows' normalisers multiplied
/// before their logarithm is taken.
///
/// - Parameters:
///   - z: `rows` × `classes`, row-major, with the biases added.
///   - countsCorrect: whether `correct` is wanted.
///   - sumsSquares: whether `squares` is wanted, which takes a logarithm a row.
@specialized(where S == Float)
@specialized(where S == Double)
public func softmaxCrossEntropy<S: Scalar>(
  _ z: UnsafeMutablePointer<S>, rows: Int, classes: Int, labels: UnsafePointer<Int32>, scale: S,
  countsCorrect: Bool, sumsSquares: Bool = false
) -> LossSum {
  var sum = LossSum()
  var product = 1.0
  let whole = (classes &- 1) / 16 * 16
  let tail = classes &- whole
  var row = 0
  while row < rows {
    let logits = z + row &* classes
    let label = Int(labels[row])
    let last = S.Vector(logits + whole, first: tail, filler: -S.infinity)
    var largest = last
    var column = 0
    while column < whole {
      largest = .maximum(largest, S.Vector(logits + column))
      column &+= 16
    }
    let maximum = largest.maximum()
    if countsCorrect && logits[label] == maximum && !(0..<label).contains(where: { logits[$0] == maximum }) {
      sum.correct &+= 1
    }
    let gap = Double(maximum - logits[label])
    sum.loss += gap
    let shift = S.Vector(repeating: maximum)
    let lastExponential = (last - shift).exponential()
    var total = lastExponential
    column = 0
    while column < whole {
      let exponential = (S.Vector(logits + column) - shift).exponential()
      exponential.store(logits + column)
      total += exponential
      column &+= 16
    }
    let normaliser = total.sum()
    product *= Double(normaliser)
    if sumsSquares {
      let loss = gap + Double.log(Double(normaliser))
      sum.squares += loss * loss
    }
    if row & 15 == 15 {
      sum.loss += Double.log(product)
      product = 1
    }
    let factor = S.Vector(repeating: scale / normaliser)
    column = 0
    while column < whole {
      (S.Vector(logits + column) * factor).store(logits + column)
      column &+= 16
    }
    (lastExponential * factor).store(logits + whole, first: tail)
    logits[label] -= scale
    row &+= 1
  }
  sum.loss += Double.log(product)
  return sum
}

/// Squared error ½‖z − y‖² of each row, and z ← (z − y)·scale.
///
/// - Parameter columns: Entries of a row, where the squares of the rows' losses are wanted.
@specialized(where S == Float)
@specialized(where S == Double)
public func squaredError<S: Scalar>(
  _ z: UnsafeMutablePointer<S>, targets: UnsafePointer<S>, count: Int, scale: S, columns: Int? = nil
) -> LossSum {
  var sum = LossSum()
  var rows = columns.map(RowSquares.init)
  for index in 0..<count {
    let error = z[index] - targets[index]
    let loss = 0.5 * Double(error) * Double(error)
    sum.loss += loss
    rows?.add(loss)
    z[index] = error * scale
  }
  sum.squares = rows?.total ?? 0
  return sum
}

/// Binary cross-entropy with logits, max(z, 0) − zy + log(1 + e^{−|z|}) for each entry, and z ← (σ(z) − y)·scale.
///
/// - Parameter columns: Entries of a row, where the squares of the rows' losses are wanted.
@specialized(where S == Float)
@specialized(where S == Double)
public func binaryCrossEntropy<S: Scalar>(
  _ z: UnsafeMutablePointer<S>, targets: UnsafePointer<S>, count: Int, scale: S, columns: Int? = nil
) -> LossSum {
  var sum = LossSum()
  var rows = columns.map(RowSquares.init)
  let factor = S.Vector(repeating: scale)
  var index = 0
  while index < count {
    let width = min(16, count &- index)
    let logits = S.Vector(z + index, first: width)
    let wanted = S.Vector(targets + index, first: width)
    let loss = logits.softplus() - logits * wanted
    for lane in 0..<width { sum.loss += Double(loss[lane]) }
    if rows != nil { for lane in 0..<width { rows?.add(Double(loss[lane])) } }
    ((logits.sigmoid() - wanted) * factor).store(z + index, first: width)
    index &+= 16
  }
  sum.squares = rows?.total ?? 0
  return sum
}

/// Adds up the squares of rows' losses, which come entry by entry.
private struct RowSquares {
  private let columns: Int
  private var column = 0
  private var row = 0.0
  private(set) var total = 0.0

  init(columns: Int) { self.columns = columns }

  @inline(__always)
  mutating func add(_ loss: Double) {
    row += loss
    column &+= 1
    guard column == columns else { return }
    total += row * row
    row = 0
    column = 0
  }
}

extension LaneVector {
  @inlinable @inline(__always)
  init(_ pointer: UnsafeMutablePointer<Element>, first count: Int, filler: Element) {
    self.init(repeating: filler)
    for lane in 0..<count { self[lane] = pointer[lane] }
  }
}
