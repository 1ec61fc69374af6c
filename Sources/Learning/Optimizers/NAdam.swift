import Foundation
import Kernels

/// Adam with Nesterov's momentum. Dozat (2016), with the momentum schedule μₜ = β₁(1 − ½·0.96^{tψ}):
/// w ← w − η[(1 − μₜ)g/(1 − Πμ) + μₜ₊₁m/(1 − μₜ₊₁Πμ)]/(√v̂ + ε), with g + λw for g.
public final class NAdam<S: Scalar>: Optimizer {
  public static var stateVectors: Int { 2 }

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
  _ optimizer: NAdam<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
