import Kernels

/// Reproducible test data, uniform on [−1, 1).
struct TestNumbers {
  private var stream: RandomStream

  init(seed: UInt64) { stream = RandomStream(RandomKey(seed: seed, purpose: .generation)) }

  mutating func values<S: Scalar>(_ count: Int, scale: Double = 1) -> [S] {
    (0..<count).map { _ in S(scale * (2 * stream.nextUniform() - 1)) }
  }
}

/// Memory with known contents after the part a kernel may touch.
struct Guarded<S: Scalar> {
  private let buffer: AlignedBuffer<S>
  private let count: Int
  static var canary: S { 1234.5 }

  init(_ values: [S]) {
    count = values.count
    buffer = AlignedBuffer(values + Array(repeating: Self.canary, count: 64))
  }

  var pointer: UnsafeMutablePointer<S> { buffer.pointer }
  var values: [S] { Array(buffer.array.prefix(count)) }
  /// Whether everything after the values is as it was.
  var isIntact: Bool { buffer.array.dropFirst(count).allSatisfy { $0 == Self.canary } }
}

/// What χ² with this many degrees of freedom exceeds with a chance of 2.9e-7, that of five standard deviations of a
/// normal variable: the cube-root approximation of Wilson and Hilferty (1931).
func chiSquareBound(degreesOfFreedom: Int) -> Double {
  let k = Double(degreesOfFreedom)
  let root = 1 - 2 / (9 * k) + 5 * (2 / (9 * k)).squareRoot()
  return k * root * root * root
}

/// Σ (observed − expected)²/expected.
func chiSquare(_ observed: [Int], expected: [Double]) -> Double {
  zip(observed, expected).reduce(0) { sum, pair in
    let difference = Double(pair.0) - pair.1
    return sum + difference * difference / pair.1
  }
}
