/// A loss that is a function of its parameters alone, without data and network: what optimizers are compared on.
public struct ProblemSpecification: Hashable, Sendable {
  public var kind: Kind
  /// Where a run starts: one number for all coordinates, or one a coordinate.
  public var start: [Double]

  public enum Kind: Hashable, Sendable {
    /// ½wᵀQw, where Q = RᵀΛR has these eigenvalues, none of them negative.
    ///
    /// R is random where it has a seed, and otherwise the identity.
    case quadratic(eigenvalues: [Double], rotationSeed: UInt64?)
    /// The mean of ½(w − x)ᵀQ(w − x) over normal points x in 100 dimensions: quadratic_deep of DeepOBS, whose results
    /// are published. Schneider, Balles and Hennig (2019).
    case quadraticDeep
    /// Σᵢ 100(wᵢ₊₁ − wᵢ²)² + (1 − wᵢ)². Rosenbrock (1960), in n dimensions.
    case rosenbrock(dimension: Int)
    /// Σ ½λu² over the positive eigenvalues and Σ ¼κ(u² − |λ|/κ)² over the negative ones, u = Rw: a saddle at 0, whose
    /// Hessian has these eigenvalues, between minima of value 0 at u = ±√(|λ|/κ).
    case saddle(eigenvalues: [Double], quartic: Double, rotationSeed: UInt64?)
  }

  /// - Parameter start: Equal numbers become one.
  public init(_ kind: Kind, start: [Double]) {
    self.kind = kind
    self.start = Self.shortest(start)
  }

  /// One number stands for equal ones.
  static func shortest(_ start: [Double]) -> [Double] { Set(start).count == 1 ? [start[0]] : start }

  /// As the name stands in experiment files and results.
  public var name: String {
    switch kind {
    case .quadratic: "quadratic"
    case .quadraticDeep: "quadratic_deep"
    case .rosenbrock: "rosenbrock"
    case .saddle: "saddle"
    }
  }

  /// The parameters' number.
  public var dimension: Int {
    switch kind {
    case .quadratic(let eigenvalues, _), .saddle(let eigenvalues, _, _): eigenvalues.count
    case .quadraticDeep: 100
    case .rosenbrock(let dimension): dimension
    }
  }

  /// Whether the matrix of its second derivatives is dense: its eigenvectors are not the axes.
  public var isRotated: Bool {
    switch kind {
    case .quadratic(_, let seed), .saddle(_, _, let seed): seed != nil
    case .quadraticDeep: true
    case .rosenbrock: false
    }
  }

  /// Whether the loss is a mean over points, which batches are taken of.
  public var hasPoints: Bool { kind == .quadraticDeep }

  /// The start, one number a coordinate.
  public var startingPoint: [Double] {
    start.count == 1 ? [Double](repeating: start[0], count: dimension) : start
  }

  var hyperparameters: [Hyperparameter] {
    let own: [Hyperparameter] =
      switch kind {
      case .quadratic(let eigenvalues, let seed):
        [.init("eigenvalues", .list(eigenvalues)), Self.rotation(seed)]
      case .saddle(let eigenvalues, let quartic, let seed):
        [.init("eigenvalues", .list(eigenvalues)), .init("quartic", .number(quartic)), Self.rotation(seed)]
      case .quadraticDeep, .rosenbrock: []
      }
    return [.init("problem", .text(name)), .init("dimension", .integer(dimension))] + own
      + [.init("start", .list(start))]
  }

  private static func rotation(_ seed: UInt64?) -> Hyperparameter {
    .init("rotation_seed", .integer(seed.map { Int(bitPattern: UInt($0)) } ?? -1))
  }
}
