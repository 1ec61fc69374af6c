import Curvature
import Kernels

/// A loss E of a parameter vector w as second-order methods see it: values, gradients and curvature wherever they ask.
///
/// Vectors are Double whatever the loss computes in.
public protocol Objective: AnyObject {
  var dimension: Int { get }

  /// E(w).
  func value(at w: [Double]) -> Double

  /// E(w), with `gradient` replaced by ∇E(w).
  func value(at w: [Double], gradient: inout [Double]) -> Double

  /// The Hessian or the generalised Gauss–Newton matrix at w.
  func curvature(_ form: CurvatureForm, at w: [Double]) -> any CurvatureMatrix

  /// A diagonal that is never negative and costs about a gradient: LeCun's for a network.
  func squaredDiagonal(at w: [Double]) -> [Double]
}

extension Objective {
  /// |hᵢᵢ|, where there is nothing cheaper.
  public func squaredDiagonal(at w: [Double]) -> [Double] { curvature(.hessian, at: w).diagonal().map(abs) }
}

/// A matrix of second derivatives: its products, and for few parameters itself.
public protocol CurvatureMatrix: SymmetricOperator {
  /// What ``denseMatrix(limit:)`` takes, in products with as many operations.
  var denseProducts: Double { get }

  /// What ``diagonal()`` takes, in products with as many operations.
  var diagonalProducts: Double { get }

  /// - Throws: ``CurvatureError/tooLarge(dimension:limit:)`` above `limit`.
  func denseMatrix(limit: Int) throws(CurvatureError) -> SymmetricMatrix

  func diagonal() -> [Double]
}

extension HessianOperator: CurvatureMatrix {}
extension GaussNewtonOperator: CurvatureMatrix {}

extension SymmetricMatrix: CurvatureMatrix {
  /// It had to be formed, column by column.
  public var denseProducts: Double { Double(dimension) }

  public var diagonalProducts: Double { 1 }

  public func denseMatrix(limit: Int) throws(CurvatureError) -> SymmetricMatrix {
    guard dimension <= limit else { throw .tooLarge(dimension: dimension, limit: limit) }
    return self
  }

  public func diagonal() -> [Double] { diagonal }
}

/// Where a method stands: w, E(w) and ∇E(w).
public struct Iterate: Hashable, Sendable {
  public var parameters: [Double]
  public var value: Double
  public var gradient: [Double]

  public init(parameters: [Double], value: Double, gradient: [Double]) {
    self.parameters = parameters
    self.value = value
    self.gradient = gradient
  }

  /// Takes value and gradient there.
  public init(_ objective: any Objective, at parameters: [Double]) {
    self.parameters = parameters
    gradient = [Double](repeating: 0, count: parameters.count)
    value = 0
    value = objective.value(at: parameters, gradient: &gradient)
  }

  public var gradientNorm: Double { norm(gradient) }

  /// Whether loss and gradient are finite.
  var isFinite: Bool { value.isFinite && gradientNorm.isFinite }
}

/// ‖x‖₂.
func norm(_ x: [Double]) -> Double { dot(x, x, count: x.count).squareRoot() }

/// xᵀy.
func dot(_ x: [Double], _ y: [Double]) -> Double { dot(x, y, count: x.count) }

/// x + αy.
func sum(_ x: [Double], _ alpha: Double, _ y: [Double]) -> [Double] {
  var result = x
  addScaled(alpha, y, to: &result, count: y.count)
  return result
}
