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
  let rowMap = RowMap(z: z, rows: rows, columns: columns, bias: bias, derivative: derivative)
  switch activation {
  case .identity: rowMap.apply { .init(value: $0, derivative: S.Vector(repeating: 1)) }
  case .relu: rowMap.apply { $0.reluValue() }
  case .tanh: rowMap.apply { $0.tanhValue() }
  case .lecunTanh: rowMap.apply { $0.scaledTanhValue(1.7159, 2 / 3) }
  case .sigmoid: rowMap.apply { $0.sigmoidValue() }
  case .softplus: rowMap.apply { $0.softplusValue() }
  case .gelu: rowMap.apply { $0.geluValue() }
  }
}

/// A function of z + b written over z, and its derivative beside it.
@usableFromInline
struct RowMap<S: Scalar> {
  let z: UnsafeMutablePointer<S>
  let rows: Int
  let columns: Int
  let bias: UnsafePointer<S>?
  let derivative: UnsafeMutablePointer<S>?

  @inline(__always)
  func apply(_ function: (S.Vector) -> ActivationValue<S.Vector>) {
    if derivative == nil && bias == nil {
      run(bias: { _ in S.Vector(repeating: 0) }, function, keep: { _, _ in }, keepTail: { _, _, _ in })
    } else if let bias, derivative == nil {
      run(bias: { S.Vector(bias + $0) }, function, keep: { _, _ in }, keepTail: { _, _, _ in })
    } else {
      let derivative = derivative!
      let bias = bias
      run(
        bias: { bias == nil ? S.Vector(repeating: 0) : S.Vector(bias! + $0) }, function,
        keep: { $0.store(derivative + $1) }, keepTail: { $0.store(derivative + $1, first: $2) })
    }
  }

  @inline(__always)
  func run(
    bias: (Int) -> S.Vector, _ function: (S.Vector) -> ActivationValue<S.Vector>,
    keep: (S.Vector, Int) -> Void, keepTail: (S.Vector, Int, Int) -> Void
  ) {
    let whole = columns / 16 * 16
    var row = 0
    var start = 0
    while row < rows {
      var column = 0
      while column < whole {
        let result = function(S.Vector(z + start + column) + bias(column))
        result.value.store(z + start + column)
        keep(result.derivative, start + column)
        column &+= 16
      }
      if whole < columns {
        let tail = columns &- whole
        let result = function(S.Vector(z + start + whole, first: tail) + bias(whole))
        result.value.store(z + start + whole, first: tail)
        keepTail(result.derivative, start + whole, tail)
      }
      start &+= columns
      row &+= 1
    }
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
