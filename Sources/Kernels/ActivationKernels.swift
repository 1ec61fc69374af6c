/// z ← φ(z + b), row by row; `derivative`, where given, gets φ′ of the same entries.
///
/// - Parameters:
///   - z: `rows` × `columns`, row-major, followed by at least 16 readable scalars.
///   - bias: `columns` scalars followed by at least 16 readable ones, or nil for no bias.
@specialized(where S == Float)
@specialized(where S == Double)
public func activate<S: Scalar>(
  _ activation: Activation, _ z: UnsafeMutablePointer<S>, rows: Int, columns: Int, bias: UnsafePointer<S>?,
  derivative: UnsafeMutablePointer<S>? = nil
) {
  RowMap(z: z, rows: rows, columns: columns, bias: bias, derivative: derivative).apply(activation)
}

/// z ← s·m ∘ max(z + b, 0): ReLU and the next units of a mask in one pass, with the bits of
/// ``activate(_:_:rows:columns:bias:derivative:)`` and ``apply(_:to:and:count:scale:)``.
///
/// - Parameters:
///   - z: `rows` × `columns`, row-major; a multiple of 32 columns.
///   - bias: `columns` scalars, or nil for no bias.
@specialized(where S == Float)
@specialized(where S == Double)
public func rectify<S: Scalar>(
  _ z: UnsafeMutablePointer<S>, rows: Int, columns: Int, bias: UnsafePointer<S>?, _ mask: inout DropoutMask, scale: S
) {
  RowMap(z: z, rows: rows, columns: columns, bias: bias, derivative: nil).rectify(&mask, scale: scale)
}

/// A function of z + b written over z, and its derivative beside it.
struct RowMap<S: Scalar> {
  let z: UnsafeMutablePointer<S>
  let rows: Int
  let columns: Int
  let bias: UnsafePointer<S>?
  let derivative: UnsafeMutablePointer<S>?

  /// Out of line: otherwise a call of ``activate(_:_:rows:columns:bias:derivative:)`` looks up types before it comes to its
  /// specialisation.
  @inline(never)
  func apply(_ activation: Activation) {
    switch activation {
    case .identity: apply(Identity.self)
    case .relu: apply(ReLU.self)
    case .tanh: apply(Tanh.self)
    case .lecunTanh: apply(LeCunTanh.self)
    case .sigmoid: apply(Sigmoid.self)
    case .softplus: apply(Softplus.self)
    case .gelu: apply(GELU.self)
    }
  }

  @inline(__always)
  func apply(_ function: (some ActivationFunction).Type) {
    let whole = columns / 16 * 16
    let tail = columns &- whole
    var row = 0
    var start = 0
    while row < rows {
      var column = 0
      while column < whole {
        let result = function.value(biased(S.Vector(z + start + column), column))
        result.value.store(z + start + column)
        if let derivative { result.derivative.store(derivative + start + column) }
        column &+= 16
      }
      if tail > 0 {
        let result = function.value(biased(S.Vector(z + start + whole, first: tail), whole))
        result.value.store(z + start + whole, first: tail)
        if let derivative { result.derivative.store(derivative + start + whole, first: tail) }
      }
      start &+= columns
      row &+= 1
    }
  }

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

  @inline(__always)
  private func biased(_ z: S.Vector, _ column: Int) -> S.Vector {
    if let bias { z + S.Vector(bias + column) } else { z }
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
