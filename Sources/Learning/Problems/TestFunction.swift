import Curvature
import Kernels

/// A function of ℝᵈ with its exact derivatives, half a sum of squares: what optimizers are tried on.
public protocol TestFunction: Sendable {
  var dimension: Int { get }

  /// Whether the function is ½wᵀQw, so that its mean over points is itself about their mean, and a constant.
  var isQuadratic: Bool { get }

  /// f(w), with `gradient` replaced by ∇f(w).
  func value(at w: [Double], gradient: inout [Double]) -> Double

  /// The Hessian, or JᵀJ of the residuals of f = ½‖r‖².
  func curvature(_ form: CurvatureForm, at w: [Double]) -> SymmetricMatrix
}

extension TestFunction {
  /// f(w).
  public func value(at w: [Double]) -> Double {
    var gradient = [Double](repeating: 0, count: dimension)
    return value(at: w, gradient: &gradient)
  }
}
