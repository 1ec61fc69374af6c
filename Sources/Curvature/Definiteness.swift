/// What the signs of a symmetric matrix' eigenvalues say about the point it belongs to.
public enum Definiteness: Hashable, Sendable {
  /// Every eigenvalue is over the tolerance.
  case positiveDefinite
  /// None is below minus the tolerance, and this many are within it.
  case positiveSemidefinite(zeros: Int)
  /// Every eigenvalue is below minus the tolerance.
  case negativeDefinite
  /// None is over the tolerance, some are below minus it, and this many are within it.
  case negativeSemidefinite(zeros: Int)
  /// Eigenvalues of both signs: some are over the tolerance, some below minus the tolerance; the number of them, or how many are known.
  case saddle(negatives: Int)

  /// - Parameter tolerance: An eigenvalue of at most this size counts as zero.
  public init(eigenvalues: [Double], tolerance: Double) {
    self.init(
      negatives: eigenvalues.count { $0 < -tolerance }, zeros: eigenvalues.count { abs($0) <= tolerance },
      dimension: eigenvalues.count)
  }

  public init(negatives: Int, zeros: Int, dimension: Int) {
    if negatives > 0 && negatives + zeros == dimension {
      self = zeros > 0 ? .negativeSemidefinite(zeros: zeros) : .negativeDefinite
    } else if negatives > 0 {
      self = .saddle(negatives: negatives)
    } else if zeros > 0 {
      self = .positiveSemidefinite(zeros: zeros)
    } else {
      self = .positiveDefinite
    }
  }

  public var name: String {
    switch self {
    case .positiveDefinite: "positive_definite"
    case .positiveSemidefinite: "positive_semidefinite"
    case .negativeDefinite: "negative_definite"
    case .negativeSemidefinite: "negative_semidefinite"
    case .saddle: "saddle"
    }
  }
}

/// A ratio of extreme eigenvalues, with the name of which.
public struct ConditionNumber: Hashable, Sendable {
  public var value: Double
  public var kind: Kind
  /// Whether the true number may be larger: not every eigenvalue is known.
  public var isLowerBound: Bool

  public enum Kind: String, Hashable, Sendable {
    /// λ_max/λ_min of a positive definite matrix.
    case spectral = "lambda_max/lambda_min"
    /// |λ|max/|λ|min of any other.
    case magnitude = "|lambda|max/|lambda|min"
  }

  public init(value: Double, kind: Kind, isLowerBound: Bool = false) {
    self.value = value
    self.kind = kind
    self.isLowerBound = isLowerBound
  }

  /// Infinite where an eigenvalue counts as zero: what rounding leaves of it is no size to divide by.
  ///
  /// - Parameters:
  ///   - eigenvalues: All of them, ascending.
  ///   - tolerance: An eigenvalue of at most this size counts as zero.
  public init(eigenvalues: [Double], definiteness: Definiteness, tolerance: Double) {
    if definiteness == .positiveDefinite, let least = eigenvalues.first, let greatest = eigenvalues.last {
      self.init(value: greatest / least, kind: .spectral)
    } else {
      let sizes = eigenvalues.map(\.magnitude)
      let least = sizes.min() ?? .nan
      self.init(value: least <= tolerance ? .infinity : (sizes.max() ?? .nan) / least, kind: .magnitude)
    }
  }
}
