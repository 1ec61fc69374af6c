/// A key that names one stream of random numbers: a function of (seed, purpose, step) and nothing else.
///
/// Streams are addressed, not advanced: the numbers of step 1,000 need none of the steps before, so results do not
/// depend on order, resumption or the number of workers.
public struct RandomKey: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  /// What a stream is for. Raw values are part of the results' definition and never change.
  public enum Purpose: UInt64, Sendable {
    case initialization = 1
    case order = 2
    case dropout = 3
    case split = 4
    case generation = 5
    case probe = 6
    case search = 7
    case resampling = 8
    case noise = 9
  }

  public init(seed: UInt64, purpose: Purpose, step: UInt64 = 0, index: UInt64 = 0) {
    var mixed = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    mixed = Self.mix(mixed ^ (purpose.rawValue << 56 ^ index) &+ 0x9e37_79b9_7f4a_7c15)
    high = Self.mix(mixed ^ step &+ 0x9e37_79b9_7f4a_7c15)
    low = Self.mix(high &+ 0x9e37_79b9_7f4a_7c15)
  }

  /// SplitMix64's finaliser. Steele, Lea, Flood (2014), with the constants of Stafford's variant 13.
  @inlinable
  public static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A sequential reader of one stream: SplitMix64 started at the key.
public struct RandomStream: Sendable {
  private var state: UInt64
  private let whitening: UInt64

  public init(_ key: RandomKey) {
    state = key.high
    whitening = key.low
  }

  public mutating func nextWord() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return RandomKey.mix(state ^ whitening)
  }

  /// Uniform on [0, 1) with 53 bits.
  public mutating func nextUniform() -> Double { Double(nextWord() >> 11) * 0x1p-53 }

  /// Uniform on 0..<bound without bias. Lemire (2019).
  public mutating func nextIndex(below bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = nextWord().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = nextWord().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Standard normal.
  public mutating func nextNormal() -> Double { Ziggurat.standard.next(&self) }

  /// x ← x + σz over the next `count` standard normal numbers z, each σz rounded to the scalar.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public mutating func addNormals<S: BinaryFloatingPoint>(
    deviation: Double, to x: UnsafeMutablePointer<S>, count: Int
  ) {
    forEachNormal(count) { x[$0] += S(deviation * $1) }
  }

  /// x ← σz, as ``addNormals(deviation:to:count:)`` has it.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public mutating func writeNormals<S: BinaryFloatingPoint>(
    deviation: Double, to x: UnsafeMutablePointer<S>, count: Int
  ) {
    forEachNormal(count) { x[$0] = S(deviation * $1) }
  }

  /// The next `count` standard normal numbers with their indices: by a stream of its own, which a loop keeps in registers.
  @inline(__always)
  private mutating func forEachNormal(_ count: Int, _ body: (Int, Double) -> Void) {
    var stream = self
    let normal = Ziggurat.standard
    for index in 0..<count { body(index, normal.next(&stream)) }
    self = stream
  }

  /// A uniformly random permutation of 0..<count. Fisher and Yates, in Durstenfeld's form.
  public mutating func permutation(of count: Int) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    if count > 1 {
      for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, nextIndex(below: last + 1)) }
    }
    return order
  }
}
