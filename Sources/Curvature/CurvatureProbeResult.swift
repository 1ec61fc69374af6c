/// Everything that one probe of the curvature found: pure data, the same whatever it was measured with.
public struct CurvatureProbeResult: Hashable, Sendable {
  /// Which matrix: `hessian`, `gauss_newton` or `finite_differences`.
  public var matrix: String
  /// P.
  public var parameterCount: Int
  /// Samples the loss was the mean of.
  public var sampleCount: Int
  /// E(w), with the penalty.
  public var loss: Double
  /// ‖∇E(w)‖₂.
  public var gradientNorm: Double

  /// The largest algebraic eigenvalues, descending, each with its residual.
  public var largest: [Eigenpair] = []
  /// The smallest algebraic eigenvalues, ascending.
  public var smallest: [Eigenpair] = []
  /// All eigenvalues, ascending, where the matrix was small enough to be formed.
  public var spectrum: [Double]?
  /// ‖Hv − λv‖₂ of each of these.
  public var spectrumResiduals: [Double]?
  /// max |hᵢⱼ − hⱼᵢ|/max |hᵢⱼ| of the matrix before it was symmetrised, where it was formed.
  public var asymmetry: Double?

  /// An eigenvalue of at most this size counts as zero.
  public var zeroTolerance: Double
  public var negatives: EigenvalueCount
  public var zeros: EigenvalueCount
  /// Nil where neither the spectrum nor a converged smallest eigenvalue decides it.
  public var definiteness: Definiteness?
  public var condition: ConditionNumber?

  /// η of the run.
  public var learningRate: Double?
  /// λ of a weight decay that is added to the gradient: the optimizer then descends E + ½λ‖w‖².
  public var weightDecay = 0.0
  /// η(λ_max + λ)/2: gradient descent on the quadratic model diverges where it is over 1.
  public var stability: Double? { learningRate.flatMap { rate in lambdaMax.map { rate * ($0 + weightDecay) / 2 } } }

  public var trace: TraceEstimate.Result?
  public var density: SpectralDensity.Result?
  /// The other ways to the principal eigenvalue, where they were asked for.
  public var power: PowerIteration.Result?
  public var taylor: TaylorIteration.Result?
  public var online: OnlineEstimate.Result?

  public var layers: [LayerCurvature] = []
  public var taylorModels: [DirectionalModel] = []
  /// Diagonals, where they were asked for: P numbers each.
  public var diagonal: [Double]?
  public var squaredDiagonal: [Double]?

  /// Products with the matrix.
  public var products = 0
  public var seconds = 0.0

  /// The largest algebraic eigenvalue.
  public var lambdaMax: Double? { largest.first?.value }
  /// The smallest algebraic eigenvalue.
  public var lambdaMin: Double? { smallest.first?.value }

  public init(
    matrix: String, parameterCount: Int, sampleCount: Int, loss: Double, gradientNorm: Double,
    zeroTolerance: Double = 0, negatives: EigenvalueCount = .unknown, zeros: EigenvalueCount = .unknown
  ) {
    self.matrix = matrix
    self.parameterCount = parameterCount
    self.sampleCount = sampleCount
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.zeroTolerance = zeroTolerance
    self.negatives = negatives
    self.zeros = zeros
  }
}

/// How many eigenvalues there are of a kind.
public enum EigenvalueCount: Hashable, Sendable {
  case exact(Int)
  /// From stochastic Lanczos quadrature, which does not tell the signs of eigenvalues near 0 from each other: at least and
  /// at most so many, at 95 %.
  case between(Int, Int)
  case unknown

  /// Where it is known.
  public var value: Int? { if case .exact(let count) = self { count } else { nil } }
}

/// The curvature in one layer's own parameters: which layers are steep, which flat.
public struct LayerCurvature: Hashable, Sendable {
  /// 0 for the layer at the data.
  public var layer: Int
  public var parameterCount: Int
  /// The largest algebraic eigenvalue of the layer's diagonal block.
  public var largest: Eigenpair
  public var smallest: Eigenpair

  public init(layer: Int, parameterCount: Int, largest: Eigenpair, smallest: Eigenpair) {
    self.layer = layer
    self.parameterCount = parameterCount
    self.largest = largest
    self.smallest = smallest
  }
}

/// The Taylor models along one direction.
public struct DirectionalModel: Hashable, Sendable {
  public var direction: Direction
  public var model: TaylorModel.Result

  public enum Direction: String, CaseIterable, Hashable, Sendable {
    case gradient
    case random
    /// The eigenvector of the largest algebraic eigenvalue.
    case principal
  }

  public init(direction: Direction, model: TaylorModel.Result) {
    self.direction = direction
    self.model = model
  }
}
