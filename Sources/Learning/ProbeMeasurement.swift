import Curvature
import Kernels

/// A probe at work: its steps in order, and the result as it grows.
struct ProbeMeasurement {
  let probe: CurvatureProbe
  let surface: any ProbedSurface
  let matrix: ProbedMatrix
  var result: CurvatureProbeResult

  private let gradient: [Double]
  private var dense: SymmetricMatrix?
  private var principalVector: [Double]?

  init(_ probe: CurvatureProbe, _ surface: any ProbedSurface) throws(CurvatureError) {
    self.probe = probe
    self.surface = surface
    matrix = surface.matrix(probe.matrix, memoryBudget: probe.memoryBudget)
    gradient = surface.gradient
    let gradientNorm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    result = CurvatureProbeResult(
      matrix: probe.matrix.rawValue, parameterCount: surface.dimension, sampleCount: surface.sampleCount,
      loss: surface.value(displacedBy: nil, times: 0), gradientNorm: gradientNorm)
    guard result.loss.isFinite && gradientNorm.isFinite else { throw .notFinite(what: "the loss or its gradient") }
  }

  /// Extremes, their signs' verdict and the condition number: from all eigenvalues where the matrix is small.
  mutating func findEigenvalues() throws(CurvatureError) {
    if surface.dimension <= probe.denseLimit {
      try findSpectrum()
    } else if let found = try principal() {
      take(found)
    } else {
      try findExtremes()
    }
    if !probe.keepsPrincipalVector { for index in result.largest.indices { result.largest[index].vector = nil } }
    for index in result.largest.indices.dropFirst() { result.largest[index].vector = nil }
    for index in result.smallest.indices { result.smallest[index].vector = nil }
  }

  private mutating func findSpectrum() throws(CurvatureError) {
    let dense = try matrix.dense(limit: probe.denseLimit)
    let spectrum = try dense.spectrum(vectors: true)
    self.dense = dense
    result.spectrum = spectrum.values
    let residuals = spectrum.residuals(of: dense)
    result.spectrumResiduals = residuals
    result.asymmetry = dense.asymmetry
    setTolerance(magnitude: max(abs(spectrum.values.first ?? 0), abs(spectrum.values.last ?? 0)))
    let count = spectrum.values.count
    let bound = probe.tolerance * max(abs(spectrum.values.first ?? 0), abs(spectrum.values.last ?? 0))
    func pair(_ index: Int) -> Eigenpair {
      Eigenpair(
        value: spectrum.values[index], residual: residuals[index], converged: residuals[index] <= bound,
        vector: spectrum.vector(index))
    }
    result.largest = (0..<min(probe.largest, count)).map { pair(count - 1 - $0) }
    result.smallest = (0..<min(probe.smallest, count)).map { pair($0) }
    principalVector = spectrum.vector(count - 1)
    let verdict = Definiteness(eigenvalues: spectrum.values, tolerance: result.zeroTolerance)
    result.negatives = .exact(spectrum.values.count { $0 < -result.zeroTolerance })
    result.zeros = .exact(spectrum.values.count { abs($0) <= result.zeroTolerance })
    result.definiteness = verdict
    result.condition = ConditionNumber(
      eigenvalues: spectrum.values, definiteness: verdict, tolerance: result.zeroTolerance)
  }

  /// The largest eigenvalue where it is all that is wanted.
  private func principal() throws(CurvatureError) -> PrincipalEigenvalue.Result? {
    guard probe.largest == 1, probe.smallest == 0, let form = probe.matrix.form else { return nil }
    let plan = PrincipalEigenvalue(tolerance: probe.tolerance, maximumProducts: probe.maximumProducts)
    return try surface.principal(plan, form, seed: probe.seed, memoryBudget: probe.memoryBudget)
  }

  private mutating func take(_ found: PrincipalEigenvalue.Result) {
    result.largest = [found.pair]
    result.products += found.products
    principalVector = found.pair.vector
    setTolerance(magnitude: abs(found.pair.value))
  }

  private mutating func findExtremes() throws(CurvatureError) {
    let plan = Lanczos(
      largest: probe.largest, smallest: probe.smallest, tolerance: probe.tolerance,
      maximumProducts: probe.maximumProducts)
    let found = try plan.eigenpairs(of: matrix.operation, seed: probe.seed, keepsVectors: true)
    result.largest = found.largest
    result.smallest = found.smallest
    principalVector = found.largest.first?.vector
    guard let top = found.largest.first else { return }
    guard let bottom = found.smallest.first else { return setTolerance(magnitude: abs(top.value)) }
    let magnitude = max(abs(top.value), abs(bottom.value))
    setTolerance(magnitude: magnitude)
    if top.converged && top.value + top.residual < -result.zeroTolerance {
      result.definiteness = .negativeDefinite
      result.negatives = .exact(surface.dimension)
    } else if bottom.value < -result.zeroTolerance {
      // A Rayleigh quotient below zero is proof of a negative eigenvalue, converged or not.
      result.definiteness = .saddle(negatives: found.smallest.count { $0.value < -result.zeroTolerance })
    } else if bottom.converged {
      let isPositive = bottom.value - bottom.residual > result.zeroTolerance
      result.definiteness =
        isPositive
        ? .positiveDefinite
        : .positiveSemidefinite(zeros: found.smallest.count { $0.value <= result.zeroTolerance })
      result.negatives = .exact(0)
    }
    // No eigenvalue is larger than the image of a unit vector may be small: such an image is proof of a zero.
    let hasZero = found.smallestImage <= result.zeroTolerance
    result.condition =
      result.definiteness == .positiveDefinite
      ? ConditionNumber(value: top.value / bottom.value, kind: .spectral)
      : ConditionNumber(
        value: hasZero ? .infinity : magnitude / found.smallestImage, kind: .magnitude, isLowerBound: !hasZero)
  }

  /// What rounding in the network's scalar may make of a zero.
  private mutating func setTolerance(magnitude: Double) {
    result.zeroTolerance = 4 * surface.ulpOfOne * Double(surface.dimension).squareRoot() * magnitude
  }

  mutating func findLayers() throws(CurvatureError) {
    guard probe.measuresLayers else { return }
    let plan = Lanczos(
      largest: 1, smallest: 1, tolerance: probe.tolerance, maximumProducts: probe.maximumProducts)
    for (index, parameters) in surface.layerSizes.enumerated() {
      let found = try plan.eigenpairs(of: matrix.layer(index), seed: probe.seed &+ UInt64(index))
      guard let largest = found.largest.first, let smallest = found.smallest.first else { continue }
      result.layers.append(
        LayerCurvature(
          layer: index, parameterCount: parameters, largest: largest, smallest: smallest))
    }
  }

  /// The estimates that the probe asks for.
  mutating func estimate() throws(CurvatureError) {
    let operation = matrix.operation
    if let dense {
      result.trace = TraceEstimate.Result(trace: dense.trace, standardError: 0, products: 0)
    } else {
      result.trace = try probe.trace?.trace(of: operation, seed: probe.seed)
    }
    if let density = try probe.density?.measure(of: operation, seed: probe.seed) {
      result.density = density
      if dense == nil { try countSigns(density) }
    }
    result.power = try probe.power?.eigenpair(of: operation, seed: probe.seed)
    result.taylor = try probe.taylor?.eigenpair(of: surface, seed: probe.seed)
    result.online = try probe.online?.estimate(
      of: surface.patterns(size: probe.patternSize), seed: probe.seed)
    guard probe.measuresDiagonal else { return }
    result.diagonal = matrix.diagonal() ?? dense?.diagonal
    result.squaredDiagonal = matrix.squaredDiagonal()
  }

  /// Between which numbers those of the negative and of the zero eigenvalues are; no fewer negatives than were found one
  /// by one.
  private mutating func countSigns(_ density: SpectralDensity.Result) throws(CurvatureError) {
    let negatives = try density.range(below: -result.zeroTolerance)
    let notPositive = try density.range(below: result.zeroTolerance)
    let found: Int
    switch result.definiteness {
    case .saddle(let negatives): found = negatives
    case nil: found = 0
    default: return
    }
    let least = max(found, negatives.lowerBound)
    result.negatives = .between(least, max(least, negatives.upperBound))
    result.zeros = .between(
      max(0, notPositive.lowerBound - negatives.upperBound), notPositive.upperBound - negatives.lowerBound)
    if result.definiteness != nil { result.definiteness = .saddle(negatives: least) }
  }

  mutating func compareModels() throws(CurvatureError) {
    guard let plan = probe.taylorModel else { return }
    var stream = RandomStream(RandomKey(seed: probe.seed, purpose: .probe, step: 1))
    let random = gradient.map { _ in stream.nextNormal() }
    for direction in DirectionalModel.Direction.allCases {
      let vector: [Double]? =
        switch direction {
        case .gradient: result.gradientNorm > 0 ? gradient : nil
        case .random: random
        case .principal: principalVector
        }
      guard let vector else { continue }
      let model = try plan.errors(of: surface, curvature: matrix.operation, along: vector)
      result.taylorModels.append(DirectionalModel(direction: direction, model: model))
    }
  }
}

extension CurvatureProbe.Matrix {
  /// Nil for a matrix without linearised passes.
  var form: CurvatureForm? {
    switch self {
    case .hessian: .hessian
    case .gaussNewton: .gaussNewton
    case .finiteDifferences: nil
    }
  }
}
