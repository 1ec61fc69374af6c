import Curvature
import Kernels
import Learning
import TestSupport
import Testing

@Suite("Curvature probe")
struct CurvatureProbeTests {
  private let surface = LossSurface<Double>(
    sizes: [4, 6, 5, 3], activation: .tanh, loss: .softmaxCrossEntropy, samples: 60)

  /// What is found with and without the matrix in memory.
  @Test
  func largeNetworksAreMeasuredLikeSmallOnes() throws {
    var probe = CurvatureProbe(tolerance: 1e-10, density: SpectralDensity(probes: 40, steps: 80))
    let dense = try probe.measure(surface)
    probe.denseLimit = 0
    let sparse = try probe.measure(surface)
    #expect(dense.spectrum?.count == surface.dimension && sparse.spectrum == nil)
    for (left, right) in zip(dense.largest + dense.smallest, sparse.largest + sparse.smallest) {
      #expect(abs(left.value - right.value) < 1e-8)
      #expect(left.converged && right.converged && left.residual < 1e-12)
    }
    guard case .saddle(let exact) = dense.definiteness, case .saddle(let found) = sparse.definiteness else {
      Issue.record("\(String(describing: dense.definiteness)), \(String(describing: sparse.definiteness))")
      return
    }
    #expect(dense.negatives == .exact(exact))
    guard case .between(let least, let most) = sparse.negatives else {
      Issue.record("no bracket")
      return
    }
    #expect((least...most).contains(exact) && found == least && most < surface.dimension)
    #expect(dense.condition?.isLowerBound == false && sparse.condition?.isLowerBound == true)
    #expect(sparse.condition!.value <= dense.condition!.value * (1 + 1e-9))
    #expect(dense.asymmetry! < 1e-12)
    for (left, right) in zip(dense.layers, sparse.layers) {
      #expect(abs(left.largest.value - right.largest.value) < 1e-9)
    }
    #expect(dense.trace?.standardError == 0 && abs(dense.trace!.trace - dense.spectrum!.reduce(0, +)) < 1e-10)
  }

  @Test
  func layersAreTheirBlocksExtremes() throws {
    let result = try CurvatureProbe(tolerance: 1e-10).measure(surface)
    let operation = HessianOperator(surface)
    #expect(result.layers.map(\.layer) == [0, 1, 2])
    for (index, layer) in result.layers.enumerated() {
      let values = try SymmetricMatrix(operation.layer(index)).spectrum().values
      #expect(abs(layer.largest.value - values.last!) < 1e-8 && abs(layer.smallest.value - values[0]) < 1e-8)
      #expect(layer.largest.value <= result.lambdaMax! + 1e-10)
    }
  }

  @Test(arguments: CurvatureProbe.Matrix.allCases)
  func taylorModelsAreOfTheirOrders(matrix: CurvatureProbe.Matrix) throws {
    let result = try CurvatureProbe(matrix: matrix).measure(surface)
    #expect(result.matrix == matrix.rawValue)
    #expect(result.taylorModels.map(\.direction) == [.gradient, .random, .principal])
    for entry in result.taylorModels {
      #expect(abs(entry.model.firstObservedOrder! - 2) < 0.1)
      // The Gauss–Newton model leaves an error of second order.
      #expect(abs(entry.model.secondObservedOrder! - (matrix == .gaussNewton ? 2 : 3)) < 0.1)
    }
    #expect(abs(result.taylorModels[0].model.slope - result.gradientNorm) < 1e-12)
    #expect(abs(result.taylorModels[2].model.curvature - result.lambdaMax!) < 1e-7)
  }

  @Test
  func everythingThatIsAskedForIsThere() throws {
    let result = try CurvatureProbe(
      matrix: .gaussNewton, largest: 3, smallest: 2, denseLimit: 10, trace: TraceEstimate(), power: PowerIteration(),
      taylor: TaylorIteration(), online: OnlineEstimate(annealingSteps: 20, averagingSteps: 20), patternSize: 20,
      measuresDiagonal: true, keepsPrincipalVector: true
    ).measure(surface, learningRate: 0.5)
    #expect(result.largest.count == 3 && result.smallest.count == 2)
    #expect(result.largest[0].vector?.count == surface.dimension && result.largest[1].vector == nil)
    #expect(result.power != nil && result.taylor != nil && result.online != nil && result.trace != nil)
    #expect(result.diagonal?.count == surface.dimension && result.squaredDiagonal?.count == surface.dimension)
    #expect(abs(result.stability! - 0.25 * result.lambdaMax!) < 1e-15)
    #expect(result.products > 0 && result.seconds > 0)
    #expect(abs(result.loss - surface.value()) < 1e-15)
    let plain = try CurvatureProbe(density: nil, measuresLayers: false, taylorModel: nil).measure(surface)
    #expect(plain.layers.isEmpty && plain.taylorModels.isEmpty && plain.density == nil && plain.power == nil)
    #expect(plain.largest[0].vector == nil && plain.stability == nil && plain.diagonal == nil)
  }

  @Test
  func aRunInFloatIsMeasuredInFloat() throws {
    let float = LossSurface<Float>(
      sizes: [4, 6, 5, 3], activation: .tanh, loss: .softmaxCrossEntropy, samples: 60)
    for limit in [0, 1_000] {
      let found = try CurvatureProbe(denseLimit: limit).measure(float)
      let truth = try CurvatureProbe(denseLimit: limit).measure(surface)
      #expect(abs(found.lambdaMax! / truth.lambdaMax! - 1) < 1e-4)
      #expect(found.largest.allSatisfy { $0.converged })
      #expect(found.taylorModels.allSatisfy { abs($0.model.firstObservedOrder! - 2) < 0.3 })
      if limit > 0 { #expect(found.asymmetry! < 1e-5) }
    }
  }

  /// The step is one that gradients in the network's scalar allow.
  @Test
  func taylorsProductsStandOutOfTheRounding() throws {
    func estimate<S: Scalar>(_: S.Type) throws -> (found: TaylorIteration.Result, truth: Double) {
      let surface = LossSurface<S>(
        sizes: [40, 60, 10], activation: .tanh, loss: .softmaxCrossEntropy, samples: 300)
      let plan = PowerIteration(tolerance: 0.02, maximumProducts: 2_000)
      let truth = try PowerIteration(tolerance: 1e-4, maximumProducts: 5_000).eigenpair(
        of: HessianOperator(surface), seed: 1)
      let taylor = TaylorIteration(ulpOfOne: surface.ulpOfOne, iteration: plan)
      return (try taylor.eigenpair(of: surface, seed: 1), truth.pair.value)
    }
    for (found, truth) in [try estimate(Float.self), try estimate(Double.self)] {
      #expect(found.pair.converged && abs(found.pair.value - truth) < 0.03 * abs(truth), "\(found.pair), \(truth)")
      #expect(abs(found.pair.value - truth) <= found.statedError && found.statedError < 0.1 * abs(truth))
    }
  }

  @Test
  func infiniteWeightsAreAnError() {
    let surface = LossSurface<Double>(
      network: Network(sizes: [1, 1], activation: .identity), loss: .squaredError, dropout: .none(layers: 1),
      parameters: AlignedBuffer([.infinity, 0]), samples: Samples(features: [1], width: 1, values: [0], columns: 1))
    #expect(throws: CurvatureError.notFinite(what: "the loss or its gradient")) {
      try CurvatureProbe().measure(surface)
    }
  }

  @Test
  func fixedSampleIsAFunctionOfItsSeed() throws {
    let rows = try #require(CurvatureProbe.rows(10, of: 50, seed: 4))
    #expect(rows.count == 10 && Set(rows).count == 10 && rows == rows.sorted())
    #expect(CurvatureProbe.rows(10, of: 50, seed: 4) == rows && CurvatureProbe.rows(10, of: 50, seed: 5) != rows)
    #expect(CurvatureProbe.rows(50, of: 50, seed: 4) == nil)
  }
}
