import Kernels
import Settings

/// N(0, σ²) given that the magnitude is under 2σ, as TensorFlow and Keras truncate: others are drawn again. Its own
/// standard deviation is 0.8796σ.
public struct TruncatedNormal: KernelInitializer {
  public static let name = "truncated_normal"
  public static let summary = "N(0, σ²), values from 2σ on drawn again, as in TensorFlow and Keras"
  public static let otherNames = ["truncnormal"]
  public static let settings: [Setting<Self>] = [
    .number("deviation", \.deviation, in: .positive, isRequired: true, "σ")
  ]

  public var deviation = 1.0

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
    stream.writeTruncatedNormals(deviation: deviation, to: kernel, count: inputs * outputs)
  }
}

extension RandomStream {
  /// x ← σz, z standard normal given that its magnitude is under 2, by rejection.
  @specialized(where S == Float)
  @specialized(where S == Double)
  fileprivate mutating func writeTruncatedNormals<S: Scalar>(
    deviation: Double, to x: UnsafeMutablePointer<S>, count: Int
  ) {
    for index in 0..<count {
      var value = nextNormal()
      while value.magnitude >= 2 { value = nextNormal() }
      x[index] = S(deviation * value)
    }
  }
}
