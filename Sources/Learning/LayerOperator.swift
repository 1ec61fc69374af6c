import Curvature
import Kernels

/// A curvature matrix of a network, known by directional passes through the network linearised about its weights.
public protocol LinearizedOperator<Value>: SymmetricOperator {
  associatedtype Value: Scalar

  var surface: LossSurface<Value> { get }
  var passes: OperatorPasses<Value> { get }
}

/// The passes of an operator, which its forms share: one of them at a time.
public final class OperatorPasses<S: Scalar> {
  let linearization: Linearization<S>
  let directional: DirectionalPass<S>

  init(_ surface: LossSurface<S>, form: CurvatureForm, memoryBudget: Int) {
    linearization = Linearization(surface, form: form, memoryBudget: memoryBudget)
    directional = DirectionalPass(linearization)
  }
}

extension LinearizedOperator {
  public var dimension: Int { surface.dimension }

  public func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    passes.directional.apply(v, into: result, layers: 0..<surface.network.layers.count)
  }

  /// The diagonal block of one layer, on that layer's kernel and bias.
  public func layer(_ index: Int) -> LayerOperator<Value> {
    LayerOperator(passes.directional, layers: index..<index + 1)
  }

  var linearization: Linearization<Value> { passes.linearization }
}

/// The diagonal block of a curvature matrix that belongs to consecutive layers.
///
/// Only what those layers' directions reach is computed. It shares the memory of the operator it came from: one product
/// at a time.
public final class LayerOperator<S: Scalar>: SymmetricOperator {
  private let pass: DirectionalPass<S>
  private let layers: Range<Int>
  public let dimension: Int

  init(_ pass: DirectionalPass<S>, layers: Range<Int>) {
    precondition(!layers.isEmpty)
    self.pass = pass
    self.layers = layers
    dimension = pass.network.layers[layers].reduce(0) { $0 + $1.parameterCount }
  }

  public func apply(_ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    pass.apply(v, into: result, layers: layers)
  }
}

extension DirectionalPass {
  var network: Network { linearization.surface.network }

  /// The block's product with `v`, both of the layers' own parameters alone.
  func apply(_ v: UnsafePointer<Double>, into product: UnsafeMutablePointer<Double>, layers active: Range<Int>) {
    let shapes = network.layers[active]
    let offset = shapes[active.lowerBound].kernelOffset
    let count = shapes.reduce(0) { $0 + $1.parameterCount }
    withNumericEnvironment {
      convert(v, to: direction.pointer + offset, count: count)
      run(layers: active)
      convert(result.pointer + offset, toDouble: product, count: count)
    }
  }
}
