import Kernels
import Testing

@testable import Curvature

@Suite("Power, Taylor and on-line")
struct IterationTests {
  @Test(arguments: [1.0, -1])
  func powerFindsTheLargestMagnitudeWithItsSign(sign: Double) throws {
    let chosen = ChosenSpectrum([-2, 0.5, 1, 3, 4].map { sign * $0 } + [sign * -9])
    let found = try PowerIteration(tolerance: 1e-6).eigenpair(of: chosen.matrix, seed: 4, keepsVector: true)
    #expect(found.pair.converged && found.pair.residual <= 1e-6 * 9)
    #expect(abs(found.pair.value + sign * 9) <= found.pair.residual + 1e-13)
    let vector = try #require(found.pair.vector)
    #expect(abs(residual(chosen.matrix, found.pair.value, vector) - found.pair.residual) < 1e-12)
  }

  @Test
  func aTieOfMagnitudesDoesNotConvergeAndSaysSo() throws {
    let found = try PowerIteration(maximumProducts: 200).eigenpair(of: ChosenSpectrum([5, 1, -5]).matrix, seed: 1)
    #expect(!found.pair.converged && found.products == 200)
  }

  @Test
  func aZeroMatrixConverges() throws {
    let found = try PowerIteration().eigenpair(of: SymmetricMatrix(dimension: 3) { _ in }, seed: 1)
    #expect(found.pair.value == 0 && found.pair.converged && found.products == 1)
  }

  /// Products by differences are off by the third derivative: the stated error covers it.
  @Test(arguments: [1e-2, 1e-4])
  func taylorIsWithinItsStatedError(step: Double) throws {
    let chosen = ChosenSpectrum([-1, 0.2, 2, 3, 6])
    let field = PolynomialField(matrix: chosen.matrix, cubic: 0.3, point: [0.4, -1, 0.3, 0.8, 0.1])
    let truth = try field.hessian.spectrum().values.last!
    let found = try TaylorIteration(step: step).eigenpair(of: field, seed: 2)
    #expect(found.pair.converged)
    #expect(abs(found.pair.value - truth) <= found.statedError)
    #expect(found.statedError < 0.3 * step + 2e-3)
    #expect(found.statedError > 0)
  }

  private static let patterns: [[Double]] = {
    var stream = RandomStream(RandomKey(seed: 9, purpose: .generation))
    return (0..<100).map { _ in [1.5 * stream.nextNormal(), stream.nextNormal(), 0.3 * stream.nextNormal()] }
  }()

  @Test
  func onlineIsWithinItsStatedError() throws {
    let patterns = LinearPatterns(rows: Self.patterns)
    let truth = try patterns.hessian.spectrum().values.last!
    let found = try OnlineEstimate().estimate(of: patterns, seed: 3)
    #expect(abs(found.pair.value - truth) <= found.statedError)
    #expect(abs(found.length - truth) <= found.statedError)
    #expect(found.statedError < 0.05 * truth)
    #expect(abs(length(found.pair.vector!) - 1) < 1e-12)
    #expect(abs(residual(patterns.hessian, found.pair.value, found.pair.vector!) - found.pair.residual) < 0.02 * truth)
    #expect(found.trace.count == 20 && found.gradients == 2 * (8_000 + 2 * 100))
  }

  /// The length alone cannot tell: ψᵀHψ has the sign.
  @Test
  func onlineSaysWhereNothingIsPositive() throws {
    let found = try OnlineEstimate().estimate(of: LinearPatterns(rows: Self.patterns, sign: -1), seed: 3)
    #expect(found.length >= 0 && found.pair.value < 0)
    #expect(found.statedError >= abs(found.length - found.pair.value))
  }

  @Test
  func taylorModelsHaveTheirOrders() throws {
    let chosen = ChosenSpectrum([-1, 0.2, 2, 3, 6])
    let field = PolynomialField(matrix: chosen.matrix, cubic: 0.7, point: [0.4, -1, 0.3, 0.8, 0.1])
    let direction = [1.0, -2, 0, 0.5, 1]
    let found = try TaylorModel().errors(of: field, curvature: field.hessian, along: direction)
    #expect(abs(found.firstObservedOrder! - 2) < 0.02)
    #expect(abs(found.secondObservedOrder! - 3) < 0.02)
    // The second-order error is the cubic term, c·h³·Σd³/6, exactly.
    let size = length(direction)
    let cubes = direction.reduce(0) { $0 + $1 * $1 * $1 / (size * size * size) }
    #expect(abs(found.secondOrderErrors[0] - 0.7 * abs(cubes) / 6) < 1e-13)
    // A quadratic loss has no second-order error, so no order either.
    let quadratic = PolynomialField(matrix: chosen.matrix, cubic: 0, point: field.point)
    let exact = try TaylorModel().errors(of: quadratic, curvature: chosen.matrix, along: direction)
    #expect(exact.secondObservedOrder == nil && abs(exact.firstObservedOrder! - 2) < 1e-6)
  }
}
