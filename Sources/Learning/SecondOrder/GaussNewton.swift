import Settings

/// newton with JᵀJ, or the generalised Gauss–Newton matrix JᵀH_L J, for H.
public struct GaussNewton: SearchingMethod, DenseMatrixMethod {
  public static let name = "gauss_newton"
  public static let summary = "newton with JᵀJ, or the generalised Gauss–Newton matrix JᵀH_L J, for H."
  public static let otherNames = ["gn"]
  public static let settings: [Setting<Self>] =
    [.damping(\.damping)] + Setting.wolfe + [.matrix(\.matrix), .search(orNone: true)] + Setting.batches

  /// Networks have fewer independent outputs than weights: without α the matrix is singular but for rounding, and
  /// Cholesky's factorisation succeeds on what is none.
  public var damping = 1e-5
  public var matrix = GaussNewtonMatrix.squareJacobian
  public var search = LineSearch(.backtracking)
  public var batch = BatchSettings()

  public init() {}

  public func conflict(loss: String, isSquaredError: Bool) -> SettingConflict? {
    matrix.conflict(Self.name, loss, isSquaredError)
  }

  public func makeState() -> any SecondOrderState {
    NewtonState(form: .gaussNewton, damping: damping, search: search)
  }
}

/// The matrix of Gauss–Newton methods, by the loss that it is for.
public enum GaussNewtonMatrix: String, CaseIterable, Hashable, Sendable {
  /// JᵀJ, for squared error.
  case squareJacobian = "square_jacobian"
  /// JᵀH_L J with the loss' own Hessian.
  case generalized

  func conflict(_ method: String, _ loss: String, _ isSquaredError: Bool) -> SettingConflict? {
    guard self == .squareJacobian, !isSquaredError else { return nil }
    return SettingConflict(
      "the square Jacobian is \(method)'s matrix for squared_error, and the loss is \(loss)",
      accepted: "matrix: generalized, the generalised Gauss-Newton matrix, or loss: squared_error")
  }
}

extension Setting where Root: BatchMethod {
  static func matrix(_ path: WritableKeyPath<Root, GaussNewtonMatrix> & Sendable) -> Self {
    .choice("matrix", path, "JᵀJ, or JᵀH_L J with the loss' own Hessian")
  }
}
