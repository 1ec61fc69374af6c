import Kernels

/// w ← w − η(g + λw). Cauchy (1847); mini-batches and single samples: Robbins and Monro (1951).
public final class GradientDescent<S: Scalar>: Optimizer {
  private let weightDecay: S

  public init(weightDecay: Double = 0) { self.weightDecay = S(weightDecay) }

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    descend(
      parameters.pointer, gradient.pointer, count: parameters.count, learningRate: S(learningRate),
      weightDecay: weightDecay)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func descend<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, count: Int, learningRate: S, weightDecay: S
) -> Double {
  let rate = S.Vector(repeating: learningRate)
  let decay = S.Vector(repeating: weightDecay)
  return updateLanes(parameters, gradient, count: count) { g, w, _ in w - rate * decayed(g, w, decay) }
}
