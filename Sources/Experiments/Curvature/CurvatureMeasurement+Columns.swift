/// How a measurement is stored: the columns of journals, shards and documents.
extension CurvatureMeasurement {
  /// A number as it is stored.
  public struct Column<Value>: Sendable {
    public var name: String
    public var longName: String
    public var units: String
    public var value: any WritableKeyPath<CurvatureMeasurement, Value> & Sendable

    init(
      _ name: String, _ longName: String, _ value: any WritableKeyPath<CurvatureMeasurement, Value> & Sendable,
      units: String = "1"
    ) {
      self.name = name
      self.longName = longName
      self.units = units
      self.value = value
    }
  }

  /// A value of few kinds: its code is the position in `names`, nil for none.
  public struct Category: Sendable {
    public var name: String
    public var longName: String
    public var names: [String]
    public var code: @Sendable (CurvatureMeasurement) -> Int?
    public var setCode: @Sendable (inout CurvatureMeasurement, Int?) -> Void

    init<Kind: CaseIterable & RawRepresentable & Sendable>(
      _ name: String, _ longName: String, _ path: any WritableKeyPath<CurvatureMeasurement, Kind?> & Sendable
    ) where Kind.RawValue == String {
      self.name = name
      self.longName = longName
      let kinds = Array(Kind.allCases)
      names = kinds.map(\.rawValue)
      code = { measurement in
        measurement[keyPath: path].flatMap { kind in kinds.firstIndex { $0.rawValue == kind.rawValue } }
      }
      setCode = { $0[keyPath: path] = $1.flatMap { kinds.indices.contains($0) ? kinds[$0] : nil } }
    }

    init(_ name: String, _ longName: String, _ path: any WritableKeyPath<CurvatureMeasurement, Bool?> & Sendable) {
      self.name = name
      self.longName = longName
      names = ["no", "yes"]
      code = { measurement in measurement[keyPath: path].map { $0 ? 1 : 0 } }
      setCode = { $0[keyPath: path] = $1.map { $0 == 1 } }
    }
  }

  /// Lists of one length run along a dimension of their own.
  public struct List: Sendable {
    public var dimension: String
    public var longName: String
    /// Name of the column with the number of entries.
    public var count: String
    public var columns: [Column<[Double]>]
    /// Columns of zeros and ones.
    public var flags: [Column<[Double]>] = []
    /// Columns with such a list for each of ``CurvatureMeasurement/directions``, one after the other.
    public var byDirection: [Column<[Double]>] = []
  }

  public static let integers: [Column<Int>] = [
    .init("probe_epoch", "epochs trained when the curvature was measured", \.epoch),
    .init("probe_samples", "samples the loss was the mean of", \.samples),
    .init("probe_parameters", "parameters of the network", \.parameters),
    .init("probe_products", "products with the matrix", \.products),
    .init(
      "spectrum_smallest", "entries of the spectrum from its lower end; the rest are from the upper", \.smallestCount),
  ]

  public static let numbers: [Column<Double>] = [
    .init("probe_seconds", "wall-clock time of the measurement", \.seconds, units: "s"),
    .init("probe_loss", "loss over the samples, with penalty", \.loss),
    .init("probe_gradient_norm", "norm of the loss' gradient", \.gradientNorm),
    .init("lambda_max", "largest algebraic eigenvalue", \.lambdaMax),
    .init("lambda_max_residual", "norm of Hv - lambda v at the largest eigenvalue", \.lambdaMaxResidual),
    .init("lambda_min", "smallest algebraic eigenvalue", \.lambdaMin),
    .init("lambda_min_residual", "norm of Hv - lambda v at the smallest eigenvalue", \.lambdaMinResidual),
    .init("zero_tolerance", "size up to which an eigenvalue counts as zero", \.zeroTolerance),
    .init("negative_eigenvalues", "number of negative eigenvalues", \.negatives),
    .init(
      "negative_eigenvalues_error", "how many more negative eigenvalues there may be than the bracket's lower end",
      \.negativesError),
    .init("zero_eigenvalues", "number of eigenvalues that count as zero", \.zeros),
    .init(
      "zero_eigenvalues_error", "how many more zero eigenvalues there may be than the bracket's lower end",
      \.zerosError),
    .init("condition_number", "condition number, of the kind that condition_kind names", \.condition),
    .init("probe_learning_rate", "learning rate at the epoch", \.learningRate),
    .init(
      "learning_rate_over_bound",
      "learning rate times (lambda_max + coupled weight decay)/2: over 1 gradient descent diverges",
      \.learningRateOverBound),
    .init("curvature_trace", "sum of all eigenvalues", \.trace),
    .init("curvature_trace_error", "standard error of the trace; 0 where it is exact", \.traceError),
    .init("asymmetry", "largest difference of mirrored elements over the largest element", \.asymmetry),
    .init("density_width", "standard deviation of the Gaussians of the spectral density", \.densityWidth),
    .init("lambda_power", "eigenvalue of largest magnitude by the power method", \.power),
    .init("lambda_power_residual", "norm of Hv - lambda v of the power method", \.powerResidual),
    .init("lambda_taylor", "eigenvalue of largest magnitude by Taylor's products", \.taylor),
    .init("lambda_taylor_error", "stated error of lambda_taylor", \.taylorError),
    .init("lambda_online", "principal eigenvalue by the on-line method", \.online),
    .init("lambda_online_error", "stated error of lambda_online", \.onlineError),
  ]

  public static let categories: [Category] = [
    .init("probe_status", "whether the curvature could be measured", \.status),
    .init("probe_matrix", "matrix that was measured", \.matrix),
    .init("probe_data", "share of the data the loss was measured on", \.part),
    .init("probe_dropout", "dropout while measuring", \.dropout),
    .init("lambda_max_converged", "whether the residual of lambda_max met the tolerance", \.lambdaMaxConverged),
    .init("lambda_min_converged", "whether the residual of lambda_min met the tolerance", \.lambdaMinConverged),
    .init("negative_eigenvalues_kind", "what the number of negative eigenvalues is", \.negativesKind),
    .init("zero_eigenvalues_kind", "what the number of zero eigenvalues is", \.zerosKind),
    .init("definiteness", "what the signs of the eigenvalues say", \.definiteness),
    .init("condition_kind", "ratio that the condition number is", \.conditionKind),
    .init("condition_is_bound", "whether the true condition number may be larger", \.conditionIsBound),
  ]

  public static let lists: [List] = [
    List(
      dimension: "eigenvalue", longName: "eigenvalue that was found, ascending", count: "spectrum_count",
      columns: [
        .init("spectrum", "eigenvalues that were found, ascending", \.spectrum),
        .init("spectrum_residual", "norm of Hv - lambda v of each eigenvalue", \.spectrumResiduals),
      ],
      flags: [.init("spectrum_converged", "whether each eigenvalue's residual met the tolerance", \.spectrumConverged)]),
    List(
      dimension: "density_point", longName: "point of the spectral density's grid", count: "density_count",
      columns: [
        .init("density_eigenvalue", "eigenvalue at which the spectral density is given", \.densityPoints),
        .init("density", "spectral density", \.density),
      ]),
    List(
      dimension: "network_layer", longName: "layer of parameters, 0 at the data", count: "network_layer_count",
      columns: [
        .init("layer_parameters", "parameters of the layer", \.layerParameters),
        .init("layer_lambda_max", "largest algebraic eigenvalue of the layer's diagonal block", \.layerLambdaMax),
        .init("layer_lambda_max_residual", "residual of layer_lambda_max", \.layerLambdaMaxResiduals),
        .init("layer_lambda_min", "smallest algebraic eigenvalue of the layer's diagonal block", \.layerLambdaMin),
        .init("layer_lambda_min_residual", "residual of layer_lambda_min", \.layerLambdaMinResiduals),
      ],
      flags: [
        .init("layer_lambda_max_converged", "whether layer_lambda_max converged", \.layerLambdaMaxConverged),
        .init("layer_lambda_min_converged", "whether layer_lambda_min converged", \.layerLambdaMinConverged),
      ]),
    List(
      dimension: "direction", longName: "direction: 0 along the gradient, 1 random, 2 principal eigenvector",
      count: "direction_count",
      columns: [
        .init("taylor_slope", "slope of the loss along the direction", \.taylorSlopes),
        .init("taylor_curvature", "curvature of the loss along the direction", \.taylorCurvatures),
        .init("taylor_first_order", "observed order in h of the linear model's error", \.taylorFirstOrders),
        .init("taylor_second_order", "observed order in h of the quadratic model's error", \.taylorSecondOrders),
      ]),
    List(
      dimension: "taylor_step", longName: "step along the direction", count: "taylor_step_count",
      columns: [.init("taylor_step_length", "length h of the step", \.taylorSteps)],
      byDirection: [
        .init("taylor_first_error", "error of the linear model of the loss", \.taylorFirstErrors),
        .init("taylor_second_error", "error of the quadratic model of the loss", \.taylorSecondErrors),
      ]),
  ]

  /// Vectors of P numbers, kept where they were asked for.
  public static let vectors: [Column<[Double]>] = [
    .init("principal_eigenvector", "unit eigenvector of the largest eigenvalue", \.principalVector),
    .init("curvature_diagonal", "diagonal of the matrix", \.diagonal),
    .init("lecun_diagonal", "LeCun's approximation to the diagonal of the Gauss-Newton matrix", \.squaredDiagonal),
  ]
}
