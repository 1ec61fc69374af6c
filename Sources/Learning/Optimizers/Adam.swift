import Foundation
import Kernels
import Settings

/// m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η·m̂/(√v̂ + ε). Kingma and Ba (2015), algorithm 1.
public struct Adam: FirstOrderOptimizer {
  public static let name = "adam"
  public static let summary =
    "m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η·m̂/(√v̂ + ε). Kingma and Ba (2015), algorithm 1."
  public static let settings: [Setting<Self>] = [
    .beta1(\.beta1),
    .beta2(\.beta2),
    .epsilon(\.epsilon),
    .weightDecay(\.weightDecay),
  ]
  public static let stateVectors = 2
  public static func updateOperations(of step: StepWork) -> Double { 12 }

  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    AdamState(
      parameterCount: parameterCount, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      buffers: buffers)
  }
}

/// m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η·m̂/(√v̂ + ε), m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
///
/// Kingma and Ba (2015), algorithm 1. Weight decay is coupled, g + λw for g, or decoupled, w ← (1 − ηλ)w first, which is
/// AdamW: Loshchilov and Hutter (2019), algorithm 2.
public final class AdamState<S: Scalar>: OptimizerState {
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let decoupled: Bool
  fileprivate let means: AlignedBuffer<S>
  fileprivate let squares: AlignedBuffer<S>
  private var steps = 0

  public init(
    parameterCount: Int, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    decoupled: Bool = false, buffers: BufferPool<S> = BufferPool()
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    means = buffers.buffer(count: parameterCount)
    squares = buffers.buffer(count: parameterCount)
  }

  public func begin() {
    steps += 1
  }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    let step = step(learningRate)
    let start = range.lowerBound
    let square = S.take(
      step, count: (range.count + 15) & ~15, parameters.pointer + start, gradient: gradient,
      mean: means.pointer + start, square: squares.pointer + start)
    return square.map(Double.init) ?? apply(self, step, parameters, range, gradient)
  }

  private func step(_ learningRate: Double) -> AdamStep<S> {
    let correction = (1 - pow(beta2, Double(steps))).squareRoot()
    return AdamStep(
      keptMean: S(beta1), freshMean: S(1 - beta1), keptSquare: S(beta2), freshSquare: S(1 - beta2),
      // η m̂/(√v̂ + ε) = (η √c₂/c₁)·m/(√v + ε√c₂): one multiplication and one division a parameter.
      rate: S(learningRate * correction / (1 - pow(beta1, Double(steps)))), floor: S(epsilon * correction),
      decay: S(decoupled ? 0 : weightDecay), shrink: S(decoupled ? 1 - learningRate * weightDecay : 1))
  }
}

private struct AdamRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let mean: MovingAverage<S>
  let square: MovingAverage<S>
  let rate: S.Vector
  let floor: S.Vector
  let decay: S.Vector
  let shrink: S.Vector

  init(_ step: AdamStep<S>, means: AlignedBuffer<S>, squares: AlignedBuffer<S>) {
    mean = MovingAverage(kept: step.keptMean, fresh: step.freshMean, values: means.pointer)
    square = MovingAverage(kept: step.keptSquare, fresh: step.freshSquare, values: squares.pointer)
    rate = S.Vector(repeating: step.rate)
    floor = S.Vector(repeating: step.floor)
    decay = S.Vector(repeating: step.decay)
    shrink = S.Vector(repeating: step.shrink)
  }

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let slope = decayed(g, w, decay)
    let m = mean.advanced(by: slope, at: index)
    let v = square.advanced(by: slope * slope, at: index)
    return shrink * w - rate * m / (v.squareRoot() + floor)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ optimizer: AdamState<S>, _ step: AdamStep<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>,
  _ gradient: UnsafePointer<S>
) -> Double {
  advance(
    parameters, range, gradient, by: AdamRule(step, means: optimizer.means, squares: optimizer.squares))
}
