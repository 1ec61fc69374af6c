import Curvature
import Kernels
import Learning
import RealModule
import TestSupport
import Testing

/// What products must not depend on, and what they must.
@Suite("Curvature operators")
struct CurvatureOperatorTests {
  /// Ragged and many blocks, kept or not, in any of its forms: the mean over the samples.
  @Test(arguments: [1, 511, 512, 513, 1_100])
  func blocksMakeOneMean(count: Int) throws {
    let whole = LossSurface<Double>(
      sizes: [3, 4, 2], activation: .tanh, loss: .softmaxCrossEntropy, samples: count, l2: 0)
    let expected = try SymmetricMatrix(HessianOperator(whole))
    // The same from single samples, one at a time.
    var sum = [Double](repeating: 0, count: whole.dimension * whole.dimension)
    let sampled = stride(from: 0, to: count, by: max(1, count / 20)).map { Int32($0) }
    for row in sampled {
      let one = try SymmetricMatrix(HessianOperator(part(of: whole, rows: [row])))
      for (index, element) in one.elements.enumerated() { sum[index] += element / Double(sampled.count) }
    }
    #expect(relativeError(try SymmetricMatrix(HessianOperator(part(of: whole, rows: sampled))).elements, sum) < 1e-12)
    for budget in [0, 40_000] {
      let found = try SymmetricMatrix(HessianOperator(whole, memoryBudget: budget))
      #expect(found.elements == expected.elements)
      #expect(
        relativeError(try HessianOperator(whole, memoryBudget: budget).denseMatrix().elements, expected.elements)
          < 1e-12)
    }
    // In another order, blocks hold other samples.
    let reversed = part(of: whole, rows: (0..<Int32(count)).reversed())
    #expect(relativeError(try SymmetricMatrix(HessianOperator(reversed)).elements, expected.elements) < 1e-12)
    #expect(expected.asymmetry < 1e-12)
  }

  private func part<S>(of surface: LossSurface<S>, rows: [Int32]) -> LossSurface<S> {
    LossSurface(
      network: surface.network, loss: surface.loss, dropout: surface.dropout, l2: surface.l2,
      parameters: surface.parameters, samples: surface.samples, rows: rows, masks: surface.masks)
  }

  enum Dropping: CaseIterable { case inverted, weightScaling, weightScalingAtTest, invertedAtTest }

  /// With the masks of one step frozen, and with dropout off: what differences of the gradient give.
  @Test(arguments: Activation.all, Dropping.allCases)
  func dropout(activation: Activation, dropping: Dropping) throws {
    for loss in Loss.all {
      let isMasked = dropping == .inverted || dropping == .weightScaling
      let surface = LossSurface<Double>(
        sizes: [4, 6, 5, 3], activation: activation, loss: loss, samples: 9, keep: [0.8, 0.6, 0.7],
        form: dropping == .inverted || dropping == .invertedAtTest ? .inverted : .weightScaling,
        masks: isMasked ? (seed: 3, step: 5) : nil)
      let operation = HessianOperator(surface)
      let exact = try SymmetricMatrix(operation)
      let differences = try SymmetricMatrix(FiniteDifferenceOperator(surface, step: 1e-6))
      #expect(relativeError(differences.elements, exact.elements) < 1e-8, "\(loss)")
      #expect(relativeError(try operation.denseMatrix().elements, exact.elements) < 1e-12, "\(loss)")
      #expect(relativeError(operation.diagonal(), exact.diagonal) < 1e-12, "\(loss)")
      #expect(exact.asymmetry < 1e-12)
      let newton = GaussNewtonOperator(surface)
      let newtonMatrix = try SymmetricMatrix(newton)
      #expect(relativeError(try newton.denseMatrix().elements, newtonMatrix.elements) < 1e-12, "\(loss)")
      #expect(relativeError(newton.diagonal(), newtonMatrix.diagonal) < 1e-12, "\(loss)")
      #expect(try newtonMatrix.spectrum().values[0] > -1e-12)
    }
  }

  /// A frozen mask is the same in every product and in every block, and another step's is another.
  @Test
  func masksStayFrozen() throws {
    func surface(step: Int?) -> LossSurface<Double> {
      LossSurface(
        sizes: [3, 5, 2], activation: .softplus, loss: .squaredError, samples: 1_200, keep: [0.9, 0.5],
        masks: step.map { (seed: 8, step: $0) })
    }
    var numbers = TestNumbers(seed: 2)
    let operation = HessianOperator(surface(step: 7), memoryBudget: 0)
    let v: [Double] = numbers.normals(operation.dimension)
    let first = operation.product(with: v)
    _ = operation.product(with: numbers.normals(operation.dimension))
    #expect(operation.product(with: v) == first)
    #expect(HessianOperator(surface(step: 7)).product(with: v) == first)
    let differences = FiniteDifferenceOperator(surface(step: 7)).product(with: v)
    #expect(relativeError(differences, first) < 1e-8)
    #expect(relativeError(HessianOperator(surface(step: 8)).product(with: v), first) > 1e-3)
    #expect(relativeError(HessianOperator(surface(step: nil)).product(with: v), first) > 1e-3)
  }

  /// Without masks dropout is off: its rates do not matter in the inverted form.
  @Test
  func dropoutIsOffWhileProbing() throws {
    let dropping = LossSurface<Double>(
      sizes: [3, 5, 2], activation: .tanh, loss: .squaredError, samples: 20, keep: [0.9, 0.5])
    let plain = LossSurface<Double>(sizes: [3, 5, 2], activation: .tanh, loss: .squaredError, samples: 20)
    let probe = CurvatureProbe()
    var first = try probe.measure(dropping)
    var second = try probe.measure(plain)
    first.seconds = 0
    second.seconds = 0
    #expect(first == second)
  }

  @Test(arguments: Activation.all)
  func layersAreDiagonalBlocks(activation: Activation) throws {
    let surface = LossSurface<Double>(
      sizes: [3, 4, 3, 2], activation: activation, loss: .softmaxCrossEntropy, samples: 30)
    let hessian = HessianOperator(surface)
    let newton = GaussNewtonOperator(surface)
    let matrices = (try SymmetricMatrix(hessian), try SymmetricMatrix(newton))
    for (index, layer) in surface.network.layers.enumerated() {
      for (block, whole) in [
        (try SymmetricMatrix(hessian.layer(index)), matrices.0), (try SymmetricMatrix(newton.layer(index)), matrices.1),
      ] {
        #expect(block.dimension == layer.parameterCount)
        var expected: [Double] = []
        for row in 0..<block.dimension {
          for column in 0..<block.dimension {
            expected.append(whole[layer.kernelOffset + row, layer.kernelOffset + column])
          }
        }
        #expect(relativeError(block.elements, expected) < 1e-13)
      }
    }
    // A layer's product leaves nothing behind in the whole operator's.
    let again = try SymmetricMatrix(hessian)
    #expect(again.elements == matrices.0.elements)
  }

  /// LeCun's diagonal is exact where nothing is left out: one layer.
  @Test(arguments: Loss.all)
  func squaredDiagonalOfOneLayer(loss: Loss) throws {
    let surface = LossSurface<Double>(sizes: [4, 3], activation: .identity, loss: loss, samples: 600)
    #expect(relativeError(GaussNewtonOperator(surface).squaredDiagonal(), HessianOperator(surface).diagonal()) < 1e-12)
  }

  /// In deeper networks: its recursion written out for one sample, with unit outputs in the middle.
  @Test
  func squaredDiagonalOfTwoLayers() {
    let surface = LossSurface<Double>(
      sizes: [2, 3, 2], activation: .tanh, loss: .squaredError, samples: 1, l2: 0)
    let w = surface.parameters.array
    let x = surface.samples.features.array
    let found = GaussNewtonOperator(surface).squaredDiagonal()
    let a = (0..<3).map { unit in surfaceTanh(x[0] * w[unit] + x[1] * w[3 + unit] + w[6 + unit]) }
    for unit in 0..<3 {
      let below = (0..<2).reduce(0.0) { $0 + w[9 + 2 * unit + $1] * w[9 + 2 * unit + $1] }
      let curvature = (1 - a[unit] * a[unit]) * (1 - a[unit] * a[unit]) * below
      #expect(abs(found[unit] - curvature * x[0] * x[0]) < 1e-13)
      #expect(abs(found[3 + unit] - curvature * x[1] * x[1]) < 1e-13)
      #expect(abs(found[6 + unit] - curvature) < 1e-13)
      for output in 0..<2 { #expect(abs(found[9 + 2 * unit + output] - a[unit] * a[unit]) < 1e-13) }
    }
    #expect(abs(found[15] - 1) < 1e-13 && abs(found[16] - 1) < 1e-13)
  }

  private func surfaceTanh(_ z: Double) -> Double { .tanh(z) }

  /// Single precision gives the same products to its own rounding.
  @Test(arguments: Activation.all, Loss.all)
  func floatFollowsDouble(activation: Activation, loss: Loss) {
    let float = LossSurface<Float>(sizes: [7, 20, 11, 4], activation: activation, loss: loss, samples: 700)
    let double = LossSurface<Double>(sizes: [7, 20, 11, 4], activation: activation, loss: loss, samples: 700)
    var numbers = TestNumbers(seed: 6)
    let v: [Double] = numbers.normals(double.dimension)
    #expect(relativeError(HessianOperator(float).product(with: v), HessianOperator(double).product(with: v)) < 2e-5)
    #expect(
      relativeError(GaussNewtonOperator(float).product(with: v), GaussNewtonOperator(double).product(with: v)) < 2e-5)
    #expect(relativeError(HessianOperator(float).diagonal(), HessianOperator(double).diagonal()) < 2e-5)
  }

  /// Training may go on: the surface has its own copy of the weights.
  @Test
  func weightsAreCopied() {
    let network = Network(sizes: [2, 2], activation: .identity)
    let parameters = AlignedBuffer<Double>([1, 2, 3, 4, 5, 6])
    let surface = LossSurface(
      network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 1), parameters: parameters,
      samples: Samples(features: [1, -1], width: 2, classes: [1], of: 2))
    let before = surface.value()
    let product = HessianOperator(surface).product(with: [1, 0, 0, 0, 0, 0])
    parameters[0] = 50
    #expect(surface.value() == before)
    #expect(HessianOperator(surface).product(with: [1, 0, 0, 0, 0, 0]) == product)
  }

  /// The loss of a surface is the engine's, and its gradient too.
  @Test
  func valueIsTheEnginesLoss() {
    let rows: [Int32] = [5, 1, 1, 8]
    let surface = LossSurface<Double>(
      sizes: [3, 4, 2], activation: .gelu, loss: .squaredError, samples: 9, keep: [0.7, 0.6], rows: rows,
      masks: (seed: 1, step: 2))
    let engine =
      Backpropagation(
        network: surface.network, loss: surface.loss, dropout: surface.dropout, l2: surface.l2)
      as Backpropagation<Double>
    let found = engine.gradient(
      at: surface.parameters, of: surface.samples, rows: rows, masks: (seed: 1, step: 2))
    #expect(abs(surface.value() - found.loss) < 1e-14)
    #expect(surface.gradient == found.gradient)
  }
}
