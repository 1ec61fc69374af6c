import Kernels
import Settings

/// The distribution of a layer's initial kernel.
///
/// Numbers are drawn in Double, so that Float and Double networks start from the same ones.
public protocol KernelInitializer: InitializerPart, Hashable {
  /// Draws a layer's kernel, which is zeros before.
  ///
  /// - Parameters:
  ///   - kernel: `inputs` × `outputs`, row-major.
  ///   - stream: The layer's own.
  func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream)
}

/// Where the kernels of a network start.
public struct Initialization: Sendable {
  public let part: any KernelInitializer

  public init(_ part: any KernelInitializer) { self.part = part }
}

extension Initialization: Hashable, CustomStringConvertible {
  public static func == (left: Initialization, right: Initialization) -> Bool {
    AnyHashable(left.part) == AnyHashable(right.part)
  }

  public func hash(into hasher: inout Hasher) { part.hash(into: &hasher) }

  public var description: String { type(of: part).name }
}

extension Network {
  /// Initial parameters, a function of the seed: each layer reads a stream of its own.
  ///
  /// - Parameters:
  ///   - bias: Where all biases start.
  ///   - buffers: Where their memory is from.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func initialParameters<S: Scalar>(
    _ initialization: Initialization, bias: Double = 0, seed: UInt64, buffers: BufferPool<S> = BufferPool()
  ) -> AlignedBuffer<S> {
    let parameters = buffers.buffer(count: parameterCount)
    for (index, layer) in layers.enumerated() {
      var stream = RandomStream(RandomKey(seed: seed, purpose: .initialization, index: UInt64(index)))
      initialization.part.fill(
        parameters.pointer + layer.kernelOffset, inputs: layer.inputs, outputs: layer.outputs, &stream)
      if let offset = layer.biasOffset {
        for entry in 0..<layer.outputs { parameters.pointer[offset + entry] = S(bias) }
      }
    }
    return parameters
  }
}

extension RandomStream {
  /// x ← U(−bound, bound).
  @specialized(where S == Float)
  @specialized(where S == Double)
  public mutating func writeUniforms<S: Scalar>(bound: Double, to x: UnsafeMutablePointer<S>, count: Int) {
    for index in 0..<count { x[index] = S(bound * (2 * nextUniform() - 1)) }
  }
}
