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
/// geometrically over the patterns in random orders without replacement. Ψ grows along the positive eigenvalues alone and settles on the largest; the length loses the sign,
/// so ψᵀHψ is averaged beside it, from the same differences.
public struct OnlineEstimate: Hashable, Sendable {
  /// α.
  public var step: Double
  public var firstRate: Double
  public var lastRate: Double
  /// Steps, of one pattern each, while γ falls.
  public var annealingSteps: Int
  /// Steps at the last γ that the estimate is the mean of, made up to whole passes over the patterns where they are few.
  public var averagingSteps: Int

  public init(
    step: Double = 0.01, firstRate: Double = 0.1, lastRate: Double = 0.003, annealingSteps: Int = 5_000,
    averagingSteps: Int = 3_000
  ) {
    precondition(step > 0 && firstRate >= lastRate && lastRate > 0 && firstRate < 1)
    precondition(annealingSteps >= 0 && averagingSteps > 0)
    self.step = step
    self.firstRate = firstRate
    self.lastRate = lastRate
    self.annealingSteps = annealingSteps
    self.averagingSteps = averagingSteps
  }

  public struct Result: Hashable, Sendable {
    /// Mean of ‖Ψ‖ over the averaging steps.
    public var length: Double
    /// The mean of ψᵀHᵖψ over the averaging steps, ψ = Ψ/‖Ψ‖, which has the sign; its vector is the mean ψ, and its
    /// residual is that of the mean of Hᵖψ.
    public var pair: Eigenpair
    /// The residual, twice the larger standard error of both means, how far these are apart, and the error of the
    /// differences: twice the change of ψᵀHψ when α is halved.
    public var statedError: Double
    /// ‖Ψ‖ in the course of the steps, evenly spaced.
    public var trace: [Double]
    /// Gradients of single patterns.
    public var gradients: Int
  }

  /// - Throws: ``CurvatureError/notFinite(what:)``.
  public func estimate(of patterns: any PatternGradients, seed: UInt64) throws(CurvatureError) -> Result {
    let average = RunningAverage(patterns, step: step, stream: ProbeStream.online.stream(seed: seed))
    var trace: [Double] = []
    let stages = 10
    for stage in 0..<stages {
      for index in annealingSteps * stage / stages..<annealingSteps * (stage + 1) / stages {
        try average.advance(rate: firstRate * .pow(lastRate / firstRate, Double(index) / Double(annealingSteps)))
      }
      trace.append(average.length)
    }
    var stageSteps = max(1, averagingSteps / stages)
    if patterns.patternCount < averagingSteps {
      stageSteps = (stageSteps + patterns.patternCount - 1) / patterns.patternCount * patterns.patternCount
    }
    let total = StageSums(count: patterns.dimension)
    var means: [(length: Double, curvature: Double)] = []
    for _ in 0..<stages {
      let before = (total.length, total.curvature)
      for _ in 0..<stageSteps { try average.advance(rate: lastRate, into: total) }
      means.append(
        ((total.length - before.0) / Double(stageSteps), (total.curvature - before.1) / Double(stageSteps)))
      trace.append(average.length)
    }
    let checks = min(patterns.patternCount, averagingSteps)
    return result(
      SampleMean(means.map(\.length)), SampleMean(means.map(\.curvature)), total, trace,
      truncation: average.truncation(along: total.unit, checks: checks),
      gradients: 2 * (annealingSteps + stages * stageSteps + 2 * checks))
  }

  private func result(
    _ length: SampleMean, _ rayleigh: SampleMean, _ sums: StageSums, _ trace: [Double],
    truncation: Double, gradients: Int
  ) -> Result {
    let count = sums.unit.count
    let size = norm(sums.unit.pointer, count: count)
    let residual = residualNorm(sums.image.pointer, minus: rayleigh.mean, times: sums.unit.pointer, count: count) / size
    let error =
      residual + truncation + 2 * max(length.standardError, rayleigh.standardError) + abs(length.mean - rayleigh.mean)
    let pair = Eigenpair(
      value: rayleigh.mean, residual: residual, converged: residual <= 0.1 * abs(rayleigh.mean),
      vector: sums.unit.array.map { $0 / size })
    return Result(length: length.mean, pair: pair, statedError: error, trace: trace, gradients: gradients)
  }
}

/// Sums over the averaging steps.
private final class StageSums {
  var length = 0.0
  var curvature = 0.0
  /// ψ.
  let unit: VectorStorage
  /// Hᵖψ.
  let image: VectorStorage

  init(count: Int) {
    unit = VectorStorage(count: count)
    image = VectorStorage(count: count)
  }
}

/// Ψ.
private final class RunningAverage {
  private let patterns: any PatternGradients
  private let step: Double
  private var stream: RandomStream
  private var order: [Int32] = []
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

  /// One pattern, the next of a pass in random order.
  func advance(rate: Double, into sums: StageSums? = nil) throws(CurvatureError) {
    if order.isEmpty { order = stream.permutation(of: patterns.patternCount) }
    let pattern = Int(order.removeLast())
    if length == 0 { stream.fillUnitVector(psi.pointer, count: psi.count) }
    let length = length
    guard length.isFinite else { throw .notFinite(what: "the on-line estimate") }
    patterns.difference(
      pattern: pattern, displacedBy: psi.pointer, times: step / length, into: difference.pointer)
    if let sums {
      sums.length += length
      sums.curvature += dot(psi.pointer, difference.pointer, count: psi.count) / (length * step)
      addScaled(1 / length, psi.pointer, to: sums.unit.pointer, count: psi.count)
      addScaled(1 / step, difference.pointer, to: sums.image.pointer, count: psi.count)
    }
    scale(psi.pointer, by: 1 - rate, count: psi.count)
    addScaled(rate / step, difference.pointer, to: psi.pointer, count: psi.count)
  }

  /// Twice the change of dᵀHᵖd, d of unit length, when α is halved: the mean over so many patterns.
  func truncation(along direction: VectorStorage, checks: Int) -> Double {
    let size = norm(direction.pointer, count: psi.count)
    guard size > 0 else { return 0 }
    var change = 0.0
    for pattern in stream.permutation(of: patterns.patternCount).prefix(checks) {
      for (alpha, sign) in [(step, 1.0), (step / 2, -1)] {
        patterns.difference(
          pattern: Int(pattern), displacedBy: direction.pointer, times: alpha / size, into: difference.pointer)
        change += sign * dot(direction.pointer, difference.pointer, count: psi.count) / (size * alpha)
      }
    }
    return 2 * abs(change) / Double(checks)
  }
}
