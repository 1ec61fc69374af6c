import RealModule

// The oracle's functions: the C library's, lane by lane.
extension DoubleLanes {
  @inlinable @inline(__always)
  func mapped(_ function: (Double) -> Double) -> Self {
    var result = lanes
    for lane in 0..<16 { result[lane] = function(lanes[lane]) }
    return Self(lanes: result)
  }

  @inlinable @inline(__always)
  public func exponential() -> Self { mapped { Double.exp($0) } }

  @inlinable @inline(__always)
  public func hyperbolicTangent() -> Self { mapped { Double.tanh($0) } }

  @inlinable @inline(__always)
  public func logarithmOfOnePlus() -> Self { mapped { Double.log(onePlus: $0) } }

  @inlinable @inline(__always)
  public func errorFunction() -> Self { mapped { Double.erf($0) } }
}
