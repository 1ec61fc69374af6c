import Curvature
import Kernels

/// What to measure of the curvature of a loss, and how closely.
public struct CurvatureProbe: Hashable, Sendable {
  public var matrix: Matrix
  /// How many of the largest and of the smallest algebraic eigenvalues are wanted. The largest one alone is found by
  /// ``PrincipalEigenvalue``.
  public var largest: Int
  public var smallest: Int
  /// Residual over the largest |λ| at which an eigenvalue counts as converged.
  public var tolerance: Double
  /// Products that one search for eigenvalues may take.
  public var maximumProducts: Int
  /// Parameters up to which the matrix is formed and all of its eigenvalues are found; at most 5,000.
  public var denseLimit: Int
  public var density: SpectralDensity?
  public var trace: TraceEstimate?
  public var power: PowerIteration?
  public var taylor: TaylorIteration?
  public var online: OnlineEstimate?
  /// Samples in a pattern of the on-line estimate.
  public var patternSize: Int
  /// Whether each layer's own extreme eigenvalues are found.
  public var measuresLayers: Bool
  public var taylorModel: TaylorModel?
  /// Whether the exact diagonal is wanted, and for the Gauss–Newton matrix LeCun's.
  public var measuresDiagonal: Bool
  public var keepsPrincipalVector: Bool
  /// Bytes for what is kept between products.
  public var memoryBudget: Int
  /// Keys every random vector.
  public var seed: UInt64

  public enum Matrix: String, CaseIterable, Hashable, Sendable {
    /// Exact products.
    case hessian
    case gaussNewton = "gauss_newton"
    /// The Hessian by central differences of the gradient.
    case finiteDifferences = "finite_differences"
  }

  public init(
    matrix: Matrix = .hessian, largest: Int = 5, smallest: Int = 5, tolerance: Double = 1e-4,
    maximumProducts: Int = 500, denseLimit: Int = 1_000, density: SpectralDensity? = SpectralDensity(),
    trace: TraceEstimate? = nil, power: PowerIteration? = nil, taylor: TaylorIteration? = nil,
    online: OnlineEstimate? = nil, patternSize: Int = 1, measuresLayers: Bool = true,
    taylorModel: TaylorModel? = TaylorModel(), measuresDiagonal: Bool = false, keepsPrincipalVector: Bool = false,
    memoryBudget: Int = LinearizationMemory.standard, seed: UInt64 = 0
  ) {
    precondition(largest > 0 && smallest >= 0 && denseLimit <= 5_000)
    self.matrix = matrix
    self.largest = largest
    self.smallest = smallest
    self.tolerance = tolerance
    self.maximumProducts = maximumProducts
    self.denseLimit = denseLimit
    self.density = density
    self.trace = trace
    self.power = power
    self.taylor = taylor
    self.online = online
    self.patternSize = patternSize
    self.measuresLayers = measuresLayers
    self.taylorModel = taylorModel
    self.measuresDiagonal = measuresDiagonal
    self.keepsPrincipalVector = keepsPrincipalVector
    self.memoryBudget = memoryBudget
    self.seed = seed
  }

  /// A fixed sample of `count` of the rows in ascending order, a function of the seed; nil where that is all of them.
  public static func rows(_ count: Int, of total: Int, seed: UInt64) -> [Int32]? {
    guard count < total else { return nil }
    var stream = RandomStream(RandomKey(seed: seed, purpose: .probe))
    return stream.permutation(of: total).prefix(count).sorted()
  }

  /// Measures the curvature of a surface at its weights.
  ///
  /// - Parameters:
  ///   - learningRate: η of the run, for η(λ_max + λ)/2.
  ///   - weightDecay: λ of a weight decay that is added to the gradient.
  /// - Throws: ``CurvatureError``: the loss or a product is not finite, or LAPACK failed.
  public func measure(
    _ surface: any ProbedSurface, learningRate: Double? = nil, weightDecay: Double = 0
  ) throws(CurvatureError) -> CurvatureProbeResult {
    let started = ContinuousClock.now
    var measurement = try ProbeMeasurement(self, surface)
    try measurement.findEigenvalues()
    try measurement.findLayers()
    try measurement.estimate()
    try measurement.compareModels()
    measurement.result.learningRate = learningRate
    measurement.result.weightDecay = weightDecay
    measurement.result.products += measurement.matrix.operation.products
    let elapsed = (ContinuousClock.now - started).components
    measurement.result.seconds = Double(elapsed.seconds) + 1e-18 * Double(elapsed.attoseconds)
    return measurement.result
  }
}
