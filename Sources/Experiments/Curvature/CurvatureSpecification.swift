/// What is measured of the curvature of a run's loss, when, and over which samples.
public struct CurvatureSpecification: Hashable, Sendable {
  /// Without ``CurvatureMoments/epoch``, for which there is `every`.
  public var moments: CurvatureMoments = [.best, .final]
  /// Also after each of so many epochs; nil: never.
  public var every: Int?
  public var part = Part.training
  /// A fixed sample of so many examples; nil: all of them.
  public var samples: Int?
  /// Keys the sample and every random vector.
  public var seed: UInt64 = 0
  public var dropout = Dropout.off
  public var matrix = Matrix.hessian
  /// How many of the largest algebraic eigenvalues are found, at least one.
  public var largest = 5
  /// How many of the smallest, if any.
  public var smallest = 5
  /// Residual over the largest |λ| at which an eigenvalue counts as converged.
  public var tolerance = 1e-4
  /// Products with the matrix that one search for eigenvalues may take.
  public var iterations = 500
  /// Whether the matrix is formed and all of its eigenvalues are found.
  public var fullSpectrum = false
  public var density: Density?
  /// Random vectors of the trace's estimate; nil: no estimate. The trace of a matrix that is formed is exact.
  public var traceProbes: Int?
  /// Whether each layer's own extreme eigenvalues are found.
  public var layers = true
  /// Whether the errors of Taylor's models are measured.
  public var taylorModels = true
  /// Other ways to the principal eigenvalue.
  public var estimates: [Estimate] = []
  public var keepsPrincipalVector = false
  /// Whether the exact diagonal is kept, and of the Gauss–Newton matrix LeCun's approximation.
  public var keepsDiagonal = false

  /// Parameters up to which the matrix is formed.
  public static let fullSpectrumLimit = 5_000

  /// The share of the data. The test share is not looked at.
  public enum Part: String, Hashable, Sendable, CaseIterable {
    case training
    case validation
  }

  public enum Dropout: String, Hashable, Sendable, CaseIterable {
    case off
    /// The masks of one step, the same in every product.
    case frozen
  }

  public enum Matrix: String, Hashable, Sendable, CaseIterable {
    /// Exact products.
    case hessian
    case gaussNewton = "gauss_newton"
    /// The Hessian by central differences of the gradient.
    case finiteDifferences = "finite_differences"
  }

  public enum Estimate: String, Hashable, Sendable, CaseIterable {
    case power
    case taylor
    case online
  }

  /// Stochastic Lanczos quadrature, and the grid its density is stored on.
  public struct Density: Hashable, Sendable {
    public var probes = 8
    /// Products a probe.
    public var steps = 64
    public var points = 256

    public init() {}
  }

  public init() {}

  /// Every setting in one line: the trial's hyperparameter `curvature`.
  public var canonicalText: String {
    let entries: [(String, String)] = [
      ("at", moments.names.joined(separator: ",")), ("every", every.map(String.init) ?? "none"),
      ("data", part.rawValue), ("samples", samples.map(String.init) ?? "all"), ("seed", "\(seed)"),
      ("dropout", dropout.rawValue), ("matrix", matrix.rawValue), ("largest", "\(largest)"),
      ("smallest", "\(smallest)"), ("tolerance", HyperparameterValue.number(tolerance).description),
      ("iterations", "\(iterations)"), ("full_spectrum", "\(fullSpectrum)"),
      ("density", density.map { "\($0.probes)x\($0.steps)x\($0.points)" } ?? "none"),
      ("trace", traceProbes.map(String.init) ?? "none"), ("layers", "\(layers)"), ("taylor_models", "\(taylorModels)"),
      ("estimates", estimates.isEmpty ? "none" : estimates.map(\.rawValue).joined(separator: ",")),
      ("principal_eigenvector", "\(keepsPrincipalVector)"), ("diagonal", "\(keepsDiagonal)"),
    ]
    return entries.map { "\($0)=\($1)" }.joined(separator: " ")
  }

  var hyperparameters: [Hyperparameter] { [.init("curvature", .text(canonicalText))] }
}

/// When in a run something was measured; one state may be several of these.
public struct CurvatureMoments: OptionSet, Hashable, Sendable {
  public var rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Before training.
  public static let start = Self(rawValue: 1)
  /// After an epoch that the schedule of probes names.
  public static let epoch = Self(rawValue: 2)
  /// At the best epoch by the selection rule.
  public static let best = Self(rawValue: 4)
  /// Where the run ended.
  public static let final = Self(rawValue: 8)

  public static let all: [(name: String, value: Self)] = [
    ("start", .start), ("epoch", .epoch), ("best", .best), ("final", .final),
  ]

  public var names: [String] { Self.all.filter { contains($0.value) }.map(\.name) }
}
