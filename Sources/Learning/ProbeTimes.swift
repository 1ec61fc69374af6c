import Curvature
import Kernels

/// Seconds of each kind of pass that probes of the curvature are made of, as measured on a surface.
public struct ProbeTimes: Sendable {
  /// A product with the matrix.
  public var product: Double
  /// A product with the block of every layer, all of them together.
  public var layerProducts: Double
  public var gradient: Double
  public var loss: Double
  /// The gradient of one sample.
  public var sampleGradient: Double
  /// Making a vector orthogonal to another.
  public var orthogonalization: Double

  /// - Parameter seconds: To spend on each kind; every pass is made twice at least.
  public init(
    _ surface: any ProbedSurface, matrix kind: CurvatureProbe.Matrix, memoryBudget: Int = LinearizationMemory.standard,
    seconds: Double = 0.02
  ) {
    let matrix = surface.matrix(kind, memoryBudget: memoryBudget)
    let size = surface.dimension
    let vectors = (0..<Self.vectors).map { index in
      (0..<size).map { Double(($0 + index) % 7) - 3 }
    }
    let result = AlignedBuffer<Double>(count: size)
    func time(_ body: (Int) -> Void) -> Double { Self.mean(seconds: seconds, body) }
    product = time { matrix.operation.apply(vectors[$0], into: result.pointer) }
    layerProducts = surface.layerSizes.indices.reduce(0) { sum, index in
      let block = matrix.layer(index)
      return sum + time { block.apply(vectors[$0], into: result.pointer) }
    }
    gradient = time { surface.gradient(displacedBy: vectors[$0], times: 1e-3, into: result.pointer) }
    loss = time { blackHole(surface.value(displacedBy: vectors[$0], times: 1e-3)) }
    let patterns = surface.patterns(size: 1)
    sampleGradient =
      time {
        patterns.difference(
          pattern: $0 % patterns.patternCount, displacedBy: vectors[$0], times: 1e-3, into: result.pointer)
      } / 2
    orthogonalization = time {
      addScaled(1e-9 * dot(result.pointer, vectors[$0], count: size), vectors[$0], to: result.pointer, count: size)
    }
  }

  /// Of a dense matrix of so many rows: all eigenvalues with their vectors and residuals.
  ///
  /// Measured at 500 rows at most, and for more taken to grow with their cube. Most of the matrix' eigenvalues are 0, as of
  /// a loss' curvature, which shortens the last step of the search.
  public static func eigenvalues(rows: Int) throws(CurvatureError) -> Double {
    let measured = min(rows, 500)
    let rank = max(1, measured / 8)
    var stream = RandomStream(RandomKey(seed: 0, purpose: .probe))
    let factor = AlignedBuffer<Double>(count: measured * rank)
    for index in 0..<factor.count { factor[index] = stream.nextNormal() }
    let matrix = SymmetricMatrix(dimension: measured) { elements in
      Double.product(
        transposeA: false, transposeB: true, m: measured, n: measured, k: rank, alpha: 1, a: factor.pointer,
        strideA: rank, b: factor.pointer, strideB: rank, beta: 0, c: elements, strideC: measured)
    }
    // The first time takes memory.
    _ = try matrix.spectrum(vectors: true)
    let started = ContinuousClock.now
    let spectrum = try matrix.spectrum(vectors: true)
    _ = spectrum.residuals(of: matrix)
    let ratio = Double(rows) / Double(measured)
    return (ContinuousClock.now - started) / .seconds(1) * ratio * ratio * ratio
  }

  /// Vectors in turn, so that not all of them stay in the nearest cache.
  private static let vectors = 16

  /// The first pass, in which memory is taken, does not count.
  private static func mean(seconds: Double, _ body: (Int) -> Void) -> Double {
    body(0)
    let started = ContinuousClock.now
    var elapsed = 0.0
    var passes = 0
    repeat {
      body(passes % vectors)
      passes += 1
      elapsed = (ContinuousClock.now - started) / .seconds(1)
    } while elapsed < seconds
    return elapsed / Double(passes)
  }
}

/// Keeps a value from being optimised away.
@inline(never)
private func blackHole(_ value: Double) {}
