import Kernels

/// v ← μv + g + λw; w ← w − ηv, or with Nesterov's look-ahead w ← w − η(g + λw + μv).
///
/// The velocity starts at zero, so the first one is the gradient; η stays outside it. Polyak (1964); Nesterov (1983) in
/// the form of Sutskever et al. (2013).
public final class Momentum<S: Scalar>: Optimizer {
  private let momentum: S
  private let weightDecay: S
  private let nesterov: Bool
  private let velocity: AlignedBuffer<S>

  public init(parameterCount: Int, momentum: Double = 0.9, nesterov: Bool = false, weightDecay: Double = 0) {
    self.momentum = S(momentum)
    self.weightDecay = S(weightDecay)
    self.nesterov = nesterov
    velocity = AlignedBuffer(count: parameterCount)
  }

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    accelerate(
      parameters.pointer, gradient.pointer, velocity.pointer, count: parameters.count, learningRate: S(learningRate),
      momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func accelerate<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ velocity: UnsafeMutablePointer<S>, count: Int,
  learningRate: S, momentum: S, weightDecay: S, nesterov: Bool
) -> Double {
  let rate = S.Vector(repeating: learningRate)
  let decay = S.Vector(repeating: weightDecay)
  let mu = S.Vector(repeating: momentum)
  if nesterov {
    return updateLanes(parameters, gradient, count: count) { g, w, index in
      let slope = decayed(g, w, decay)
      let v = mu * S.Vector(velocity + index) + slope
      v.store(velocity + index)
      return w - rate * (slope + mu * v)
    }
  }
  return updateLanes(parameters, gradient, count: count) { g, w, index in
    let v = mu * S.Vector(velocity + index) + decayed(g, w, decay)
    v.store(velocity + index)
    return w - rate * v
  }
}
