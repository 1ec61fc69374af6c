/// Every row of z ← softmax of the row.
///
/// - Parameter z: `rows` × `classes`, row-major.
@specialized(where S == Float)
@specialized(where S == Double)
public func softmax<S: Scalar>(_ z: UnsafeMutablePointer<S>, rows: Int, classes: Int) {
  var row = z
  for _ in 0..<rows {
    var largest = row[0]
    for index in 1..<max(1, classes) { largest = row[index] > largest ? row[index] : largest }
    let shift = S.Vector(repeating: largest)
    var total = S.Vector(repeating: 0)
    var index = 0
    while index < classes {
      let width = min(16, classes &- index)
      let exponential = (S.Vector(row + index, first: width, filler: -S.infinity) - shift).exponential()
      exponential.store(row + index, first: width)
      total += exponential
      index &+= 16
    }
    let normaliser = total.sum()
    for index in 0..<classes { row[index] = row[index] / normaliser }
    row += classes
  }
}

/// Every row of r ← (p∘r − p(pᵀr))·scale: the Hessian of softmax cross-entropy with respect to the outputs, times r.
///
/// - Parameters:
///   - p: The row's class probabilities, `rows` × `classes`.
///   - r: A direction in the outputs, `rows` × `classes`.
@specialized(where S == Float)
@specialized(where S == Double)
public func applySoftmaxCurvature<S: Scalar>(
  _ p: UnsafePointer<S>, to r: UnsafeMutablePointer<S>, rows: Int, classes: Int, scale: S
) {
  var p = p
  var r = r
  for _ in 0..<rows {
    var mean: S = 0
    for index in 0..<classes { mean += p[index] * r[index] }
    for index in 0..<classes { r[index] = p[index] * (r[index] - mean) * scale }
    p += classes
    r += classes
  }
}

/// h ← (p − p∘p)·scale: the diagonal of that Hessian.
@specialized(where S == Float)
@specialized(where S == Double)
public func softmaxCurvatureDiagonal<S: Scalar>(
  _ p: UnsafePointer<S>, into h: UnsafeMutablePointer<S>, count: Int, scale: S
) {
  for index in 0..<count { h[index] = p[index] * (1 - p[index]) * scale }
}

/// result ← αx.
@specialized(where S == Float)
@specialized(where S == Double)
public func scaled<S: Scalar>(
  _ x: UnsafePointer<S>, by alpha: S, into result: UnsafeMutablePointer<S>, count: Int
) {
  for index in 0..<count { result[index] = x[index] * alpha }
}

/// result ← x∘y over `count` entries, in whole vectors of 16.
@specialized(where S == Float)
@specialized(where S == Double)
public func multiply<S: Scalar>(
  _ x: UnsafePointer<S>, by y: UnsafePointer<S>, into result: UnsafeMutablePointer<S>, count: Int
) {
  var index = 0
  while index < count {
    (S.Vector(x + index) * S.Vector(y + index)).store(result + index)
    index &+= 16
  }
}

/// x ← x∘y + u∘v over `count` entries, in whole vectors of 16.
@specialized(where S == Float)
@specialized(where S == Double)
public func multiplyAdd<S: Scalar>(
  _ x: UnsafeMutablePointer<S>, by y: UnsafePointer<S>, adding u: UnsafePointer<S>, times v: UnsafePointer<S>,
  count: Int
) {
  var index = 0
  while index < count {
    (S.Vector(x + index) * S.Vector(y + index) + S.Vector(u + index) * S.Vector(v + index)).store(x + index)
    index &+= 16
  }
}

/// x ← x∘x over `count` entries, in whole vectors of 16.
@specialized(where S == Float)
@specialized(where S == Double)
public func square<S: Scalar>(_ x: UnsafeMutablePointer<S>, count: Int) {
  var index = 0
  while index < count {
    (S.Vector(x + index) * S.Vector(x + index)).store(x + index)
    index &+= 16
  }
}

/// Converts `count` numbers.
@specialized(where S == Float)
@specialized(where S == Double)
public func convert<S: Scalar>(_ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<S>, count: Int) {
  for index in 0..<count { target[index] = S(source[index]) }
}

/// Converts `count` numbers.
@specialized(where S == Float)
@specialized(where S == Double)
public func convert<S: Scalar>(
  _ source: UnsafePointer<S>, toDouble target: UnsafeMutablePointer<Double>, count: Int
) {
  for index in 0..<count { target[index] = Double(source[index]) }
}

/// m ← s(x⊗y + u⊗v) for every sample: the layer's part of a row of a product of its inputs and its δ's.
///
/// Rows of `m` get `inputs`·`outputs` entries, entry (i, o) at i·outputs + o, in ascending order and whole vectors of
/// 16: up to 15 scalars behind a row's last entry are overwritten.
///
/// - Parameters:
///   - x: `rows` × `inputs`.
///   - y: `rows` × `outputs`, followed by at least 16 readable scalars.
///   - u: As `x`, or nil for the first term alone.
///   - v: As `y`.
///   - stride: Scalars from one row of `m` to the next.
@specialized(where S == Float)
@specialized(where S == Double)
public func outerProducts<S: Scalar>(
  _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, adding u: UnsafePointer<S>?, _ v: UnsafePointer<S>?, rows: Int,
  inputs: Int, outputs: Int, scale: S, into m: UnsafeMutablePointer<S>, stride: Int
) {
  for row in 0..<rows {
    var target = m + row &* stride
    let y = y + row &* outputs
    for input in 0..<inputs {
      let factor = S.Vector(repeating: scale * x[row &* inputs &+ input])
      var output = 0
      if let u, let v {
        let other = S.Vector(repeating: scale * u[row &* inputs &+ input])
        let v = v + row &* outputs
        while output < outputs {
          (factor * S.Vector(y + output) + other * S.Vector(v + output)).store(target + output)
          output &+= 16
        }
      } else {
        while output < outputs {
          (factor * S.Vector(y + output)).store(target + output)
          output &+= 16
        }
      }
      target += outputs
    }
  }
}
