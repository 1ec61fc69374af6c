import Curvature
import Kernels

/// Products with the generalised Gauss–Newton matrix JᵀH_L J of a network's loss.
///
/// For squared error H_L is the identity over N and this is the square Jacobian, JᵀJ/N. Schraudolph (2002) gives it for
/// other losses: the R-pass forward, the loss' Hessian in the outputs, plain back-propagation. It costs less than the
/// Hessian's product, and is positive semi-definite.
public final class GaussNewtonOperator<S: Scalar>: SymmetricOperator, LayeredOperator {
  public let surface: LossSurface<S>
  let linearization: Linearization<S>
  let pass: DirectionalPass<S>

  /// - Parameter memoryBudget: Bytes for what is kept between products.
  public init(_ surface: LossSurface<S>, memoryBudget: Int = 256 << 20) {
    self.surface = surface
    linearization = Linearization(surface, form: .gaussNewton, memoryBudget: memoryBudget)
    pass = DirectionalPass(linearization)
  }

  public var dimension: Int { surface.dimension }

  public func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    pass.apply(v, into: result, layers: 0..<surface.network.layers.count)
  }

  public func layer(_ index: Int) -> LayerOperator<S> { LayerOperator(pass, layers: index..<index + 1) }
}
