import Curvature
import Kernels
import Learning
import TestSupport
import Testing

/// Problems whose Hessian is known in closed form.
@Suite("Curvature of reference problems")
struct CurvatureReferenceTests {
  private static let unit = LinearUnit()

  @Test(arguments: [false, true])
  func linearUnit(bias: Bool) throws {
    let surface = Self.unit.surface(bias: bias)
    let expected = secondMoment((0..<100).map { Self.unit.row($0, bias: bias) })
    for matrix in try allMatrices(surface) {
      for (left, right) in zip(matrix.elements, expected.elements) { #expect(abs(left - right) < 1e-8) }
    }
    let values = try SymmetricMatrix(HessianOperator(surface)).spectrum().values
    for (left, right) in zip(values, try expected.spectrum().values) { #expect(abs(left - right) < 1e-13) }
    // What "Efficient BackProp" gives for such data, and what a bias adds.
    #expect(abs(values[0] - 0.036) < 0.01)
    #expect(abs(values[1] - 0.84) < 0.06)
    if bias { #expect(abs(values[2] - 1) < 0.1 && values[2] > values[1] + 0.05) }
  }

  private func allMatrices(_ surface: LossSurface<Double>) throws -> [SymmetricMatrix] {
    [
      try SymmetricMatrix(HessianOperator(surface)), try HessianOperator(surface).denseMatrix(),
      try SymmetricMatrix(GaussNewtonOperator(surface)), try GaussNewtonOperator(surface).denseMatrix(),
      try SymmetricMatrix(FiniteDifferenceOperator(surface)),
    ]
  }

  /// Gradient descent converges just below 2/λ_max and diverges just above: with a bias the bound is lower.
  @Test(arguments: [false, true])
  func learningRateBound(bias: Bool) throws {
    let top = try SymmetricMatrix(HessianOperator(Self.unit.surface(bias: bias))).spectrum().values.last!
    #expect(distance(bias: bias, rate: 0.98 * 2 / top, steps: 1_500) < 1e-12)
    #expect(distance(bias: bias, rate: 1.02 * 2 / top, steps: 1_500) > 1e3)
    let withoutBias = try SymmetricMatrix(HessianOperator(Self.unit.surface(bias: false))).spectrum().values.last!
    if bias { #expect(distance(bias: true, rate: 0.98 * 2 / withoutBias, steps: 1_500) > 1e3) }
  }

  /// ‖g‖ after so many steps of gradient descent.
  private func distance(bias: Bool, rate: Double, steps: Int) -> Double {
    let start = Self.unit.surface(bias: bias)
    let optimizer = GradientDescentState<Double>()
    let engine = Backpropagation<Double>(network: start.network, loss: .squaredError, dropout: .none(layers: 1))
    let slope = AlignedBuffer<Double>(count: start.dimension)
    var square = 0.0
    for _ in 0..<steps {
      _ = engine.gradient(at: start.parameters, of: start.samples, rows: nil, masks: nil, into: slope)
      square = optimizer.update(start.parameters, gradient: slope, learningRate: rate)
    }
    return square.squareRoot()
  }

  @Test(arguments: [false, true])
  func onlineFindsTheLinearUnitsEigenvalue(bias: Bool) throws {
    let surface = Self.unit.surface(bias: bias)
    let truth = try SymmetricMatrix(HessianOperator(surface)).spectrum().values.last!
    for seed in 0..<5 as Range<UInt64> {
      let found = try OnlineEstimate().estimate(of: SurfacePatterns(surface), seed: seed)
      #expect(abs(found.length / truth - 1) < 0.02)
      #expect(abs(found.pair.value / truth - 1) < 0.02)
      #expect(abs(found.length - truth) < max(found.statedError, 0.005))
    }
    // Patterns of several samples, the last of them ragged.
    let batches = try OnlineEstimate().estimate(of: SurfacePatterns(surface, size: 7), seed: 1)
    #expect(abs(batches.length / truth - 1) < 0.02)
  }

  /// At W = 0 every class is as likely: H = (XᵀX/N) ⊗ (I/C − 11ᵀ/C²), whose eigenvalues are those of XᵀX/N over C,
  /// C − 1 times each, and d zeros.
  @Test
  func softmaxRegressionAtZero() throws {
    let (features, classes, count) = (4, 3, 25)
    var numbers = TestNumbers(seed: 3)
    let x: [Double] = numbers.normals(count * features)
    let network = Network(sizes: [features, classes], activation: .identity, bias: false)
    let surface = LossSurface<Double>(
      network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 1),
      parameters: AlignedBuffer(count: network.parameterCount),
      samples: Samples(features: x, width: features, classes: numbers.classes(count, of: classes), of: classes))
    let moment = secondMoment((0..<count).map { Array(x[$0 * features..<($0 + 1) * features]) })
    let single = try moment.spectrum().values.map { $0 / Double(classes) }
    let expected = [Double](repeating: 0, count: features) + single.flatMap { [$0, $0] }
    let operation = HessianOperator(surface)
    let found = try SymmetricMatrix(operation).spectrum().values
    for (left, right) in zip(found, expected) { #expect(abs(left - right) < 1e-14) }
    let lanczos = try Lanczos(largest: 8, smallest: 4, tolerance: 1e-11).eigenpairs(of: operation, seed: 1)
    for (left, right) in zip(lanczos.largest, expected.reversed()) { #expect(abs(left.value - right) < 1e-10) }
    for (left, right) in zip(lanczos.smallest, expected) { #expect(abs(left.value - right) < 1e-10) }
    let probe = try CurvatureProbe(measuresLayers: false).measure(surface)
    #expect(probe.definiteness == .positiveSemidefinite(zeros: features))
  }

  /// Two linear layers, one sample: E = ½(uvx − y)² has a saddle at u = v = 0 with eigenvalues ±xy.
  @Test(arguments: [0, 1_000])
  func aSaddleIsCalledOne(denseLimit: Int) throws {
    let surface = LossSurface<Double>(
      network: Network(sizes: [1, 1, 1], activation: .identity, bias: false), loss: .squaredError,
      dropout: .none(layers: 2), parameters: AlignedBuffer([0, 0]),
      samples: Samples(features: [2], width: 1, values: [3], columns: 1))
    let result = try CurvatureProbe(denseLimit: denseLimit).measure(surface, learningRate: 0.1)
    #expect(result.definiteness == .saddle(negatives: 1))
    #expect(abs(result.lambdaMax! - 6) < 1e-12 && abs(result.lambdaMin! + 6) < 1e-12)
    #expect(abs(result.stability! - 0.3) < 1e-12)
    switch result.negatives {
    case .exact(let count): #expect(count == 1)
    case .between(let least, let most): #expect(least <= 1 && 1 <= most && denseLimit == 0)
    case .unknown: Issue.record("the number of negative eigenvalues is not known")
    }
    #expect(result.condition?.kind == .magnitude && abs(result.condition!.value - 1) < 1e-10)
    // The Gauss–Newton matrix cannot see it.
    let blind = try CurvatureProbe(matrix: .gaussNewton, denseLimit: denseLimit).measure(surface)
    #expect(blind.definiteness == .positiveSemidefinite(zeros: 2))
  }

  /// Every way to the principal eigenvalue against all eigenvalues of the matrix.
  @Test(arguments: [Activation.tanh, .gelu, .relu], Loss.all)
  func allMethodsAgree(activation: Activation, loss: Loss) throws {
    let surface = LossSurface<Double>(sizes: [4, 6, 5, 3], activation: activation, loss: loss, samples: 40)
    let operation = HessianOperator(surface)
    let values = try SymmetricMatrix(operation).spectrum().values
    let top = values.last!
    let dominant = abs(values[0]) > abs(top) ? values[0] : top
    let lanczos = try Lanczos(largest: 4, smallest: 4, tolerance: 1e-11).eigenpairs(of: operation, seed: 2)
    for (pair, value) in zip(lanczos.largest, values.reversed()) { #expect(abs(pair.value - value) < 1e-8) }
    for (pair, value) in zip(lanczos.smallest, values) { #expect(abs(pair.value - value) < 1e-8) }
    let power = try PowerIteration(tolerance: 1e-5, maximumProducts: 20_000).eigenpair(of: operation, seed: 2)
    #expect(power.pair.converged && abs(power.pair.value - dominant) <= power.pair.residual + 1e-12)
    let taylor = try TaylorIteration(
      step: 1e-5, iteration: PowerIteration(tolerance: 1e-3, maximumProducts: 20_000)
    ).eigenpair(of: surface, seed: 2)
    #expect(taylor.pair.converged && abs(taylor.pair.value - dominant) <= taylor.statedError)
    #expect(taylor.statedError < 0.01 * abs(dominant))
    let online = try OnlineEstimate().estimate(of: SurfacePatterns(surface), seed: 2)
    #expect(abs(online.pair.value - top) < online.statedError && online.statedError < 0.3 * top)
    let density = try SpectralDensity(probes: 30, steps: 60).measure(of: operation, seed: 2)
    let negatives = density.count(below: -1e-3)
    #expect(abs(negatives.mean - Double(values.count { $0 < -1e-3 })) < 4 * negatives.standardError + 0.5)
    let trace = try TraceEstimate(probes: 100).trace(of: operation, seed: 2)
    #expect(abs(trace.trace - values.reduce(0, +)) < 4 * trace.standardError)
  }

  /// The principal eigenvalue by way of samples is that of all of them, for fewer products.
  @Test(arguments: CurvatureForm.allCases)
  func principalEigenvalueStartedOnSamples(form: CurvatureForm) throws {
    let surface = LossSurface<Double>(
      sizes: [6, 8, 5, 3], activation: .tanh, loss: .softmaxCrossEntropy, samples: 2_000)
    let matrix =
      form == .hessian
      ? try HessianOperator(surface).denseMatrix() : try GaussNewtonOperator(surface).denseMatrix()
    let truth = try matrix.spectrum().values.last!
    let plan = PrincipalEigenvalue(tolerance: 1e-4, divisors: [8, 2])
    let found = try plan.eigenpair(of: surface, form: form, seed: 3, keepsVector: true)
    #expect(found.pair.converged && found.pair.residual <= 1e-4 * truth)
    #expect(abs(found.pair.value - truth) <= found.pair.residual)
    #expect(found.sampledProducts > 0)
    let plain = try PrincipalEigenvalue(tolerance: 1e-4, divisors: []).eigenpair(of: surface, form: form, seed: 3)
    #expect(plain.sampledProducts == 0 && found.products < plain.products)
    // From where the last probe ended there is nothing left to do.
    let again = try plan.eigenpair(of: surface, form: form, seed: 4, start: found.pair.vector)
    #expect(again.products == 1 && again.pair.converged)
  }
}
