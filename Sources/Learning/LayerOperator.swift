import Curvature
import Kernels

/// An operator on the parameters of a network that knows its layers' diagonal blocks.
public protocol LayeredOperator: SymmetricOperator {
  associatedtype Block: SymmetricOperator

  /// The diagonal block of one layer, on that layer's kernel and bias.
  func layer(_ index: Int) -> Block
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
