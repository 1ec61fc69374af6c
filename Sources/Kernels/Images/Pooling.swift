/// The largest value under each window, channel by channel, and where it stood.
///
/// - Parameters:
///   - maps: `count` images.
///   - pooled: `count` × positions × channels.
///   - chosen: The offset within its image of each pooled value: the first of equal ones, row by row. A window that holds
///     a NaN gives NaN.
@specialized(where S == Float)
@specialized(where S == Double)
public func poolMaximum<S: Scalar>(
  _ maps: UnsafePointer<S>, count: Int, _ grid: WindowGrid, into pooled: UnsafeMutablePointer<S>,
  chosen: UnsafeMutablePointer<Int32>
) {
  let channels = grid.channels
  forEachWindow(count: count, grid) { image, output, rows, columns in
    let source = maps + image
    let target = pooled + output
    let places = chosen + output
    var isFirst = true
    for row in rows {
      for column in columns {
        let offset = (row &* grid.width &+ column) &* channels
        for channel in 0..<channels {
          let value = source[offset &+ channel]
          if isFirst || value > target[channel] || value != value {
            target[channel] = value
            places[channel] = Int32(truncatingIfNeeded: offset &+ channel)
          }
        }
        isFirst = false
      }
    }
  }
}

/// The mean of the values under each window, padding not counted.
@specialized(where S == Float)
@specialized(where S == Double)
public func poolAverage<S: Scalar>(
  _ maps: UnsafePointer<S>, count: Int, _ grid: WindowGrid, into pooled: UnsafeMutablePointer<S>
) {
  let channels = grid.channels
  forEachWindow(count: count, grid) { image, output, rows, columns in
    let source = maps + image
    let target = pooled + output
    for channel in 0..<channels { target[channel] = 0 }
    let share = 1 / S(rows.count &* columns.count)
    for row in rows {
      for column in columns {
        let offset = (row &* grid.width &+ column) &* channels
        for channel in 0..<channels { target[channel] += share * source[offset &+ channel] }
      }
    }
  }
}

/// The transpose of ``poolAverage(_:count:_:into:)``.
///
/// - Parameter squared: Whether its coefficients are squared.
@specialized(where S == Float)
@specialized(where S == Double)
public func spreadAverage<S: Scalar>(
  _ pooled: UnsafePointer<S>, count: Int, _ grid: WindowGrid, squared: Bool = false,
  into maps: UnsafeMutablePointer<S>
) {
  clear(maps, count: count * grid.inputCount)
  let channels = grid.channels
  forEachWindow(count: count, grid) { image, output, rows, columns in
    let target = maps + image
    let source = pooled + output
    let part = 1 / S(rows.count &* columns.count)
    let share = squared ? part * part : part
    for row in rows {
      for column in columns {
        let offset = (row &* grid.width &+ column) &* channels
        for channel in 0..<channels { target[offset &+ channel] += share * source[channel] }
      }
    }
  }
}

/// pooled ← the entries of the images that were chosen: the maximum's derivative along a change of the images.
@specialized(where S == Float)
@specialized(where S == Double)
public func pick<S: Scalar>(
  _ maps: UnsafePointer<S>, imageCount: Int, count: Int, chosen: UnsafePointer<Int32>, width: Int,
  into pooled: UnsafeMutablePointer<S>
) {
  for sample in 0..<count {
    let source = maps + sample &* imageCount
    for index in sample &* width..<(sample &+ 1) &* width { pooled[index] = source[Int(chosen[index])] }
  }
}

/// The transpose of ``pick(_:imageCount:count:chosen:width:into:)``.
@specialized(where S == Float)
@specialized(where S == Double)
public func scatter<S: Scalar>(
  _ pooled: UnsafePointer<S>, imageCount: Int, count: Int, chosen: UnsafePointer<Int32>, width: Int,
  into maps: UnsafeMutablePointer<S>
) {
  clear(maps, count: count * imageCount)
  for sample in 0..<count {
    let target = maps + sample &* imageCount
    for index in sample &* width..<(sample &+ 1) &* width { target[Int(chosen[index])] += pooled[index] }
  }
}

/// x ← 0.
func clear<S: Scalar>(_ x: UnsafeMutablePointer<S>, count: Int) {
  // As bytes: all of them zero is the scalar zero, and a generic scalar would be written one by one.
  UnsafeMutableRawPointer(x).initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<S>.stride)
}

/// Calls `body` for every window with the offset of its image, that of its output, and the rows and columns it covers.
@inline(__always)
private func forEachWindow(
  count: Int, _ grid: WindowGrid,
  _ body: (_ image: Int, _ output: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
) {
  var output = 0
  for sample in 0..<count {
    let image = sample &* grid.inputCount
    for y in 0..<grid.rows.outputs {
      let rows = grid.rows.covered(at: y, of: grid.height)
      for x in 0..<grid.columns.outputs {
        body(image, output, rows, grid.columns.covered(at: x, of: grid.width))
        output &+= grid.channels
      }
    }
  }
}

/// x ← one factor for each of a sample's `channels`, the same at all of its `positions`.
@specialized(where S == Float)
@specialized(where S == Double)
public func spreadFactors<S: Scalar>(
  _ factors: UnsafePointer<S>, samples: Int, positions: Int, channels: Int, into x: UnsafeMutablePointer<S>
) {
  var target = x
  for sample in 0..<samples {
    let source = factors + sample &* channels
    for _ in 0..<positions {
      target.update(from: source, count: channels)
      target += channels
    }
  }
}
