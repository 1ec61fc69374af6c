import Curvature
import Kernels

/// The samples of a surface a few at a time, for the on-line estimate.
///
/// Where the surface has frozen dropout masks, every pattern has those of a batch of its own, the same in both gradients.
public final class SurfacePatterns<S: Scalar>: PatternGradients {
  private let surface: LossSurface<S>
  private let size: Int
  private let base: AlignedBuffer<Double>

  /// - Parameter size: Samples in a pattern; one is the original method.
  public init(_ surface: LossSurface<S>, size: Int = 1) {
    precondition(size > 0)
    self.surface = surface
    self.size = size
    base = AlignedBuffer(count: surface.dimension)
  }

  public var dimension: Int { surface.dimension }
  public var patternCount: Int { (surface.sampleCount + size - 1) / size }

  /// Each pattern counts by its samples, so that the mean over patterns is the surface's own difference.
  public func difference(
    pattern: Int, displacedBy v: UnsafePointer<Double>, times alpha: Double,
    into result: UnsafeMutablePointer<Double>
  ) {
    let start = pattern * size
    let end = min(start + size, surface.sampleCount)
    let rows = surface.rows.map { Array($0[start..<end]) } ?? (Int32(start)..<Int32(end)).map { $0 }
    surface.gradient(of: rows, displacedBy: nil, times: 0, into: base.pointer)
    surface.gradient(of: rows, displacedBy: v, times: alpha, into: result)
    let weight = Double((end - start) * patternCount) / Double(surface.sampleCount)
    for index in 0..<dimension { result[index] = weight * (result[index] - base.pointer[index]) }
  }
}
