import Foundation
import Kernels

/// m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η·m̂/(√v̂ + ε), m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
///
/// Kingma and Ba (2015), algorithm 1. Weight decay is coupled, g + λw for g, or decoupled, w ← (1 − ηλ)w first, which is
/// AdamW: Loshchilov and Hutter (2019), algorithm 2.
public final class Adam<S: Scalar>: Optimizer {
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let decoupled: Bool
  private let means: AlignedBuffer<S>
  private let squares: AlignedBuffer<S>
  private var step = 0

  public init(
    parameterCount: Int, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    decoupled: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    means = AlignedBuffer(count: parameterCount)
    squares = AlignedBuffer(count: parameterCount)
  }

  public func begin() {
    step += 1
  }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, parameters, range, gradient, learningRate)
  }

  fileprivate func rule(_ learningRate: Double) -> AdamRule<S> {
    let correction = (1 - pow(beta2, Double(step))).squareRoot()
    return AdamRule(
      mean: MovingAverage(decay: beta1, values: means.pointer),
      square: MovingAverage(decay: beta2, values: squares.pointer),
      // η m̂/(√v̂ + ε) = (η √c₂/c₁)·m/(√v + ε√c₂): one multiplication and one division a parameter.
      rate: S.Vector(repeating: S(learningRate * correction / (1 - pow(beta1, Double(step))))),
      floor: S.Vector(repeating: S(epsilon * correction)),
      decay: S.Vector(repeating: S(decoupled ? 0 : weightDecay)),
      shrink: S.Vector(repeating: S(decoupled ? 1 - learningRate * weightDecay : 1)))
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
  _ optimizer: Adam<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
