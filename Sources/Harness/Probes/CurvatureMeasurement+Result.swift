import Curvature
import Experiments

extension CurvatureMeasurement {
  /// Takes what a probe found.
  mutating func take(_ result: CurvatureProbeResult, _ specification: CurvatureSpecification) {
    samples = result.sampleCount
    parameters = result.parameterCount
    products = result.products
    seconds = result.seconds
    loss = result.loss
    gradientNorm = result.gradientNorm
    learningRateOverBound = result.stability ?? .nan
    asymmetry = result.asymmetry ?? .nan
    trace = result.trace?.trace ?? .nan
    traceError = result.trace?.standardError ?? .nan
    takeEigenvalues(result, tolerance: specification.tolerance)
    takeSigns(result)
    takeEstimates(result)
    takeLayers(result.layers)
    takeModels(result.taylorModels)
    if let density = result.density, let settings = specification.density { take(density, points: settings.points) }
    principalVector = result.largest.first?.vector ?? []
    diagonal = result.diagonal ?? []
    squaredDiagonal = result.squaredDiagonal ?? []
  }

  private mutating func takeEigenvalues(_ result: CurvatureProbeResult, tolerance: Double) {
    if let top = result.largest.first {
      (lambdaMax, lambdaMaxResidual, lambdaMaxConverged) = (top.value, top.residual, top.converged)
    }
    if let bottom = result.smallest.first {
      (lambdaMin, lambdaMinResidual, lambdaMinConverged) = (bottom.value, bottom.residual, bottom.converged)
    }
    if let all = result.spectrum, let residuals = result.spectrumResiduals {
      let bound = tolerance * max(abs(all.first ?? 0), abs(all.last ?? 0))
      spectrum = all
      spectrumResiduals = residuals
      spectrumConverged = residuals.map { $0 <= bound ? 1 : 0 }
      smallestCount = all.count
    } else {
      let found = result.smallest + result.largest.reversed()
      spectrum = found.map(\.value)
      spectrumResiduals = found.map(\.residual)
      spectrumConverged = found.map { $0.converged ? 1 : 0 }
      smallestCount = result.smallest.count
    }
  }

  private mutating func takeSigns(_ result: CurvatureProbeResult) {
    zeroTolerance = result.zeroTolerance
    (negatives, negativesError, negativesKind) = Self.count(result.negatives)
    (zeros, zerosError, zerosKind) = Self.count(result.zeros)
    if let verdict = result.definiteness {
      definiteness = Definiteness(rawValue: verdict.name)
      switch verdict {
      case .saddle(let found) where negativesKind == nil:
        (negatives, negativesKind) = (Double(found), .lowerBound)
      case .positiveSemidefinite(let found) where zerosKind == nil:
        (zeros, zerosKind) = (Double(found), .lowerBound)
      default: break
      }
    }
    if let number = result.condition {
      condition = number.value
      conditionKind = ConditionKind(rawValue: number.kind.rawValue)
      conditionIsBound = number.isLowerBound
    }
  }

  private static func count(_ count: EigenvalueCount) -> (Double, Double, CountKind?) {
    switch count {
    case .exact(let count): (Double(count), 0, .exact)
    case .between(let least, let most): (Double(least), Double(most - least), .bracket)
    case .unknown: (.nan, .nan, nil)
    }
  }

  private mutating func takeEstimates(_ result: CurvatureProbeResult) {
    if let found = result.power { (power, powerResidual) = (found.pair.value, found.pair.residual) }
    if let found = result.taylor { (taylor, taylorError) = (found.pair.value, found.statedError) }
    if let found = result.online { (online, onlineError) = (found.pair.value, found.statedError) }
  }

  private mutating func takeLayers(_ layers: [LayerCurvature]) {
    layerParameters = layers.map { Double($0.parameterCount) }
    layerLambdaMax = layers.map(\.largest.value)
    layerLambdaMaxResiduals = layers.map(\.largest.residual)
    layerLambdaMaxConverged = layers.map { $0.largest.converged ? 1 : 0 }
    layerLambdaMin = layers.map(\.smallest.value)
    layerLambdaMinResiduals = layers.map(\.smallest.residual)
    layerLambdaMinConverged = layers.map { $0.smallest.converged ? 1 : 0 }
  }

  private mutating func takeModels(_ models: [DirectionalModel]) {
    guard let steps = models.first?.model.steps else { return }
    taylorSteps = steps
    for direction in DirectionalModel.Direction.allCases {
      let model = models.first { $0.direction == direction }?.model
      let missing = [Double](repeating: .nan, count: steps.count)
      taylorFirstErrors += model?.firstOrderErrors ?? missing
      taylorSecondErrors += model?.secondOrderErrors ?? missing
      taylorSlopes.append(model?.slope ?? .nan)
      taylorCurvatures.append(model?.curvature ?? .nan)
      taylorFirstOrders.append(model?.firstObservedOrder ?? .nan)
      taylorSecondOrders.append(model?.secondObservedOrder ?? .nan)
    }
  }

  /// The density on an even grid over the nodes, four widths beyond them at both ends.
  ///
  /// σ is a hundredth of the nodes' span.
  private mutating func take(_ result: SpectralDensity.Result, points: Int) {
    let nodes = result.nodes.joined()
    guard let lower = nodes.min(), let upper = nodes.max() else { return }
    let span = upper > lower ? upper - lower : max(abs(upper), .leastNormalMagnitude)
    let width = 0.01 * span
    let step = (upper - lower + 8 * width) / Double(points - 1)
    densityWidth = width
    densityPoints = (0..<points).map { lower - 4 * width + step * Double($0) }
    density = densityPoints.map { result.density(at: $0, width: width) }
  }
}
