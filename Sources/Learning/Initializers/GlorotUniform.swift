import Kernels
import Settings

/// U(−a, a), a = √(6/(inputs + outputs)). Glorot and Bengio (2010), eq. 16.
public struct GlorotUniform: KernelInitializer {
  public static let name = "glorot_uniform"
  public static let summary = "U(−a, a), a = √(6/(inputs + outputs)). Glorot and Bengio (2010), eq. 16"
  public static let otherNames = ["xavier", "xavieruniform", "glorot"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
    stream.writeUniforms(
      bound: (6 / (Double(inputs) + Double(outputs))).squareRoot(), to: kernel, count: inputs * outputs)
  }
}
