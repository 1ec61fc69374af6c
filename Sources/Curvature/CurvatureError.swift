/// What can go wrong while curvature is measured.
public enum CurvatureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A LAPACK routine gave up. Positive codes are its own failures, negative ones name a wrong argument.
  case routineFailed(name: String, code: Int)
  /// The matrix stayed indefinite up to this damping.
  case notPositiveDefinite(damping: Double)
  /// The dense form of an operator of this dimension was asked for where the limit is lower.
  case tooLarge(dimension: Int, limit: Int)
  /// A product, a loss or a gradient is NaN or infinite.
  case notFinite(what: String)

  public var description: String {
    switch self {
    case .routineFailed(let name, let code): "LAPACK's \(name) failed with code \(code)"
    case .notPositiveDefinite(let damping):
      "the matrix is not positive definite with a damping of up to \(damping); a larger damping is needed"
    case .tooLarge(let dimension, let limit):
      "a dense matrix of dimension \(dimension) was asked for; the limit is \(limit)"
    case .notFinite(let what): "\(what) is not finite"
    }
  }
}
