import Kernels

typealias VectorStorage = AlignedBuffer<Double>

/// ‖x‖₂.
func norm(_ x: UnsafePointer<Double>, count: Int) -> Double {
  dot(x, x, count: count).squareRoot()
}

/// x ← αx.
func scale(_ x: UnsafeMutablePointer<Double>, by factor: Double, count: Int) {
  for index in 0..<count { x[index] *= factor }
}

/// ‖y − λx‖₂.
func residualNorm(
  _ y: UnsafePointer<Double>, minus eigenvalue: Double, times x: UnsafePointer<Double>, count: Int
) -> Double {
  var sum = DoubleLanes(repeating: 0)
  let factor = DoubleLanes(repeating: eigenvalue)
  let whole = count / 16 * 16
  var index = 0
  while index < whole {
    let difference = DoubleLanes(y + index) - factor * DoubleLanes(x + index)
    sum += difference * difference
    index += 16
  }
  var total = sum.sum()
  while index < count {
    let difference = y[index] - eigenvalue * x[index]
    total += difference * difference
    index += 1
  }
  return total.squareRoot()
}

/// Removes from `x` its components along the unit vectors of `basis`, by modified Gram–Schmidt.
///
/// - Returns: The components, in the basis' order.
@discardableResult
func orthogonalize(
  _ x: UnsafeMutablePointer<Double>, against basis: [UnsafeMutablePointer<Double>], count: Int
) -> [Double] {
  basis.map { vector in
    let component = dot(x, vector, count: count)
    addScaled(-component, vector, to: x, count: count)
    return component
  }
}

extension RandomStream {
  /// Fills with a uniformly random unit vector: normal deviates over their norm.
  mutating func fillUnitVector(_ x: UnsafeMutablePointer<Double>, count: Int) {
    for index in 0..<count { x[index] = nextNormal() }
    scale(x, by: 1 / norm(x, count: count), count: count)
  }

  /// Fills with ±1, each sign as likely as the other.
  mutating func fillSigns(_ x: UnsafeMutablePointer<Double>, count: Int) {
    var word: UInt64 = 0
    for index in 0..<count {
      if index & 63 == 0 { word = nextWord() }
      x[index] = word & 1 == 0 ? -1 : 1
      word >>= 1
    }
  }
}

/// What the random vectors of one method read: `.probe` streams, told apart by the method and the probe's number.
enum ProbeStream: UInt64 {
  case lanczos = 1
  case power = 2
  case online = 3
  case density = 4
  case trace = 5
  case direction = 6

  func stream(seed: UInt64, probe: Int = 0) -> RandomStream {
    RandomStream(RandomKey(seed: seed, purpose: .probe, step: UInt64(bitPattern: Int64(probe)), index: rawValue))
  }
}
