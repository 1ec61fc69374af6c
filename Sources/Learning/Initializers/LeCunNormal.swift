import Kernels
import Settings

/// N(0, 1/inputs). LeCun et al. (1998), eq. 16.
public struct LeCunNormal: KernelInitializer {
  public static let name = "lecun"
  public static let summary = "N(0, 1/inputs). LeCun et al. (1998), eq. 16"
  public static let otherNames = ["lecunnormal"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
    stream.writeNormals(deviation: (1 / Double(inputs)).squareRoot(), to: kernel, count: inputs * outputs)
  }
}
