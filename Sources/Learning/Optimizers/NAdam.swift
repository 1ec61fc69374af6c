import Foundation
import Kernels
import Settings

/// adam with Nesterov's momentum, μₜ = β₁(1 − ½·0.96^{tψ}). Dozat (2016).
public struct NAdam: FirstOrderOptimizer {
  public static let name = "nadam"
  public static let summary = "adam with Nesterov's momentum, μₜ = β₁(1 − ½·0.96^{tψ}). Dozat (2016)."
  public static let settings: [Setting<Self>] = [
    .beta1(\.beta1),
    .beta2(\.beta2),
    .epsilon(\.epsilon),
    .number("momentum_decay", \.momentumDecay, in: 0..<Double.infinity, "ψ of the momentum schedule"),
    .weightDecay(\.weightDecay),
  ]
  public static let stateVectors = 2
  public static func updateOperations(of step: StepWork) -> Double { 16 }

  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var momentumDecay = 0.004
  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    NAdamState(
      parameterCount: parameterCount, beta1: beta1, beta2: beta2, epsilon: epsilon, momentumDecay: momentumDecay,
      weightDecay: weightDecay, buffers: buffers)
  }
}

/// Adam with Nesterov's momentum. Dozat (2016), with the momentum schedule μₜ = β₁(1 − ½·0.96^{tψ}):
/// w ← w − η[(1 − μₜ)g/(1 − Πμ) + μₜ₊₁m/(1 − μₜ₊₁Πμ)]/(√v̂ + ε), with g + λw for g.
public final class NAdamState<S: Scalar>: OptimizerState {
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let momentumDecay: Double
  private let weightDecay: Double
  private let means: AlignedBuffer<S>
  private let squares: AlignedBuffer<S>
  private var step = 0
  private var momentumProduct = 1.0

  /// - Parameter momentumDecay: ψ.
  public init(
    parameterCount: Int, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    momentumDecay: Double = 0.004, weightDecay: Double = 0, buffers: BufferPool<S> = BufferPool()
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
    self.weightDecay = weightDecay
    means = buffers.buffer(count: parameterCount)
    squares = buffers.buffer(count: parameterCount)
  }

  public func begin() {
    step += 1
    momentumProduct *= momentum(at: step)
  }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, parameters, range, gradient, learningRate)
  }

  fileprivate func rule(_ learningRate: Double) -> NAdamRule<S> {
    let now = momentum(at: step)
    let next = momentum(at: step + 1)
    let correction = (1 - pow(beta2, Double(step))).squareRoot()
    return NAdamRule(
      mean: MovingAverage(decay: beta1, values: means.pointer),
      square: MovingAverage(decay: beta2, values: squares.pointer),
      gradientRate: S.Vector(repeating: S(learningRate * correction * (1 - now) / (1 - momentumProduct))),
      meanRate: S.Vector(repeating: S(learningRate * correction * next / (1 - momentumProduct * next))),
      floor: S.Vector(repeating: S(epsilon * correction)), decay: S.Vector(repeating: S(weightDecay)))
  }

  private func momentum(at step: Int) -> Double {
    beta1 * (1 - 0.5 * pow(0.96, Double(step) * momentumDecay))
  }
}

private struct NAdamRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let mean: MovingAverage<S>
  let square: MovingAverage<S>
  let gradientRate: S.Vector
  let meanRate: S.Vector
  let floor: S.Vector
  let decay: S.Vector

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let slope = decayed(g, w, decay)
    let m = mean.advanced(by: slope, at: index)
    let v = square.advanced(by: slope * slope, at: index)
    return w - (gradientRate * slope + meanRate * m) / (v.squareRoot() + floor)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ optimizer: NAdamState<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
