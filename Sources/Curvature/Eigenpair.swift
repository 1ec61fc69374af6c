/// An eigenvalue as a method found it.
public struct Eigenpair: Hashable, Sendable {
  public var value: Double
  /// ‖Av − λv‖₂ with the unit vector v. For a symmetric A an eigenvalue lies within this of `value`.
  public var residual: Double
  /// Whether the residual met the tolerance that was asked for.
  public var converged: Bool
  /// v, where it was asked for.
  public var vector: [Double]?

  public init(value: Double, residual: Double, converged: Bool, vector: [Double]? = nil) {
    self.value = value
    self.residual = residual
    self.converged = converged
    self.vector = vector
  }
}
