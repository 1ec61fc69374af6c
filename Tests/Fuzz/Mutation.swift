/// A stream of choices that depends on a seed and an input's number only (SplitMix64: Steele, Lea, Flood, 2014).
struct Mutation {
  private var state: UInt64

  init(seed: UInt64, index: Int) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(index) &* 0xD1B5_4A32_D192_ED03
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  /// Whether something with a chance of one in `count` happens.
  mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  // MARK: - Bytes

  /// Numbers at which arithmetic goes wrong.
  static let boundaries: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0x1_0000_0001,
  ]

  /// One to eight changes: flips, boundary numbers, cuts, copies, insertions.
  mutating func mutate(_ bytes: inout [UInt8], from start: Int = 0) {
    for _ in 0...below(8) where bytes.count > start { change(&bytes, from: start) }
  }

  private mutating func change(_ bytes: inout [UInt8], from start: Int) {
    let position = start + below(bytes.count - start)
    switch below(9) {
    case 0: bytes[position] ^= 1 << UInt8(below(8))
    case 1: bytes[position] = UInt8(truncatingIfNeeded: next())
    case 2, 3:
      let (value, width) = (pick(Self.boundaries), pick([1, 2, 4, 8]))
      let big = oneIn(2)
      for index in 0..<width where position + index < bytes.count {
        let shift = UInt64(8 * (big ? width - 1 - index : index))
        bytes[position + index] = UInt8(truncatingIfNeeded: value >> shift)
      }
    case 4: bytes.removeSubrange(position...)
    case 5: bytes.removeSubrange(position..<min(bytes.count, position + 1 + below(32)))
    case 6:
      let piece = Array(bytes[position..<min(bytes.count, position + 1 + below(64))])
      bytes.insert(contentsOf: piece, at: start + below(bytes.count - start))
    case 7: bytes.insert(contentsOf: (0..<(1 + below(16))).map { _ in UInt8(truncatingIfNeeded: next()) }, at: position)
    default:
      let length = min(bytes.count - position, 1 + below(16))
      for index in 0..<length { bytes[position + index] = 0 }
    }
  }

  // MARK: - Text

  /// Pieces that mean something to one of the formats, or to whoever prints them.
  static let pieces: [String] = [
    "\n", "  ", "\t", ":", ": ", "- ", "[", "]", "{", "}", ",", "\"", "'", "#", "&a ", "*a", "!!binary ",
    "!!python/object ",
    "|\n", ">\n", "---\n", "...\n", "%YAML 1.1\n", "<<: *a", "~", "null", "true", "1e309", "-0", "0x10", "1_000",
    ".inf", ".nan",
    "NaN", "99999999999999999999", "-1", "0.1", "1e-400", "\u{0}", "\u{1B}[31m", "\u{202E}", "\u{FEFF}", "é", "日本",
    "=cmd|'/C calc'!A0", "+1", "@SUM(A1)", "\r\n", "\r", ";", "\u{85}", "\u{2028}", "../../etc/passwd", "/dev/zero",
    "/dev/stdin",
    "from", "count", "log", "seed", "grid", "data", "full", "keep_probability", "dropout", "learning_rate",
    "[[[[[[[[[[[[[[[[",
    "{a: {a: {a: {a: {a: {a: {a: ", "name", "source", "csv", "path", "hidden", "optimizer", "exclude", "selection",
    "slurm",
  ]

  /// Changes text by lines and pieces, and now and then by bytes.
  mutating func mutateText(_ bytes: inout [UInt8]) {
    if oneIn(4) { return mutate(&bytes) }
    for _ in 0...below(pick([1, 1, 2, 6])) {
      let position = below(bytes.count + 1)
      switch below(6) {
      case 0, 1: bytes.insert(contentsOf: Array(pick(Self.pieces).utf8), at: position)
      case 2:
        let piece = Array(pick(Self.pieces).utf8)
        bytes.replaceSubrange(position..<min(bytes.count, position + 1 + below(12)), with: piece)
      case 3: bytes.removeSubrange(position..<min(bytes.count, position + 1 + below(40)))
      case 4:
        // A line again, or many times.
        let line = lineRange(bytes, at: position)
        let copy = Array(bytes[line])
        // Copies of copies would soon be all the memory there is.
        let count = oneIn(20) && copy.count < 2_000 ? 500 : 1
        for _ in 0..<count where bytes.count < 4 << 20 { bytes.insert(contentsOf: copy, at: line.lowerBound) }
      default: bytes.removeSubrange(lineRange(bytes, at: position))
      }
    }
  }

  private func lineRange(_ bytes: [UInt8], at position: Int) -> Range<Int> {
    let newline = UInt8(ascii: "\n")
    let start = bytes[..<position].lastIndex(of: newline).map { $0 + 1 } ?? 0
    let end = bytes[position...].firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
    return start..<max(start, end)
  }
}
