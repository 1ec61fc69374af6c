import Kernels

/// s ← ρs + (1 − ρ)g²; w ← w − ηg/(√s + ε), with g + λw for g. Tieleman and Hinton (2012), lecture 6e.
public final class RMSprop<S: Scalar>: Optimizer {
  private let rho: S
  private let epsilon: S
  private let weightDecay: S
  private let squares: AlignedBuffer<S>

  public init(parameterCount: Int, rho: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0) {
    self.rho = S(rho)
    self.epsilon = S(epsilon)
    self.weightDecay = S(weightDecay)
    squares = AlignedBuffer(count: parameterCount)
  }

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    adapt(
      parameters.pointer, gradient.pointer, squares.pointer, count: parameters.count, learningRate: S(learningRate),
      rho: rho, epsilon: epsilon, weightDecay: weightDecay)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func adapt<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ squares: UnsafeMutablePointer<S>, count: Int,
  learningRate: S, rho: S, epsilon: S, weightDecay: S
) -> Double {
  let rate = S.Vector(repeating: learningRate)
  let decay = S.Vector(repeating: weightDecay)
  let kept = S.Vector(repeating: rho)
  let fresh = S.Vector(repeating: 1 - rho)
  let floor = S.Vector(repeating: epsilon)
  return updateLanes(parameters, gradient, count: count) { g, w, index in
    let slope = decayed(g, w, decay)
    let s = kept * S.Vector(squares + index) + fresh * slope * slope
    s.store(squares + index)
    return w - rate * slope / (s.squareRoot() + floor)
  }
}
