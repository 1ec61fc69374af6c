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

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    step += 1
    let correction = (1 - pow(beta2, Double(step))).squareRoot()
    let coefficients = AdamCoefficients<S>(
      kept1: S(beta1), fresh1: S(1 - beta1), kept2: S(beta2), fresh2: S(1 - beta2),
      // η m̂/(√v̂ + ε) = (η √c₂/c₁)·m/(√v + ε√c₂): one multiplication and one division a parameter.
      rate: S(learningRate * correction / (1 - pow(beta1, Double(step)))), floor: S(epsilon * correction),
      coupled: S(decoupled ? 0 : weightDecay), shrink: S(decoupled ? 1 - learningRate * weightDecay : 1))
    return adapt(
      parameters.pointer, gradient.pointer, means.pointer, squares.pointer, count: parameters.count, coefficients)
  }
}

private struct AdamCoefficients<S: Scalar> {
  var kept1: S
  var fresh1: S
  var kept2: S
  var fresh2: S
  var rate: S
  var floor: S
  var coupled: S
  var shrink: S
}

@specialized(where S == Float)
@specialized(where S == Double)
private func adapt<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ means: UnsafeMutablePointer<S>,
  _ squares: UnsafeMutablePointer<S>, count: Int, _ coefficients: AdamCoefficients<S>
) -> Double {
  let kept1 = S.Vector(repeating: coefficients.kept1)
  let fresh1 = S.Vector(repeating: coefficients.fresh1)
  let kept2 = S.Vector(repeating: coefficients.kept2)
  let fresh2 = S.Vector(repeating: coefficients.fresh2)
  let rate = S.Vector(repeating: coefficients.rate)
  let floor = S.Vector(repeating: coefficients.floor)
  let decay = S.Vector(repeating: coefficients.coupled)
  let shrink = S.Vector(repeating: coefficients.shrink)
  return updateLanes(parameters, gradient, count: count) { g, w, index in
    let slope = decayed(g, w, decay)
    let m = kept1 * S.Vector(means + index) + fresh1 * slope
    let v = kept2 * S.Vector(squares + index) + fresh2 * slope * slope
    m.store(means + index)
    v.store(squares + index)
    return shrink * w - rate * m / (v.squareRoot() + floor)
  }
}
