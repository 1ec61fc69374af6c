import Curvature
import Kernels
import Learning
import TestSupport
import Testing

/// Squared error of a linear network: H = (1/N)XᵀX ⊗ I, one copy an output, wherever the weights are.
///
/// The loss is ½‖·‖², so this is half of (2/N)XᵀX.
@Suite("Curvature of linear regression")
struct LinearReferenceTests {
  private static let (features, outputs) = (4, 3)

  private struct Regression {
    var surface: LossSurface<Double>
    /// (1/N)XᵀX of the inputs, with a one for the bias.
    var moment: SymmetricMatrix
    var l2: Double

    /// In the order of the parameters: the kernel input by input, then the biases.
    var hessian: SymmetricMatrix {
      let outputs = LinearReferenceTests.outputs
      return SymmetricMatrix(dimension: moment.dimension * outputs) { matrix in
        for row in 0..<moment.dimension * outputs {
          for column in 0..<moment.dimension * outputs where row % outputs == column % outputs {
            let isPenalized = row == column && row < LinearReferenceTests.features * outputs
            matrix[row * moment.dimension * outputs + column] =
              moment[row / outputs, column / outputs] + (isPenalized ? l2 : 0)
          }
        }
      }
    }
  }

  private static func regression(samples count: Int, bias: Bool, l2: Double = 0) -> Regression {
    var numbers = TestNumbers(seed: 14)
    // Features of unequal size, so that no eigenvalues are equal by chance.
    let x = (numbers.normals(count * features) as [Double]).enumerated().map { $1 * [2, 1, 0.5, 0.1][$0 % features] }
    let network = Network(sizes: [features, outputs], activation: .identity, bias: bias)
    let surface = LossSurface<Double>(
      network: network, loss: .squaredError, dropout: .none(layers: 1), l2: l2,
      parameters: AlignedBuffer(numbers.normals(network.parameterCount)),
      samples: Samples(features: x, width: features, values: numbers.normals(count * outputs), columns: outputs))
    let rows = (0..<count).map { Array(x[$0 * features..<($0 + 1) * features]) + (bias ? [1] : []) }
    return Regression(surface: surface, moment: secondMoment(rows), l2: l2)
  }

  /// Every form of the matrix, ragged blocks and the penalty included.
  @Test(arguments: [1, 37, 513], [false, true])
  func everyFormIsTheSecondMoment(samples: Int, bias: Bool) throws {
    for l2 in [0, 0.3] {
      let regression = Self.regression(samples: samples, bias: bias, l2: l2)
      let (surface, expected) = (regression.surface, regression.hessian)
      let (hessian, newton) = (HessianOperator(surface), GaussNewtonOperator(surface))
      for matrix in [
        try SymmetricMatrix(hessian), try hessian.denseMatrix(), try SymmetricMatrix(newton), try newton.denseMatrix(),
        try SymmetricMatrix(hessian.layer(0)),
      ] {
        #expect(relativeError(matrix.elements, expected.elements) < 1e-13)
        #expect(matrix.asymmetry < 1e-13)
      }
      #expect(relativeError(try SymmetricMatrix(FiniteDifferenceOperator(surface)).elements, expected.elements) < 1e-8)
      for diagonal in [hessian.diagonal(), newton.diagonal(), newton.squaredDiagonal()] {
        #expect(relativeError(diagonal, expected.diagonal) < 1e-13)
      }
    }
  }

  /// Every way to the eigenvalues: those of (1/N)XᵀX, once for each output.
  @Test(arguments: [false, true])
  func everyMethodFindsTheSecondMomentsEigenvalues(bias: Bool) throws {
    let regression = Self.regression(samples: 100, bias: bias)
    let surface = regression.surface
    let operation = HessianOperator(surface)
    let single = try regression.moment.spectrum().values
    let expected = single.flatMap { [Double](repeating: $0, count: Self.outputs) }
    let top = single.last!
    let dense = try CurvatureProbe().measure(surface)
    #expect(relativeError(dense.spectrum ?? [], expected) < 1e-13)
    #expect(dense.definiteness == .positiveDefinite && dense.condition?.kind == .spectral)
    #expect(abs(dense.condition!.value / (top / single[0]) - 1) < 1e-10)
    let lanczos = try Lanczos(largest: 4, smallest: 4, tolerance: 1e-11).eigenpairs(of: operation, seed: 1)
    for (pair, value) in zip(lanczos.largest, expected.reversed()) { #expect(abs(pair.value - value) < 1e-9) }
    for (pair, value) in zip(lanczos.smallest, expected) { #expect(abs(pair.value - value) < 1e-9) }
    let power = try PowerIteration(tolerance: 1e-6).eigenpair(of: operation, seed: 1)
    #expect(power.pair.converged && abs(power.pair.value - top) <= power.pair.residual)
    let taylor = try TaylorIteration(iteration: PowerIteration(tolerance: 1e-6)).eigenpair(of: surface, seed: 1)
    #expect(taylor.pair.converged && abs(taylor.pair.value - top) <= taylor.statedError)
    let online = try OnlineEstimate().estimate(of: SurfacePatterns(surface), seed: 1)
    #expect(abs(online.pair.value - top) <= online.statedError && online.statedError < 0.1 * top)
    let trace = try TraceEstimate(probes: 50).trace(of: operation, seed: 1)
    #expect(abs(trace.trace - expected.reduce(0, +)) < 4 * trace.standardError)
    // As many nodes as there are distinct eigenvalues: the density is those alone.
    let density = try SpectralDensity(probes: 4, steps: 30).measure(of: operation, seed: 1)
    for nodes in density.nodes { #expect(relativeError(nodes, single) < 1e-9) }
  }
}
