import Kernels
import RealModule

/// The gradients of single patterns, for methods that never look at all of them at once.
public protocol PatternGradients {
  var dimension: Int { get }
  var patternCount: Int { get }

  /// result ← ∇Eᵖ(w + αv) − ∇Eᵖ(w), of the same pattern p in both.
  func difference(
    pattern: Int, displacedBy v: UnsafePointer<Double>, times alpha: Double,
    into result: UnsafeMutablePointer<Double>)
}

/// The principal eigenvalue on line: Ψ ← (1 − γ)Ψ + (γ/α)[∇Eᵖ(w + αΨ/‖Ψ‖) − ∇Eᵖ(w)], λ̂ = ‖Ψ‖.
///
/// LeCun, Simard and Pearlmutter (1993), with the γ that equation 64 of "Efficient BackProp" lost in print. γ is annealed
/// geometrically. Ψ grows along the positive eigenvalues alone and settles on the largest; the length loses the sign,
/// so ψᵀHψ is averaged beside it, from the same differences.
public struct OnlineEstimate: Hashable, Sendable {
  /// α.
  public var step: Double
  public var firstRate: Double
  public var lastRate: Double
  /// Passes over the patterns, each in a random order of its own, while γ falls.
  public var annealingPasses: Int
  /// Passes at the last γ that the estimate is the mean of.
  public var averagingPasses: Int

  public init(
    step: Double = 0.01, firstRate: Double = 0.1, lastRate: Double = 0.003, annealingPasses: Int = 20,
    averagingPasses: Int = 10
  ) {
    precondition(step > 0 && firstRate >= lastRate && lastRate > 0 && firstRate < 1 && averagingPasses > 0)
    self.step = step
    self.firstRate = firstRate
    self.lastRate = lastRate
    self.annealingPasses = annealingPasses
    self.averagingPasses = averagingPasses
  }

  public struct Result: Hashable, Sendable {
    /// Mean of ‖Ψ‖ over the averaging passes.
    public var length: Double
    /// Mean of ψᵀHᵖψ over the averaging passes, ψ = Ψ/‖Ψ‖: the eigenvalue with its sign.
    public var rayleigh: Double
    /// Twice the standard error of the means of the averaging passes, and how far both estimates are apart.
    public var statedError: Double
    /// Ψ/‖Ψ‖ at the end.
    public var vector: [Double]
    /// λ̂ = ‖Ψ‖ after each pass.
    public var trace: [Double]
    /// Gradients of single patterns.
    public var gradients: Int
  }

  /// - Throws: ``CurvatureError/notFinite(what:)``.
  public func estimate(of patterns: any PatternGradients, seed: UInt64) throws(CurvatureError) -> Result {
    let average = RunningAverage(patterns, step: step, stream: ProbeStream.online.stream(seed: seed))
    var trace: [Double] = []
    var means: [PassMeans] = []
    for pass in 0..<annealingPasses + averagingPasses {
      means.append(try average.pass { rate(pass: pass, progress: $0) })
      trace.append(average.length)
    }
    let length = SampleMean(means.suffix(averagingPasses).map(\.length))
    let rayleigh = SampleMean(means.suffix(averagingPasses).map(\.curvature))
    return Result(
      length: length.mean, rayleigh: rayleigh.mean,
      statedError: 2 * max(length.standardError, rayleigh.standardError) + abs(length.mean - rayleigh.mean),
      vector: average.direction, trace: trace, gradients: 2 * patterns.patternCount * trace.count)
  }

  /// γ in a pass, of which the share `progress` is done.
  private func rate(pass: Int, progress: Double) -> Double {
    guard pass < annealingPasses else { return lastRate }
    return firstRate * .pow(lastRate / firstRate, (Double(pass) + progress) / Double(annealingPasses))
  }
}

/// Means over the patterns of a pass.
private struct PassMeans {
  var length = 0.0
  var curvature = 0.0
}

/// Ψ.
private final class RunningAverage {
  private let patterns: any PatternGradients
  private let step: Double
  private var stream: RandomStream
  private let psi: VectorStorage
  private let difference: VectorStorage

  init(_ patterns: any PatternGradients, step: Double, stream: RandomStream) {
    self.patterns = patterns
    self.step = step
    self.stream = stream
    psi = VectorStorage(count: patterns.dimension)
    difference = VectorStorage(count: patterns.dimension)
    self.stream.fillUnitVector(psi.pointer, count: psi.count)
  }

  /// ‖Ψ‖.
  var length: Double { norm(psi.pointer, count: psi.count) }

  /// Ψ/‖Ψ‖.
  var direction: [Double] {
    let length = length
    return psi.array.map { $0 / length }
  }

  /// Every pattern once, in a fresh random order.
  func pass(rate: (Double) -> Double) throws(CurvatureError) -> PassMeans {
    var means = PassMeans()
    let share = 1 / Double(patterns.patternCount)
    for (index, pattern) in stream.permutation(of: patterns.patternCount).enumerated() {
      if length == 0 { stream.fillUnitVector(psi.pointer, count: psi.count) }
      let length = length
      guard length.isFinite else { throw .notFinite(what: "the on-line estimate") }
      patterns.difference(
        pattern: Int(pattern), displacedBy: psi.pointer, times: step / length, into: difference.pointer)
      means.length += share * length
      means.curvature += share * dot(psi.pointer, difference.pointer, count: psi.count) / (length * step)
      let rate = rate(Double(index) * share)
      scale(psi.pointer, by: 1 - rate, count: psi.count)
      addScaled(rate / step, difference.pointer, to: psi.pointer, count: psi.count)
    }
    return means
  }
}
