import Curvature
import Foundation
import Kernels

/// Products with the Hessian by differences of the gradient along the direction.
///
/// Central: Hv ≈ ‖v‖(∇E(w + εv̂) − ∇E(w − εv̂))/2ε, two gradients, error O(ε²). Forward: ‖v‖(∇E(w + εv̂) − ∇E(w))/ε, one
/// gradient with ∇E(w) kept, error O(ε). v̂ = v/‖v‖. Rounding adds u‖∇E‖/ε, u the unit roundoff.
public final class FiniteDifferenceOperator<S: Scalar>: SymmetricOperator {
  public let surface: LossSurface<S>
  public let scheme: Scheme
  /// ε.
  public let step: Double
  private let base: AlignedBuffer<Double>
  private let behind: AlignedBuffer<Double>

  public enum Scheme: String, CaseIterable, Hashable, Sendable {
    case central
    case forward
  }

  /// - Parameter step: ε; nil for the cube root of u·max(1, ‖w‖), or its square root for forward differences, where
  ///   truncation and rounding balance.
  public init(_ surface: LossSurface<S>, scheme: Scheme = .central, step: Double? = nil) {
    self.surface = surface
    self.scheme = scheme
    let w = surface.parameters
    let length = Double(dot(w.pointer, w.pointer, count: w.count)).squareRoot()
    let roundoff = Double(S.ulpOfOne) * max(1, length)
    self.step = step ?? (scheme == .central ? cbrt(roundoff) : roundoff.squareRoot())
    base = AlignedBuffer(count: surface.dimension)
    behind = AlignedBuffer(count: surface.dimension)
    if scheme == .forward { surface.gradient(displacedBy: nil, times: 0, into: base.pointer) }
  }

  public var dimension: Int { surface.dimension }

  public func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let length = dot(v, v, count: dimension).squareRoot()
    guard length > 0 else { return result.update(repeating: 0, count: dimension) }
    surface.gradient(displacedBy: v, times: step / length, into: result)
    if scheme == .central { surface.gradient(displacedBy: v, times: -step / length, into: behind.pointer) }
    let reference = scheme == .central ? behind : base
    let factor = length / (scheme == .central ? 2 * step : step)
    for index in 0..<dimension { result[index] = (result[index] - reference.pointer[index]) * factor }
  }
}
