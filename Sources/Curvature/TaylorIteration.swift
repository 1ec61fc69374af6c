import Kernels

/// A gradient ∇E that can be taken away from where it stands.
public protocol GradientField {
  var dimension: Int { get }

  /// result ← ∇E(w + αv), or ∇E(w) where `v` is nil.
  func gradient(
    displacedBy v: UnsafePointer<Double>?, times alpha: Double, into result: UnsafeMutablePointer<Double>)
}

/// The eigenvalue of largest magnitude by the power method on Taylor's products Hv ≈ (∇E(w + αv) − ∇E(w))/α.
///
/// LeCun, Simard and Pearlmutter (1993), equation 5: ∇E(w) is taken once, so an iteration costs one gradient.
public struct TaylorIteration: Hashable, Sendable {
  /// α, the length of the step from w.
  public var step: Double
  public var iteration: PowerIteration

  public init(step: Double = 1e-4, iteration: PowerIteration = PowerIteration()) {
    precondition(step > 0)
    self.step = step
    self.iteration = iteration
  }

  /// With a step that gradients in a scalar allow: in Float rounding drowns the difference over 1e-4, so 0.01, as on line.
  public init(ulpOfOne: Double, iteration: PowerIteration = PowerIteration()) {
    self.init(step: ulpOfOne > 1e-10 ? 0.01 : 1e-4, iteration: iteration)
  }

  public struct Result: Hashable, Sendable {
    /// Value and residual with respect to the products by differences.
    public var pair: Eigenpair
    /// How far the value may be from an eigenvalue: the residual and twice the change of vᵀHv when α is halved, which
    /// is the products' own error where that is of first order.
    public var statedError: Double
    /// Gradients taken.
    public var gradients: Int
  }

  /// - Throws: ``CurvatureError/notFinite(what:)``.
  public func eigenpair(
    of field: any GradientField, seed: UInt64, keepsVector: Bool = false
  ) throws(CurvatureError) -> Result {
    let operation = GradientDifference(field, step: step)
    let found = try iteration.eigenpair(of: operation, seed: seed, keepsVector: true)
    var pair = found.pair
    let vector = pair.vector ?? []
    let halved = GradientDifference(field, step: step / 2, base: operation.base).product(with: vector)
    var value = 0.0
    for index in vector.indices { value += vector[index] * halved[index] }
    if !keepsVector { pair.vector = nil }
    return Result(
      pair: pair, statedError: pair.residual + 2 * abs(value - pair.value), gradients: found.products + 2)
  }
}

/// Hv ≈ ‖v‖·(∇E(w + αv/‖v‖) − ∇E(w))/α, with ∇E(w) kept.
final class GradientDifference: SymmetricOperator {
  private let field: any GradientField
  private let step: Double
  let base: VectorStorage

  init(_ field: any GradientField, step: Double, base: VectorStorage? = nil) {
    self.field = field
    self.step = step
    if let base {
      self.base = base
    } else {
      self.base = VectorStorage(count: field.dimension)
      field.gradient(displacedBy: nil, times: 0, into: self.base.pointer)
    }
  }

  var dimension: Int { field.dimension }

  func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let length = norm(v, count: dimension)
    guard length > 0 else { return result.update(repeating: 0, count: dimension) }
    field.gradient(displacedBy: v, times: step / length, into: result)
    for index in 0..<dimension { result[index] = (result[index] - base.pointer[index]) * (length / step) }
  }
}
