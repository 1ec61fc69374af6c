import Kernels
import Settings

/// All zeros.
public struct Zeros: KernelInitializer {
  public static let name = "zeros"
  public static let summary = "zeros"
  public static let settings: [Setting<Self>] = []

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
  }
}
