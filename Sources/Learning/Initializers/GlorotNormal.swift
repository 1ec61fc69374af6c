import Kernels
import Settings

/// N(0, 2/(inputs + outputs)). Glorot and Bengio (2010), eq. 12.
public struct GlorotNormal: KernelInitializer {
  public static let name = "glorot_normal"
  public static let summary = "N(0, 2/(inputs + outputs)). Glorot and Bengio (2010), eq. 12"
  public static let otherNames = ["xaviernormal"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
    stream.writeNormals(
      deviation: (2 / (Double(inputs) + Double(outputs))).squareRoot(), to: kernel, count: inputs * outputs)
  }
}
