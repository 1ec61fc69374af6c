import Kernels
import Settings

/// U(−0.05, 0.05).
public struct UniformInitializer: KernelInitializer {
  public static let name = "uniform"
  public static let summary = "U(−0.05, 0.05)"
  public static let otherNames = ["randomuniform"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
    stream.writeUniforms(bound: 0.05, to: kernel, count: inputs * outputs)
  }
}
