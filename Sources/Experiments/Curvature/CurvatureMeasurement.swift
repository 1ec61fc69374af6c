/// What one probe of the curvature found. Numbers that were not measured are NaN, and their kinds nil.
public struct CurvatureMeasurement: Hashable, Sendable {
  public var moments: CurvatureMoments
  /// Epochs trained.
  public var epoch: Int
  public var status: Status? = .measured
  public var matrix: CurvatureSpecification.Matrix?
  public var part: CurvatureSpecification.Part?
  public var dropout: CurvatureSpecification.Dropout?
  /// Samples the loss was the mean of.
  public var samples = 0
  /// P.
  public var parameters = 0
  /// Products with the matrix.
  public var products = 0
  public var seconds = Double.nan

  /// E(w), with the penalty.
  public var loss = Double.nan
  /// ‖∇E(w)‖₂.
  public var gradientNorm = Double.nan

  /// The largest algebraic eigenvalue.
  public var lambdaMax = Double.nan
  public var lambdaMaxResidual = Double.nan
  public var lambdaMaxConverged: Bool?
  /// The smallest algebraic eigenvalue.
  public var lambdaMin = Double.nan
  public var lambdaMinResidual = Double.nan
  public var lambdaMinConverged: Bool?

  /// Eigenvalues found, ascending: `smallestCount` from the lower end, the rest from the upper.
  public var spectrum: [Double] = []
  /// ‖Hv − λv‖ of each.
  public var spectrumResiduals: [Double] = []
  /// 1 where the residual met the tolerance, 0 where not.
  public var spectrumConverged: [Double] = []
  /// All of the entries where the spectrum is the whole one.
  public var smallestCount = 0

  /// An eigenvalue of at most this size counts as zero.
  public var zeroTolerance = Double.nan
  public var negatives = Double.nan
  /// Standard error of an estimate; of a bracket its width.
  public var negativesError = Double.nan
  public var negativesKind: CountKind?
  public var zeros = Double.nan
  public var zerosError = Double.nan
  public var zerosKind: CountKind?
  public var definiteness: Definiteness?
  public var condition = Double.nan
  public var conditionKind: ConditionKind?
  /// Whether the true condition number may be larger.
  public var conditionIsBound: Bool?

  /// η of the run at this epoch.
  public var learningRate = Double.nan
  /// η(λ_max + λ)/2, λ a weight decay that is added to the gradient: gradient descent on the quadratic model diverges
  /// where it is over 1.
  public var learningRateOverBound = Double.nan

  public var trace = Double.nan
  /// Zero where the trace is exact.
  public var traceError = Double.nan
  /// max |hᵢⱼ − hⱼᵢ|/max |hᵢⱼ| where the matrix was formed.
  public var asymmetry = Double.nan

  /// φ(t) at the points of a grid, in Gaussians of standard deviation `densityWidth`.
  public var densityPoints: [Double] = []
  public var density: [Double] = []
  public var densityWidth = Double.nan

  public var power = Double.nan
  public var powerResidual = Double.nan
  public var taylor = Double.nan
  public var taylorError = Double.nan
  public var online = Double.nan
  public var onlineError = Double.nan

  /// Extreme eigenvalues of each layer's diagonal block, the layer at the data first.
  public var layerParameters: [Double] = []
  public var layerLambdaMax: [Double] = []
  public var layerLambdaMaxResiduals: [Double] = []
  public var layerLambdaMaxConverged: [Double] = []
  public var layerLambdaMin: [Double] = []
  public var layerLambdaMinResiduals: [Double] = []
  public var layerLambdaMinConverged: [Double] = []

  /// Steps h, descending.
  public var taylorSteps: [Double] = []
  /// Errors of the models along each of ``directions``, its steps one after the other.
  public var taylorFirstErrors: [Double] = []
  public var taylorSecondErrors: [Double] = []
  /// By direction: gᵀd, dᵀHd, and the orders of the errors in h.
  public var taylorSlopes: [Double] = []
  public var taylorCurvatures: [Double] = []
  public var taylorFirstOrders: [Double] = []
  public var taylorSecondOrders: [Double] = []

  /// Directions of the Taylor models, in their order.
  public static let directions = ["gradient", "random", "principal eigenvector"]

  /// P numbers each; empty where not kept.
  public var principalVector: [Double] = []
  public var diagonal: [Double] = []
  public var squaredDiagonal: [Double] = []

  public enum Status: String, Hashable, Sendable, CaseIterable {
    case measured
    /// The loss or a product was not finite.
    case notFinite = "not_finite"
    /// A routine of the linear algebra gave up.
    case failed
    /// Some of the weights are NaN or infinite: nothing was tried.
    case weightsNotFinite = "weights_not_finite"
  }

  public enum CountKind: String, Hashable, Sendable, CaseIterable {
    case exact
    /// From stochastic Lanczos quadrature, as earlier versions did it: its error leaves out that Lanczos does not tell the
    /// signs of eigenvalues near 0.
    case estimate
    /// As many were found; there may be more.
    case lowerBound = "lower_bound"
    /// At least so many, at 95 %, and at most as many more as the error says.
    case bracket
  }

  public enum Definiteness: String, Hashable, Sendable, CaseIterable {
    case positiveDefinite = "positive_definite"
    case positiveSemidefinite = "positive_semidefinite"
    case negativeDefinite = "negative_definite"
    case negativeSemidefinite = "negative_semidefinite"
    case saddle
  }

  public enum ConditionKind: String, Hashable, Sendable, CaseIterable {
    /// λ_max/λ_min of a positive definite matrix.
    case spectral = "lambda_max/lambda_min"
    /// |λ|max/|λ|min of any other.
    case magnitude = "|lambda|max/|lambda|min"
  }

  public init(moments: CurvatureMoments, epoch: Int) {
    self.moments = moments
    self.epoch = epoch
  }

  /// Whether every eigenvalue is in ``spectrum``.
  public var hasFullSpectrum: Bool { !spectrum.isEmpty && spectrum.count == parameters }
}

/// Curvature by which runs are compared: the values of one moment, NaN where there are none.
public struct CurvatureMetrics: Hashable, Sendable {
  public var lambdaMax = Double.nan
  public var lambdaMin = Double.nan
  public var negatives = Double.nan
  public var condition = Double.nan
  public var learningRateOverBound = Double.nan
  public var trace = Double.nan
  /// Whether ``negatives``, or ``condition``, may be larger than it is.
  public var negativesAreBound = false
  public var conditionIsBound = false

  /// Each with the measurement's field that it is read from.
  public static let fields: [Field] = [
    Field(\.lambdaMax, \.lambdaMax), Field(\.lambdaMin, \.lambdaMin), Field(\.negatives, \.negatives),
    Field(\.condition, \.condition), Field(\.learningRateOverBound, \.learningRateOverBound),
    Field(\.trace, \.trace),
  ]

  /// What tells whether a number is a bound.
  public static let boundCategories = ["negative_eigenvalues_kind", "condition_is_bound"]

  public struct Field: Sendable {
    public var metric: any WritableKeyPath<CurvatureMetrics, Double> & Sendable
    public var source: any WritableKeyPath<CurvatureMeasurement, Double> & Sendable

    init(
      _ metric: any WritableKeyPath<CurvatureMetrics, Double> & Sendable,
      _ source: any WritableKeyPath<CurvatureMeasurement, Double> & Sendable
    ) {
      self.metric = metric
      self.source = source
    }
  }

  public init() {}

  /// The first number that each field has among the measurements of a moment.
  public init(_ measurements: [CurvatureMeasurement], at moment: CurvatureMoments) {
    for measurement in measurements where !measurement.moments.isDisjoint(with: moment) {
      var values = CurvatureMetrics()
      for field in Self.fields { values[keyPath: field.metric] = measurement[keyPath: field.source] }
      values.negativesAreBound = measurement.negativesKind.map { $0 != .exact } ?? false
      values.conditionIsBound = measurement.conditionIsBound ?? false
      fill(from: values)
    }
  }

  /// Takes from `other` what is missing here.
  public mutating func fill(from other: CurvatureMetrics) {
    if negatives.isNaN { negativesAreBound = other.negativesAreBound }
    if condition.isNaN { conditionIsBound = other.conditionIsBound }
    for field in Self.fields where self[keyPath: field.metric].isNaN {
      self[keyPath: field.metric] = other[keyPath: field.metric]
    }
  }
}
