import Curvature

/// A loss whose curvature can be probed, at the parameters where it stands: a network's, or a problem's.
public protocol ProbedSurface: ScalarField {
  /// Samples that the loss is the mean over.
  var sampleCount: Int { get }
  /// Of the scalar that products are computed in.
  var ulpOfOne: Double { get }
  /// Parameters of each layer; empty where there are no layers.
  var layerSizes: [Int] { get }

  func matrix(_ kind: CurvatureProbe.Matrix, memoryBudget: Int) -> ProbedMatrix

  /// The largest eigenvalue alone, where there is a cheaper way to it than a search over all samples.
  func principal(
    _ plan: PrincipalEigenvalue, _ form: CurvatureForm, seed: UInt64, memoryBudget: Int
  ) throws(CurvatureError) -> PrincipalEigenvalue.Result?

  /// The samples a few at a time.
  func patterns(size: Int) -> any PatternGradients
}

extension ProbedSurface {
  /// ∇E(w).
  public var gradient: [Double] {
    [Double](unsafeUninitializedCapacity: dimension) { result, count in
      gradient(displacedBy: nil, times: 0, into: result.baseAddress!)
      count = dimension
    }
  }
}

extension LossSurface: ProbedSurface {
  public var ulpOfOne: Double { Double(S.ulpOfOne) }

  public var layerSizes: [Int] { network.layers.map(\.parameterCount) }

  public func matrix(_ kind: CurvatureProbe.Matrix, memoryBudget: Int) -> ProbedMatrix {
    switch kind {
    case .hessian: ProbedMatrix(network: HessianOperator(self, memoryBudget: memoryBudget))
    case .gaussNewton:
      ProbedMatrix(network: GaussNewtonOperator(self, memoryBudget: memoryBudget)) { $0.squaredDiagonal() }
    case .finiteDifferences:
      ProbedMatrix(products: FiniteDifferenceOperator(self)) { [network] operation, index in
        let layer = network.layers[index]
        return BlockOperator(operation, range: layer.kernelOffset..<layer.kernelOffset + layer.parameterCount)
      }
    }
  }

  public func principal(
    _ plan: PrincipalEigenvalue, _ form: CurvatureForm, seed: UInt64, memoryBudget: Int
  ) throws(CurvatureError) -> PrincipalEigenvalue.Result? {
    try plan.eigenpair(of: self, form: form, seed: seed, keepsVector: true, memoryBudget: memoryBudget)
  }

  public func patterns(size: Int) -> any PatternGradients { SurfacePatterns(self, size: size) }
}
