import Foundation
import Kernels

/// Adam with Nesterov's momentum. Dozat (2016), with the momentum schedule μₜ = β₁(1 − ½·0.96^{tψ}):
/// w ← w − η[(1 − μₜ)g/(1 − Πμ) + μₜ₊₁m/(1 − μₜ₊₁Πμ)]/(√v̂ + ε), with g + λw for g.
public final class NAdam<S: Scalar>: Optimizer {
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
    momentumDecay: Double = 0.004, weightDecay: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
    self.weightDecay = weightDecay
    means = AlignedBuffer(count: parameterCount)
    squares = AlignedBuffer(count: parameterCount)
  }

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    step += 1
    let now = momentum(at: step)
    let next = momentum(at: step + 1)
    momentumProduct *= now
    let correction = (1 - pow(beta2, Double(step))).squareRoot()
    let coefficients = NAdamCoefficients<S>(
      kept1: S(beta1), fresh1: S(1 - beta1), kept2: S(beta2), fresh2: S(1 - beta2),
      gradientRate: S(learningRate * correction * (1 - now) / (1 - momentumProduct)),
      meanRate: S(learningRate * correction * next / (1 - momentumProduct * next)), floor: S(epsilon * correction),
      weightDecay: S(weightDecay))
    return adapt(
      parameters.pointer, gradient.pointer, means.pointer, squares.pointer, count: parameters.count, coefficients)
  }

  private func momentum(at step: Int) -> Double {
    beta1 * (1 - 0.5 * pow(0.96, Double(step) * momentumDecay))
  }
}

private struct NAdamCoefficients<S: Scalar> {
  var kept1: S
  var fresh1: S
  var kept2: S
  var fresh2: S
  var gradientRate: S
  var meanRate: S
  var floor: S
  var weightDecay: S
}

@specialized(where S == Float)
@specialized(where S == Double)
private func adapt<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ means: UnsafeMutablePointer<S>,
  _ squares: UnsafeMutablePointer<S>, count: Int, _ coefficients: NAdamCoefficients<S>
) -> Double {
  let kept1 = S.Vector(repeating: coefficients.kept1)
  let fresh1 = S.Vector(repeating: coefficients.fresh1)
  let kept2 = S.Vector(repeating: coefficients.kept2)
  let fresh2 = S.Vector(repeating: coefficients.fresh2)
  let gradientRate = S.Vector(repeating: coefficients.gradientRate)
  let meanRate = S.Vector(repeating: coefficients.meanRate)
  let floor = S.Vector(repeating: coefficients.floor)
  let decay = S.Vector(repeating: coefficients.weightDecay)
  return updateLanes(parameters, gradient, count: count) { g, w, index in
    let slope = decayed(g, w, decay)
    let m = kept1 * S.Vector(means + index) + fresh1 * slope
    let v = kept2 * S.Vector(squares + index) + fresh2 * slope * slope
    m.store(means + index)
    v.store(squares + index)
    return w - (gradientRate * slope + meanRate * m) / (v.squareRoot() + floor)
  }
}
