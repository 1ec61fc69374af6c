import Curvature
import Foundation
import Kernels

/// Products with the Hessian by differences of the gradient along the direction.
///
/// Central: Hv ≈ ‖v‖(∇E(w + εv̂) − ∇E(w − εv̂))/2ε, two gradients, error O(ε²). Forward: ‖v‖(∇E(w + εv̂) − ∇E(w))/ε, one
/// gradient with ∇E(w) kept, error O(ε). v̂ = v/‖v‖. Rounding adds u‖∇E‖/ε, u the unit roundoff.
public final class FiniteDifferenceOperator: SymmetricOperator {
  private let field: any GradientField
  public let scheme: Scheme
  /// ε.
  public let step: Double
  private let base: AlignedBuffer<Double>
  private let behind: AlignedBuffer<Double>

  public enum Scheme: String, CaseIterable, Hashable, Sendable {
    case central
    case forward
  }

  /// - Parameters:
  ///   - roundoff: u·max(1, ‖w‖).
  ///   - step: ε; nil for the cube root of `roundoff`, or its square root for forward differences, where truncation and
  ///     rounding balance.
  init(_ field: any GradientField, scheme: Scheme, roundoff: Double, step: Double?) {
    self.field = field
    self.scheme = scheme
    self.step = step ?? (scheme == .central ? cbrt(roundoff) : roundoff.squareRoot())
    base = AlignedBuffer(count: field.dimension)
    behind = AlignedBuffer(count: field.dimension)
    if scheme == .forward { field.gradient(displacedBy: nil, times: 0, into: base.pointer) }
  }

  /// Of a network's loss.
  public convenience init<S: Scalar>(_ surface: LossSurface<S>, scheme: Scheme = .central, step: Double? = nil) {
    let w = surface.parameters
    let length = Double(dot(w.pointer, w.pointer, count: w.count)).squareRoot()
    self.init(surface, scheme: scheme, roundoff: Double(S.ulpOfOne) * max(1, length), step: step)
  }

  /// Of a field in Double that stands at `point`.
  convenience init(_ field: any GradientField, at point: [Double]) {
    let length = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
    self.init(field, scheme: .central, roundoff: .ulpOfOne * max(1, length), step: nil)
  }

  public var dimension: Int { field.dimension }

  public func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let length = dot(v, v, count: dimension).squareRoot()
    guard length > 0 else { return result.update(repeating: 0, count: dimension) }
    field.gradient(displacedBy: v, times: step / length, into: result)
    if scheme == .central { field.gradient(displacedBy: v, times: -step / length, into: behind.pointer) }
    let reference = scheme == .central ? behind : base
    let factor = length / (scheme == .central ? 2 * step : step)
    for index in 0..<dimension { result[index] = (result[index] - reference.pointer[index]) * factor }
  }
}
