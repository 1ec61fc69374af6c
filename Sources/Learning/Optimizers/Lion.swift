import Kernels

/// w ← w − η[sign(β₁m + (1 − β₁)g) + λw]; m ← β₂m + (1 − β₂)g. Chen et al. (2023), algorithm 2.
public final class Lion<S: Scalar>: Optimizer {
  private let beta1: Double
  private let beta2: Double
  private let weightDecay: Double
  private let means: AlignedBuffer<S>

  public init(parameterCount: Int, beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double = 0) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
    means = AlignedBuffer(count: parameterCount)
  }

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    adapt(
      parameters.pointer, gradient.pointer, means.pointer, count: parameters.count,
      LionCoefficients(
        kept1: S(beta1), fresh1: S(1 - beta1), kept2: S(beta2), fresh2: S(1 - beta2), rate: S(learningRate),
        decay: S(weightDecay)))
  }
}

private struct LionCoefficients<S: Scalar> {
  var kept1: S
  var fresh1: S
  var kept2: S
  var fresh2: S
  var rate: S
  var decay: S
}

@specialized(where S == Float)
@specialized(where S == Double)
private func adapt<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ means: UnsafeMutablePointer<S>, count: Int,
  _ coefficients: LionCoefficients<S>
) -> Double {
  let kept1 = S.Vector(repeating: coefficients.kept1)
  let fresh1 = S.Vector(repeating: coefficients.fresh1)
  let kept2 = S.Vector(repeating: coefficients.kept2)
  let fresh2 = S.Vector(repeating: coefficients.fresh2)
  let rate = S.Vector(repeating: coefficients.rate)
  let decay = S.Vector(repeating: coefficients.decay)
  return updateLanes(parameters, gradient, count: count) { g, w, index in
    let m = S.Vector(means + index)
    (kept2 * m + fresh2 * g).store(means + index)
    return w - rate * ((kept1 * m + fresh1 * g).signed() + decay * w)
  }
}
