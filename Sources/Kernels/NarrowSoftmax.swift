import RealModule

/// Softmax cross-entropy of at most 16 classes: ``softmaxCrossEntropy(_:rows:classes:labels:scale:countsCorrect:)`` of
/// z + bias, with δ written beside the logits, not over them.
///
/// A row is one vector. Rows are stored whole, each over the surplus lanes of the one before: a store that the next
/// row's load overlapped would make it wait.
///
/// - Parameters:
///   - z: `rows` × `classes`, row-major, followed by at least 16 readable scalars; unchanged.
///   - bias: `classes` scalars followed by at least 16 readable ones, or nil.
///   - delta: (softmax(z + bias) − e_y)·scale, with room for 16 scalars behind it.
@specialized(where S == Float)
@specialized(where S == Double)
public func narrowSoftmaxCrossEntropy<S: Scalar>(
  _ z: UnsafePointer<S>, bias: UnsafePointer<S>?, rows: Int, classes: Int, labels: UnsafePointer<Int32>, scale: S,
  countsCorrect: Bool, delta: UnsafeMutablePointer<S>
) -> LossSum {
  lossOfRows(
    z, bias: bias, rows: rows, classes: classes, labels: labels, scale: scale, countsCorrect: countsCorrect,
    delta: delta)
}

/// Out of line: otherwise a call looks up types before it comes to its specialisation.
@inline(never)
private func lossOfRows<S: Scalar>(
  _ z: UnsafePointer<S>, bias: UnsafePointer<S>?, rows: Int, classes: Int, labels: UnsafePointer<Int32>, scale: S,
  countsCorrect: Bool, delta: UnsafeMutablePointer<S>
) -> LossSum {
  precondition(classes <= 16)
  // Adding the bias puts −∞ into the lanes beyond the classes, where eᶻ is then zero.
  var shift = S.Vector(repeating: -S.infinity)
  var inside = S.Vector(repeating: 0)
  for lane in 0..<classes {
    shift[lane] = bias?[lane] ?? 0
    inside[lane] = 1
  }
  var sum = LossSum()
  var product = 1.0
  var row = 0
  while row < rows {
    let label = Int(labels[row])
    // Surplus lanes hold the next row: cleared first, since −∞ plus an infinity of theirs would be NaN.
    let logits = S.Vector(z + row &* classes).kept(wherePositive: inside) + shift
    let maximum = logits.maximum()
    let wanted = z[row &* classes &+ label] + (bias?[label] ?? 0)
    if countsCorrect && wanted == maximum && !(0..<label).contains(where: { logits[$0] == maximum }) {
      sum.correct &+= 1
    }
    sum.loss += Double(maximum - wanted)
    let exponential = (logits - S.Vector(repeating: maximum)).exponential()
    let normaliser = exponential.sum()
    product *= Double(normaliser)
    if row & 15 == 15 {
      sum.loss += Double.log(product)
      product = 1
    }
    (exponential * S.Vector(repeating: scale / normaliser)).store(delta + row &* classes)
    delta[row &* classes &+ label] -= scale
    row &+= 1
  }
  sum.loss += Double.log(product)
  return sum
}
