import Kernels
import Settings

/// N(0, 2/inputs). He et al. (2015), eq. 10.
public struct HeNormal: KernelInitializer {
  public static let name = "he"
  public static let summary = "N(0, 2/inputs). He et al. (2015), eq. 10"
  public static let otherNames = ["kaiming", "kaimingnormal", "henormal", "msra"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
    stream.writeNormals(deviation: (2 / Double(inputs)).squareRoot(), to: kernel, count: inputs * outputs)
  }
}
