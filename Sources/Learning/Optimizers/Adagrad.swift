import Kernels

/// s ← s + g²; w ← w − ηg/(√s + ε), with g + λw for g. Duchi, Hazan, Singer (2011).
public final class Adagrad<S: Scalar>: Optimizer {
  private let epsilon: S
  private let weightDecay: S
  private let squares: AlignedBuffer<S>

  /// - Parameter initialAccumulator: Start of s.
  public init(parameterCount: Int, initialAccumulator: Double = 0, epsilon: Double = 1e-10, weightDecay: Double = 0) {
    self.epsilon = S(epsilon)
    self.weightDecay = S(weightDecay)
    squares = AlignedBuffer(count: parameterCount)
    squares.pointer.update(repeating: S(initialAccumulator), count: parameterCount)
  }

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    adapt(
      parameters.pointer, gradient.pointer, squares.pointer, count: parameters.count, learningRate: S(learningRate),
      epsilon: epsilon, weightDecay: weightDecay)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func adapt<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ squares: UnsafeMutablePointer<S>, count: Int,
  learningRate: S, epsilon: S, weightDecay: S
) -> Double {
  let rate = S.Vector(repeating: learningRate)
  let decay = S.Vector(repeating: weightDecay)
  let floor = S.Vector(repeating: epsilon)
  return updateLanes(parameters, gradient, count: count) { g, w, index in
    let slope = decayed(g, w, decay)
    let s = S.Vector(squares + index) + slope * slope
    s.store(squares + index)
    return w - rate * slope / (s.squareRoot() + floor)
  }
}
