// What the results say of images and convolutions, read back: the inverse of `description`.

extension ImageSize {
  /// From `28x28x1`; nil where it is something else.
  public init?(_ text: String) {
    guard let extents = positiveIntegers(text), extents.count == 3 else { return nil }
    self.init(height: extents[0], width: extents[1], channels: extents[2])
  }
}

extension WindowSpecification {
  /// From `5x5 stride 1 same`.
  fileprivate init?(_ words: [Substring]) {
    guard words.count == 4, let extents = positiveIntegers(words[0]), extents.count == 2, words[1] == "stride",
      let stride = positiveIntegers(words[2]), stride.count == 1, let padding = PaddingKind(rawValue: String(words[3]))
    else { return nil }
    self.init(height: extents[0], width: extents[1], stride: stride[0], padding: padding)
  }

  /// Pixels of padding before and after `count` rows or columns, of which the window covers `window` at once.
  public func padding(_ window: Int, on count: Int) -> (before: Int, after: Int) {
    guard padding == .same, let positions = positions(window, on: count) else { return (0, 0) }
    let total = max(0, (positions - 1) * stride + window - count)
    return (total / 2, total - total / 2)
  }
}

extension ConvolutionSpecification {
  /// From `32 of 5x5 stride 1 same, max 2x2 stride 2 valid`; nil where it is something else.
  public init?(_ text: String) {
    let parts = text.split(separator: ", ", maxSplits: 1).map { $0.split(separator: " ") }
    guard let words = parts.first, words.count == 6, let channels = positiveIntegers(words[0]), channels.count == 1,
      words[1] == "of", let window = WindowSpecification(Array(words[2...]))
    else { return nil }
    var pooling: PoolingSpecification?
    if parts.count == 2 {
      guard let kind = parts[1].first.flatMap({ PoolingKind(rawValue: String($0)) }),
        let window = WindowSpecification(Array(parts[1].dropFirst()))
      else { return nil }
      pooling = PoolingSpecification(kind: kind, window: window)
    }
    self.init(channels: channels[0], window: window, pooling: pooling)
  }
}

/// The numbers of `28x28x1`; nil where one is none, or not over zero.
private func positiveIntegers(_ text: some StringProtocol) -> [Int]? {
  let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
  guard numbers.allSatisfy({ $0.map { $0 > 0 } ?? false }) else { return nil }
  return numbers.compactMap(\.self)
}

extension [ConvolutionSpecification] {
  /// As a run's results have them: one after the other, from the image upwards.
  var text: String { map(String.init(describing:)).joined(separator: "; ") }

  /// Nil where one of them is none.
  public init?(text: String) {
    var specifications: [ConvolutionSpecification] = []
    for part in text.split(separator: "; ") {
      guard let specification = ConvolutionSpecification(String(part)) else { return nil }
      specifications.append(specification)
    }
    self = specifications
  }
}
