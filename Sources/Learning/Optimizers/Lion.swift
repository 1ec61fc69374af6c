import Kernels
import Settings

/// w ← w − η[sign(β₁m + (1 − β₁)g) + λw]; m ← β₂m + (1 − β₂)g. Chen et al. (2023), algorithm 2.
public struct Lion: FirstOrderOptimizer {
  public static let name = "lion"
  public static let summary =
    "w ← w − η[sign(β₁m + (1 − β₁)g) + λw]; m ← β₂m + (1 − β₂)g. Chen et al. (2023), algorithm 2."
  public static let settings: [Setting<Self>] = [
    .number("beta1", \.beta1, in: 0..<1, "β₁, share of the mean in the direction"),
    .number("beta2", \.beta2, in: 0..<1, "β₂, decay of the mean gradient"),
    .decoupledWeightDecay(\.weightDecay),
  ]
  public static let stateVectors = 1
  public static func updateOperations(of step: StepWork) -> Double { 9 }

  public var beta1 = 0.9
  public var beta2 = 0.99
  public var weightDecay: Double = 0

  public init() {}

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    LionState(
      parameterCount: parameterCount, beta1: beta1, beta2: beta2, weightDecay: weightDecay, buffers: buffers)
  }
}

/// w ← w − η[sign(β₁m + (1 − β₁)g) + λw]; m ← β₂m + (1 − β₂)g. Chen et al. (2023), algorithm 2.
public final class LionState<S: Scalar>: OptimizerState {
  private let beta1: Double
  private let beta2: Double
  private let weightDecay: Double
  private let means: AlignedBuffer<S>

  public init(
    parameterCount: Int, beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double = 0,
    buffers: BufferPool<S> = BufferPool()
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
    means = buffers.buffer(count: parameterCount)
  }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, parameters, range, gradient, learningRate)
  }

  fileprivate func rule(_ learningRate: Double) -> LionRule<S> {
    LionRule(
      mean: MovingAverage(decay: beta2, values: means.pointer), kept: S.Vector(repeating: S(beta1)),
      fresh: S.Vector(repeating: S(1 - beta1)), rate: S.Vector(repeating: S(learningRate)),
      decay: S.Vector(repeating: S(weightDecay)))
  }
}

private struct LionRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let mean: MovingAverage<S>
  let kept: S.Vector
  let fresh: S.Vector
  let rate: S.Vector
  let decay: S.Vector

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let direction = (kept * S.Vector(mean.values + index) + fresh * g).signed()
    _ = mean.advanced(by: g, at: index)
    return w - rate * (direction + decay * w)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ optimizer: LionState<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
