import Kernels
import Settings

/// Σ ½e² where |e| ≤ δ and δ(|e| − ½δ) beyond, e = z − y, summed over outputs. Huber (1964), eq. 2.4.
public struct HuberLoss: ElementwiseLoss {
  public static let name = "huber"
  public static let summary = "½e² where |e| ≤ δ, δ(|e| − ½δ) beyond, e = z − y, summed over outputs. Huber (1964)"
  public static let otherNames = ["huberloss"]
  public static let settings: [Setting<Self>] = [
    .number("delta", \.delta, in: .positive, "δ, from which on an error counts by its size and not by its square")
  ]
  public static let targets = LossTargets.numbers

  public var delta = 1.0

  public init() {}

  /// With q = min(|e|, δ) and r = |e| − q it is q(½q + r).
  @inlinable @inline(__always)
  public func value<V: LaneVector>(_ z: V, _ y: V) -> V {
    let size = (z - y).magnitude
    let rest = excess(size)
    let square = size - rest
    return square * (V(repeating: 0.5) * square + rest)
  }

  /// q·sign(e).
  @inlinable @inline(__always)
  public func slope<V: LaneVector>(_ z: V, _ y: V) -> V {
    let error = z - y
    let size = error.magnitude
    return error.signed() * (size - excess(size))
  }

  /// 1 where |e| < δ, 0 elsewhere.
  @inlinable @inline(__always)
  public func curvature<V: LaneVector>(_ z: V, _ y: V) -> V {
    V(repeating: 1).kept(wherePositive: V(repeating: V.Element(delta)) - (z - y).magnitude)
  }

  /// By how much |e| is over δ.
  @inlinable @inline(__always)
  func excess<V: LaneVector>(_ size: V) -> V { (size - V(repeating: V.Element(delta))).rectified() }
}
