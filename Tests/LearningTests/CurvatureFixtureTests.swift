import Curvature
import Kernels
import Learning
import Testing

/// Dense Hessians of every activation and loss against JAX in float64.
@Suite("Hessians against JAX")
struct CurvatureFixtureTests {
  struct Case: Decodable, Sendable {
    var entries: [Entry]
  }

  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    var sizes: [Int]
    var activation: Activation
    var loss: Loss
    var bias: Bool
    var form: String
    var l2: Double
    var features: FixtureArray
    var targets: FixtureArray
    var weights: FixtureArray
    var matrix: FixtureArray

    var testDescription: String { "\(form), \(sizes), \(activation), \(loss)" }

    func surface<S: Scalar>(_: S.Type) -> LossSurface<S> {
      let network = Network(sizes: sizes, activation: activation, bias: bias)
      let samples: Samples<S> =
        targets.dtype == "int32"
        ? Samples(
          features: features.values(), width: network.inputs, classes: targets.integers, of: network.outputs)
        : Samples(
          features: features.values(), width: network.inputs, values: targets.values(), columns: network.outputs)
      return LossSurface(
        network: network, loss: loss, dropout: .none(layers: network.layers.count), l2: l2,
        parameters: AlignedBuffer(weights.values(S.self)), samples: samples)
    }
  }

  static let entries = try! Fixture.load("hessians", as: Case.self).entries

  @Test(arguments: entries)
  func agree(entry: Entry) throws {
    let expected = entry.matrix.values(Double.self)
    for budget in [0, 1 << 20] {
      let found = try matrix(entry.surface(Double.self), entry, budget)
      #expect(relativeError(triangle(found), expected) < 1e-12)
      #expect(found.asymmetry < 1e-13)
    }
    #expect(relativeError(triangle(try matrix(entry.surface(Float.self), entry, 0)), expected) < 3e-6)
  }

  private func matrix<S>(_ surface: LossSurface<S>, _ entry: Entry, _ budget: Int) throws -> SymmetricMatrix {
    entry.form == "hessian"
      ? try SymmetricMatrix(HessianOperator(surface, memoryBudget: budget))
      : try SymmetricMatrix(GaussNewtonOperator(surface, memoryBudget: budget))
  }

  private func triangle(_ matrix: SymmetricMatrix) -> [Double] {
    (0..<matrix.dimension).flatMap { row in (0...row).map { matrix[row, $0] } }
  }

  /// Central differences of the gradient are of the second order, forward ones of the first.
  @Test(arguments: entries.filter { $0.form == "hessian" && $0.activation != .relu })
  func differencesComeNear(entry: Entry) throws {
    let surface = entry.surface(Double.self)
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
