import Kernels

/// Products with the generalised Gauss–Newton matrix JᵀH_L J of a network's loss.
///
/// For squared error H_L is the identity over N and this is the square Jacobian, JᵀJ/N. Schraudolph (2002) gives it for
/// other losses: the R-pass forward, the loss' Hessian in the outputs, plain back-propagation. It costs less than the
/// Hessian's product, and is positive semi-definite.
public final class GaussNewtonOperator<S: Scalar>: LinearizedOperator {
  public let surface: LossSurface<S>
  public let passes: OperatorPasses<S>

  /// - Parameter memoryBudget: Bytes for what is kept between products.
  public init(_ surface: LossSurface<S>, memoryBudget: Int = LinearizationMemory.standard) {
    self.surface = surface
    passes = OperatorPasses(surface, form: .gaussNewton, memoryBudget: memoryBudget)
  }
}
