import Curvature
import Kernels
import Learning
import TestSupport
import Testing

/// Dense Hessians of every activation and loss against JAX in float64.
@Suite("Hessians against JAX")
struct CurvatureFixtureTests {
  struct Case: Decodable, Sendable {
    var entries: [Entry]
  }

  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    var network: NetworkFixture
    var matrix: FixtureArray

    private enum Key: String, CodingKey { case matrix }

    init(from decoder: any Decoder) throws {
      network = try NetworkFixture(from: decoder)
      matrix = try decoder.container(keyedBy: Key.self).decode(FixtureArray.self, forKey: .matrix)
    }

    var testDescription: String { network.testDescription }
  }

  static let entries = try! Fixture.load("hessians", as: Case.self).entries

  @Test(arguments: entries)
  func agree(entry: Entry) throws {
    let expected = entry.matrix.values(Double.self)
    for budget in [0, 1 << 20] {
      for found in try matrices(entry.network.surface(Double.self), entry, budget) {
        #expect(relativeError(triangle(found), expected) < 1e-12)
        #expect(found.asymmetry < 1e-13)
      }
    }
    for found in try matrices(entry.network.surface(Float.self), entry, 0) {
      #expect(relativeError(triangle(found), expected) < 3e-6)
    }
  }

  /// By P products, and summed as a whole.
  private func matrices<S>(_ surface: LossSurface<S>, _ entry: Entry, _ budget: Int) throws -> [SymmetricMatrix] {
    func both(_ operation: some LinearizedOperator<S>) throws -> [SymmetricMatrix] {
      [try SymmetricMatrix(operation), try operation.denseMatrix()]
    }
    return entry.network.form == "hessian"
      ? try both(HessianOperator(surface, memoryBudget: budget))
      : try both(GaussNewtonOperator(surface, memoryBudget: budget))
  }

  /// No activation and no loss is without its Hessian and its Gauss–Newton matrix.
  @Test(arguments: Activation.all, Loss.all)
  func nothingIsLeftOut(activation: Activation, loss: Loss) {
    let entries = Self.entries.map(\.network).filter { $0.activation == activation && $0.loss == loss && $0.l2 > 0 }
    #expect(Set(entries.filter { $0.sizes.count > 3 }.map(\.form)) == ["hessian", "gauss_newton"])
  }

  private func triangle(_ matrix: SymmetricMatrix) -> [Double] {
    (0..<matrix.dimension).flatMap { row in (0...row).map { matrix[row, $0] } }
  }

  /// Central differences of the gradient are of the second order, forward ones of the first.
  @Test(arguments: entries.filter { $0.network.form == "hessian" && $0.network.activation != .relu })
  func differencesComeNear(entry: Entry) throws {
    let surface = entry.network.surface(Double.self)
    let exact = HessianOperator(surface)
    var numbers = TestNumbers(seed: 5)
    let direction: [Double] = numbers.normals(surface.dimension)
    let product = exact.product(with: direction)
    let central = FiniteDifferenceOperator(surface).product(with: direction)
    let forward = FiniteDifferenceOperator(surface, scheme: .forward).product(with: direction)
    #expect(relativeError(central, product) < 1e-9)
    #expect(relativeError(forward, product) < 1e-6)
  }
}
