/// z ← s·m ∘ max(z + b, 0): ReLU and the next units of a mask in one pass, with the bits of
/// an ``ActivationKernel`` of it and ``apply(_:to:and:count:scale:)``.
///
/// - Parameters:
///   - z: `rows` × `columns`, row-major; a multiple of 32 columns.
///   - bias: `columns` scalars, or nil for no bias.
@specialized(where S == Float)
@specialized(where S == Double)
public func rectify<S: Scalar>(
  _ z: UnsafeMutablePointer<S>, rows: Int, columns: Int, bias: UnsafePointer<S>?, _ mask: inout DropoutMask, scale: S
) {
  RowMap(z: z, rows: rows, columns: columns, bias: bias).rectify(&mask, scale: scale)
}

extension RowMap {
  @inline(never)
  func rectify(_ mask: inout DropoutMask, scale: S) {
    precondition(columns & 31 == 0)
    var stream = mask
    let factor = S.Vector(repeating: scale)
    let threshold = mask.threshold
    var row = z
    for _ in 0..<rows {
      var column = 0
      while column < columns {
        let words = stream.draw()
        let first = biased(S.Vector(row + column), column).rectified() * factor
        let second = biased(S.Vector(row + column + 16), column &+ 16).rectified() * factor
        first.kept(where: words & 0xffff, below: threshold).store(row + column)
        second.kept(where: words &>> 16, below: threshold).store(row + column + 16)
        column &+= 32
      }
      row += columns
    }
    mask = stream
  }
}

extension LaneVector {
  @inlinable @inline(__always)
  init(_ pointer: UnsafeMutablePointer<Element>, first count: Int) {
    self.init(UnsafePointer(pointer), first: count)
  }
}

/// δ ← s·δ where `output` is over zero, zero elsewhere: back-propagation through ReLU and its dropout mask, whose kept
/// outputs are the positive ones.
@specialized(where S == Float)
@specialized(where S == Double)
public func backpropagateReLU<S: Scalar>(
  _ delta: UnsafeMutablePointer<S>, output: UnsafePointer<S>, count: Int, scale: S
) {
  let factor = S.Vector(repeating: scale)
  var index = 0
  while index < count {
    (S.Vector(delta + index) * factor).kept(wherePositive: S.Vector(output + index)).store(delta + index)
    index &+= 16
  }
}

/// x ← x ∘ y over `count` entries, in whole vectors of 16.
@specialized(where S == Float)
@specialized(where S == Double)
public func multiply<S: Scalar>(_ x: UnsafeMutablePointer<S>, by y: UnsafePointer<S>, count: Int) {
  var index = 0
  while index < count {
    (S.Vector(x + index) * S.Vector(y + index)).store(x + index)
    index &+= 16
  }
}

/// y ← y + αx over `count` entries exactly.
@specialized(where S == Float)
@specialized(where S == Double)
public func addScaled<S: Scalar>(
  _ alpha: S, _ x: UnsafePointer<S>, to y: UnsafeMutablePointer<S>, count: Int
) {
  let factor = S.Vector(repeating: alpha)
  let whole = count / 16 * 16
  var index = 0
  while index < whole {
    (S.Vector(y + index) + factor * S.Vector(x + index)).store(y + index)
    index &+= 16
  }
  while index < count {
    y[index] += alpha * x[index]
    index &+= 1
  }
}
