import Kernels

/// Products with the exact Hessian of a network's loss.
///
/// Pearlmutter (1994): no differences and no matrix. Computed in the network's scalar over blocks of samples, every
/// sample with the same weight whatever the block; the L2 penalty is in. What does not depend on the direction is kept
/// up to a budget of memory: a product costs about 1.2 gradients where all of it fits and 1.8 where nothing does.
public final class HessianOperator<S: Scalar>: LinearizedOperator {
  public let surface: LossSurface<S>
  public let passes: OperatorPasses<S>

  /// - Parameter memoryBudget: Bytes for what is kept between products.
  public init(_ surface: LossSurface<S>, memoryBudget: Int = LinearizationMemory.standard) {
    self.surface = surface
    passes = OperatorPasses(surface, form: .hessian, memoryBudget: memoryBudget)
  }
}
