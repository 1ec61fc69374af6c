import Kernels
import Settings

/// U(−a, a), a = √(6/inputs). He et al. (2015).
public struct HeUniform: KernelInitializer {
  public static let name = "he_uniform"
  public static let summary = "U(−a, a), a = √(6/inputs). He et al. (2015)"
  public static let otherNames = ["kaiminguniform"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
    stream.writeUniforms(bound: (6 / Double(inputs)).squareRoot(), to: kernel, count: inputs * outputs)
  }
}
