import Ravine

/// Σ log cosh(e), e = z − y: like ½e² where e is small, like |e| − log 2 where it is not.
struct LogCosh: ElementwiseLoss {
  static let name = "log_cosh"
  static let summary = "log cosh(z − y), summed over outputs"
  static let settings: [Setting<Self>] = []
  static let targets = LossTargets.numbers

  /// |e| + log(1 + e^{−2|e|}) − log 2.
  func value<V: LaneVector>(_ z: V, _ y: V) -> V {
    let size = (z - y).magnitude
    return size + (V(repeating: -2) * size).exponential().logarithmOfOnePlus() - V(repeating: 0.6931471805599453)
  }

  func slope<V: LaneVector>(_ z: V, _ y: V) -> V { (z - y).hyperbolicTangent() }

  func curvature<V: LaneVector>(_ z: V, _ y: V) -> V {
    let slope = slope(z, y)
    return V(repeating: 1) - slope * slope
  }
}
