/// Where a window stands on an image: rows and columns first, channels innermost.
///
/// Output (y, x) covers input rows y·stride − before … + window − 1, and columns alike; what lies outside the image is
/// padding.
public struct WindowGrid: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let channels: Int
  public let rows: Axis
  public let columns: Axis

  /// One direction of the grid.
  public struct Axis: Hashable, Sendable {
    public let window: Int
    public let stride: Int
    /// Padding before the first input.
    public let before: Int
    /// Positions of the window.
    public let outputs: Int

    public init(window: Int, stride: Int, before: Int, outputs: Int) {
      precondition(window > 0 && stride > 0 && before >= 0 && outputs > 0)
      self.window = window
      self.stride = stride
      self.before = before
      self.outputs = outputs
    }

    /// Padding that the last position reaches into behind `count` inputs.
    public func after(_ count: Int) -> Int { max(0, (outputs - 1) * stride + window - before - count) }

    /// The inputs that the window at `position` covers, of `count`: empty where it stands on padding alone.
    @inlinable @inline(__always)
    public func covered(at position: Int, of count: Int) -> Range<Int> {
      let first = position &* stride &- before
      let lower = min(max(first, 0), count)
      return lower..<max(lower, min(first &+ window, count))
    }
  }

  public init(height: Int, width: Int, channels: Int, rows: Axis, columns: Axis) {
    self.height = height
    self.width = width
    self.channels = channels
    self.rows = rows
    self.columns = columns
  }

  /// Scalars of one image.
  public var inputCount: Int { height * width * channels }
  /// Positions of the window on one image.
  public var positions: Int { rows.outputs * columns.outputs }
  /// Scalars under one window.
  public var windowCount: Int { rows.window * columns.window * channels }
}

/// A ← the windows of `count` images, a row of ``WindowGrid/windowCount`` scalars for each position, padding as zeros:
/// what makes a convolution a matrix product. Chellapilla, Puri, Simard (2006).
@specialized(where S == Float)
@specialized(where S == Double)
public func unfold<S: Scalar>(
  _ images: UnsafePointer<S>, count: Int, _ grid: WindowGrid, into windows: UnsafeMutablePointer<S>
) {
  forEachSegment(count: count, grid) { image, window, length in
    if let image {
      copyShort(images + image, to: windows + window, count: length)
    } else {
      clearShort(windows + window, count: length)
    }
  }
}

/// Images ← the sum of what their windows hold: the transpose of ``unfold(_:count:_:into:)``.
///
/// - Parameter accumulate: Adds to the images instead of replacing them.
@specialized(where S == Float)
@specialized(where S == Double)
public func fold<S: Scalar>(
  _ windows: UnsafePointer<S>, count: Int, _ grid: WindowGrid, into images: UnsafeMutablePointer<S>,
  accumulate: Bool = false
) {
  if !accumulate { clear(images, count: count * grid.inputCount) }
  forEachSegment(count: count, grid) { image, window, length in
    guard let image else { return }
    let target = images + image
    let source = windows + window
    var index = 0
    while index &+ 16 <= length {
      (S.Vector(target + index) + S.Vector(source + index)).store(target + index)
      index &+= 16
    }
    while index < length {
      target[index] += source[index]
      index &+= 1
    }
  }
}

/// Calls `body` with the offsets of every run of scalars that lies together in an image and in a window, window by window;
/// the image's is nil for padding.
@inline(__always)
private func forEachSegment(
  count: Int, _ grid: WindowGrid, _ body: (_ image: Int?, _ window: Int, _ length: Int) -> Void
) {
  let channels = grid.channels
  let line = grid.columns.window &* channels
  var window = 0
  for sample in 0..<count {
    let image = sample &* grid.inputCount
    for y in 0..<grid.rows.outputs {
      let top = y &* grid.rows.stride &- grid.rows.before
      for x in 0..<grid.columns.outputs {
        let left = x &* grid.columns.stride &- grid.columns.before
        let covered = grid.columns.covered(at: x, of: grid.width)
        for row in top..<top &+ grid.rows.window {
          if row < 0 || row >= grid.height || covered.isEmpty {
            body(nil, window, line)
          } else {
            let before = (covered.lowerBound &- left) &* channels
            let length = covered.count &* channels
            if before > 0 { body(nil, window, before) }
            body(image &+ (row &* grid.width &+ covered.lowerBound) &* channels, window &+ before, length)
            if before &+ length < line { body(nil, window &+ before &+ length, line &- before &- length) }
          }
          window &+= line
        }
      }
    }
  }
}

/// Copies runs that are often only a few scalars long, for which a call of memcpy costs more than the copy.
@inline(__always)
private func copyShort<S: Scalar>(_ source: UnsafePointer<S>, to target: UnsafeMutablePointer<S>, count: Int) {
  var index = 0
  while index &+ 16 <= count {
    S.Vector(source + index).store(target + index)
    index &+= 16
  }
  while index < count {
    target[index] = source[index]
    index &+= 1
  }
}

@inline(__always)
private func clearShort<S: Scalar>(_ target: UnsafeMutablePointer<S>, count: Int) {
  var index = 0
  while index < count {
    target[index] = 0
    index &+= 1
  }
}
