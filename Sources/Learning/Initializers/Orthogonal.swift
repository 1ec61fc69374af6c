import Kernels
import Settings

/// A kernel with orthonormal rows or columns, whichever are fewer, times `gain`: Q of a matrix of normal numbers, uniformly
/// distributed. Saxe, McClelland and Ganguli (2014).
public struct Orthogonal: KernelInitializer {
  public static let name = "orthogonal"
  public static let summary = "orthonormal rows or columns, whichever are fewer, times gain. Saxe et al. (2014)"
  public static let settings: [Setting<Self>] = [
    .number("gain", \.gain, in: .positive, "of the kernel; √2 keeps the size of what passes through ReLUs")
  ]

  public var gain = 1.0

  public init() {}

  public func fill<S: Scalar>(
    _ kernel: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, _ stream: inout RandomStream
  ) {
    let vectors = orthonormalVectors(count: min(inputs, outputs), length: max(inputs, outputs), &stream)
    for (index, vector) in vectors.enumerated() {
      for entry in 0..<vector.count {
        kernel[inputs >= outputs ? entry * outputs + index : index * outputs + entry] = S(gain * vector[entry])
      }
    }
  }

  /// Gram and Schmidt's, each vector twice: R then has a positive diagonal, as a uniform Q needs (Mezzadri, 2007).
  private func orthonormalVectors(count: Int, length: Int, _ stream: inout RandomStream) -> [AlignedBuffer<Double>] {
    var vectors: [AlignedBuffer<Double>] = []
    for _ in 0..<count {
      let vector = AlignedBuffer<Double>(count: length)
      stream.writeNormals(deviation: 1, to: vector.pointer, count: length)
      for _ in 0..<2 {
        for other in vectors {
          addScaled(
            -dot(vector.pointer, other.pointer, count: length), other.pointer, to: vector.pointer, count: length)
        }
        let norm = dot(vector.pointer, vector.pointer, count: length).squareRoot()
        for entry in 0..<length { vector.pointer[entry] /= norm }
      }
      vectors.append(vector)
    }
    return vectors
  }
}
