/// Σ xᵢyᵢ in four accumulators of 16 lanes, added 0+1, 2+3, then by halving.
@specialized(where S == Float)
@specialized(where S == Double)
public func dot<S: Scalar>(_ x: UnsafePointer<S>, _ y: UnsafePointer<S>, count: Int) -> S {
  var first = S.Vector(repeating: 0)
  var second = first
  var third = first
  var fourth = first
  var index = 0
  while index &+ 64 <= count {
    first += S.Vector(x + index) * S.Vector(y + index)
    second += S.Vector(x + index + 16) * S.Vector(y + index + 16)
    third += S.Vector(x + index + 32) * S.Vector(y + index + 32)
    fourth += S.Vector(x + index + 48) * S.Vector(y + index + 48)
    index &+= 64
  }
  while index &+ 16 <= count {
    first += S.Vector(x + index) * S.Vector(y + index)
    index &+= 16
  }
  if index < count {
    second += S.Vector(x + index, first: count &- index) * S.Vector(y + index, first: count &- index)
  }
  return ((first + second) + (third + fourth)).sum()
}

/// Column sums of a `rows` × `columns` matrix, each column added from the first row to the last.
///
/// - Parameters:
///   - matrix: Followed by at least 16 readable scalars.
///   - accumulate: Adds to `sums` instead of replacing it.
@specialized(where S == Float)
@specialized(where S == Double)
public func columnSums<S: Scalar>(
  _ matrix: UnsafePointer<S>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<S>, accumulate: Bool
) {
  addRows(matrix, rows: rows, columns: columns, into: sums, accumulate: accumulate)
}

/// Out of line: otherwise a call looks up types before it comes to its specialisation.
@inline(never)
private func addRows<S: Scalar>(
  _ matrix: UnsafePointer<S>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<S>, accumulate: Bool
) {
  var column = 0
  while column < columns {
    let width = min(16, columns &- column)
    var total = S.Vector(repeating: 0)
    var row = 0
    var pointer = matrix + column
    while row < rows {
      total += S.Vector(pointer)
      pointer += columns
      row &+= 1
    }
    if accumulate { total += S.Vector(sums + column, first: width) }
    total.store(sums + column, first: width)
    column &+= 16
  }
}
