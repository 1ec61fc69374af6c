import Curvature
import Kernels
import Learning
import Testing

/// Eigenvalues of larger networks, of up to 2,000 parameters, against those of `jax.hessian`, by every way to them.
@Suite("Spectra against JAX")
struct SpectrumFixtureTests {
  struct Case: Decodable, Sendable {
    var entries: [Entry]
  }

  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    var network: NetworkFixture
    var eigenvalues: FixtureArray

    private enum Key: String, CodingKey { case eigenvalues }

    init(from decoder: any Decoder) throws {
      network = try NetworkFixture(from: decoder)
      eigenvalues = try decoder.container(keyedBy: Key.self).decode(FixtureArray.self, forKey: .eigenvalues)
    }

    var testDescription: String { network.testDescription }
  }

  static let entries = try! Fixture.load("spectra", as: Case.self).entries

  @Test(arguments: entries)
  func everyMethodAgrees(entry: Entry) throws {
    let surface = entry.network.surface(Double.self)
    let values: [Double] = entry.eigenvalues.values()
    let (bottom, top) = (values[0], values[values.count - 1])
    let dominant = -bottom > top ? bottom : top
    let operation = HessianOperator(surface)
    let dense = try operation.denseMatrix()
    #expect(relativeError(try dense.spectrum().values, values) < 1e-9)
    #expect(dense.asymmetry < 1e-12)
    let lanczos = try Lanczos(largest: 4, smallest: 4, tolerance: 1e-9).eigenpairs(of: operation, seed: 2)
    for (pair, value) in zip(lanczos.largest, values.reversed()) { #expect(abs(pair.value - value) < 1e-8) }
    for (pair, value) in zip(lanczos.smallest, values) { #expect(abs(pair.value - value) < 1e-8) }
    let power = try PowerIteration(tolerance: 1e-4, maximumProducts: 5_000).eigenpair(of: operation, seed: 2)
    #expect(power.pair.converged && abs(power.pair.value - dominant) <= power.pair.residual)
    let taylor = try TaylorIteration(
      step: 1e-5, iteration: PowerIteration(tolerance: 1e-3, maximumProducts: 5_000)
    ).eigenpair(of: surface, seed: 2)
    #expect(taylor.pair.converged && abs(taylor.pair.value - dominant) <= taylor.statedError)
    let online = try OnlineEstimate().estimate(of: SurfacePatterns(surface), seed: 2)
    #expect(abs(online.pair.value - top) <= online.statedError && online.statedError < 0.3 * top)
  }
}
