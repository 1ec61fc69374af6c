import Curvature
import Kernels
import Learning
import TestSupport
import Testing

/// Convolution, pooling and their curvature against JAX in float64.
@Suite("Convolutional networks against JAX")
struct ImageFixtureTests {
  struct Case: Decodable, Sendable {
    var entries: [Entry]
  }

  struct LayerEntry: Decodable, Sendable {
    var kind: String
    var units: Int
    var size: [Int]
    var stride: Int
    var padding: String
    var activation: Activation

    var definition: LayerDefinition {
      let window = Window(
        height: size[0], width: size[1], stride: stride, padding: Window.Padding(rawValue: padding)!)
      return switch kind {
      case "dense": .dense(units: units, activation)
      case "convolution": .convolution(channels: units, window, activation)
      default: .pooling(Pooling.Kind(rawValue: kind)!, window)
      }
    }
  }

  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    var image: [Int]
    var layers: [LayerEntry]
    var outputs: Int
    var loss: Loss
    var l2: Double
    var features: FixtureArray
    var targets: FixtureArray
    var weights: FixtureArray
    var value: Double
    var gradient: FixtureArray
    var hessian: FixtureArray
    var gaussNewton: FixtureArray

    var testDescription: String { layers.map { "\($0.kind) \($0.activation)" }.joined(separator: ", ") }

    func network() throws -> Network {
      try Network(
        image: ImageShape(height: image[0], width: image[1], channels: image[2]), layers: layers.map(\.definition),
        outputs: outputs)
    }

    func samples<S: Scalar>(_ width: Int) -> Samples<S> {
      targets.dtype == "int32"
        ? Samples(features: features.values(), width: width, classes: targets.integers, of: outputs)
        : Samples(features: features.values(), width: width, values: targets.values(), columns: outputs)
    }

    func surface<S: Scalar>(_: S.Type) throws -> LossSurface<S> {
      let network = try network()
      return LossSurface(
        network: network, loss: loss, dropout: .none(layers: network.layers.count), l2: l2,
        parameters: AlignedBuffer(weights.values(S.self)), samples: samples(network.inputs))
    }
  }

  static let entries = try! Fixture.load("images", as: Case.self).entries

  @Test(arguments: entries)
  func lossesAndGradientsAgree(entry: Entry) throws {
    try checkGradient(entry, Double.self, 1e-13)
    try checkGradient(entry, Float.self, 2e-6)
  }

  private func checkGradient<S: Scalar>(_ entry: Entry, _: S.Type, _ tolerance: Double) throws {
    let network = try entry.network()
    let engine = Backpropagation<S>(
      network: network, loss: entry.loss, dropout: .none(layers: network.layers.count), l2: entry.l2)
    let found = engine.gradient(at: AlignedBuffer(entry.weights.values()), of: entry.samples(network.inputs))
    #expect((found.loss - entry.value).magnitude < tolerance * entry.value)
    #expect(relativeError(found.gradient.map(Double.init), entry.gradient.values(Double.self)) < tolerance)
  }

  @Test(arguments: entries, [0, 1 << 20])
  func curvatureAgrees(entry: Entry, memoryBudget: Int) throws {
    let surface = try entry.surface(Double.self)
    let hessian = try SymmetricMatrix(HessianOperator(surface, memoryBudget: memoryBudget))
    #expect(relativeError(triangle(hessian), entry.hessian.values(Double.self)) < 1e-12)
    #expect(hessian.asymmetry < 1e-13)
    let gaussNewton = GaussNewtonOperator(surface, memoryBudget: memoryBudget)
    #expect(
      relativeError(triangle(try SymmetricMatrix(gaussNewton)), entry.gaussNewton.values(Double.self)) < 1e-12)
    #expect(triangle(try gaussNewton.denseMatrix()) == triangle(try SymmetricMatrix(gaussNewton)))
  }

  @Test(arguments: entries)
  func layersAreDiagonalBlocks(entry: Entry) throws {
    let surface = try entry.surface(Double.self)
    let hessian = HessianOperator(surface)
    let whole = try SymmetricMatrix(hessian)
    for (index, layer) in surface.network.layers.enumerated() {
      let block = try SymmetricMatrix(hessian.layer(index))
      let range = 0..<layer.parameterCount
      let expected = range.flatMap { row in
        range.map { whole[layer.kernelOffset + row, layer.kernelOffset + $0] }
      }
      #expect(relativeError(range.flatMap { row in range.map { block[row, $0] } }, expected) < 1e-12)
    }
  }

  @Test(arguments: entries)
  func diagonalsAgree(entry: Entry) throws {
    let surface = try entry.surface(Double.self)
    let triangle = entry.hessian.values(Double.self)
    let expected = (0..<surface.dimension).map { triangle[$0 * ($0 + 3) / 2] }
    #expect(relativeError(HessianOperator(surface).diagonal(), expected) < 1e-12)
  }

  private func triangle(_ matrix: SymmetricMatrix) -> [Double] {
    (0..<matrix.dimension).flatMap { row in (0...row).map { matrix[row, $0] } }
  }
}
