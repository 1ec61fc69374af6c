import RealModule

/// The ziggurat of the standard normal density: 128 blocks of equal area that cover its right half.
///
/// Marsaglia and Tsang (2000), in the form of Doornik (2005), "An improved ziggurat method to generate normal random
/// samples": block and position come from separate bits of the word.
struct Ziggurat: Sendable {
  /// Right edge xᵢ of each block, from the base, whose edge holds the tail's area too, to the top, where it is 0.
  private let edges: [Double]
  /// xᵢ₊₁/xᵢ: a position below it lies under the density.
  private let ratios: [Double]

  /// Where the tail begins, and the area of each block.
  private static let tail = 3.442619855899
  private static let area = 9.91256303526217e-3

  static let standard = Ziggurat()

  private init() {
    func density(_ x: Double) -> Double { .exp(-0.5 * x * x) }
    var edges = [Self.area / density(Self.tail), Self.tail]
    while edges.count < 128 {
      let last = edges[edges.count - 1]
      edges.append((-2 * .log(Self.area / last + density(last))).squareRoot())
    }
    edges.append(0)
    self.edges = edges
    ratios = zip(edges.dropFirst(), edges).map { $0 / $1 }
  }

  /// The next standard normal number of a stream.
  @inline(__always)
  func next(_ stream: inout RandomStream) -> Double {
    let word = stream.nextWord()
    let block = Int(word & 127)
    let position = Double(Int64(bitPattern: word) >> 11) * 0x1p-52
    if position.magnitude < ratios[block] { return position * edges[block] }
    return atEdge(block, position, &stream)
  }

  /// What is not inside a block's inner part: one number in 80.
  @inline(never)
  private func atEdge(_ block: Int, _ position: Double, _ stream: inout RandomStream) -> Double {
    if block == 0 { return beyondTail(position < 0, &stream) }
    let x = position * edges[block]
    let lower = Double.exp(-0.5 * (edges[block] * edges[block] - x * x))
    let upper = Double.exp(-0.5 * (edges[block + 1] * edges[block + 1] - x * x))
    if upper + stream.nextUniform() * (lower - upper) < 1 { return x }
    return next(&stream)
  }

  /// Marsaglia's (1964) method for the tail.
  private func beyondTail(_ isNegative: Bool, _ stream: inout RandomStream) -> Double {
    while true {
      let x = Double.log(1 - stream.nextUniform()) / Self.tail
      let y = Double.log(1 - stream.nextUniform())
      if -2 * y >= x * x { return isNegative ? x - Self.tail : Self.tail - x }
    }
  }
}
