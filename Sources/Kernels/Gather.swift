import CSIMD

/// Copies rows `rows[0..<count]` of a `width`-column matrix into consecutive rows.
@specialized(where S == Float)
@specialized(where S == Double)
public func gather<S: Scalar>(
  _ source: UnsafePointer<S>, width: Int, rows: UnsafePointer<Int32>, count: Int, into target: UnsafeMutablePointer<S>
) {
  for index in 0..<count {
    if index &+ 1 < count { prefetch(source + Int(rows[index &+ 1]) &* width, count: width) }
    (target + index &* width).update(from: source + Int(rows[index]) &* width, count: width)
  }
}

/// The same with the next units of the mask dropped and the others scaled: what
/// ``apply(_:to:and:count:scale:)`` makes of the rows.
///
/// - Parameter width: A multiple of 16.
@specialized(where S == Float)
@specialized(where S == Double)
public func gather<S: Scalar>(
  _ source: UnsafePointer<S>, width: Int, rows: UnsafePointer<Int32>, count: Int, into target: UnsafeMutablePointer<S>,
  _ mask: inout DropoutMask, scale: S
) {
  precondition(width & 15 == 0)
  var stream = mask
  let factor = S.Vector(repeating: scale)
  let threshold = mask.threshold
  var to = target
  // A draw is for 32 units: where a row ends in the middle of them, the second half waits for the next row.
  var left: SIMD16<UInt32>?
  for index in 0..<count {
    if index &+ 1 < count { prefetch(source + Int(rows[index &+ 1]) &* width, count: width) }
    var from = source + Int(rows[index]) &* width
    let end = from + width
    if let high = left, from < end {
      (S.Vector(from) * factor).kept(where: high, below: threshold).store(to)
      from += 16
      to += 16
      left = nil
    }
    while from < end {
      let words = stream.draw()
      (S.Vector(from) * factor).kept(where: words & 0xffff, below: threshold).store(to)
      let high = words &>> 16
      if from + 16 < end {
        (S.Vector(from + 16) * factor).kept(where: high, below: threshold).store(to + 16)
        to += 32
      } else {
        left = high
        to += 16
      }
      from += 32
    }
  }
  mask = stream
}

/// Shuffled rows lie where no prefetcher expects them.
@inline(__always)
private func prefetch<S: Scalar>(_ row: UnsafePointer<S>, count: Int) {
  let start = UnsafeRawPointer(row)
  var offset = 0
  while offset < count &* MemoryLayout<S>.stride {
    csimd_prefetch(start + offset)
    offset &+= 64
  }
}
