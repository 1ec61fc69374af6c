import Kernels

/// w ← w − η(g + λw). Cauchy (1847); mini-batches and single samples: Robbins and Monro (1951).
public final class GradientDescent<S: Scalar>: Optimizer {
  private let weightDecay: Double

  public init(weightDecay: Double = 0) { self.weightDecay = weightDecay }

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    apply(GradientDescentRule(rate: learningRate, decay: weightDecay), parameters, gradient)
  }
}

private struct GradientDescentRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let rate: S.Vector
  let decay: S.Vector

  init(rate: Double, decay: Double) {
    self.rate = S.Vector(repeating: S(rate))
    self.decay = S.Vector(repeating: S(decay))
  }

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector { w - rate * decayed(g, w, decay) }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ rule: GradientDescentRule<S>, _ parameters: AlignedBuffer<S>, _ gradient: AlignedBuffer<S>
) -> Double {
  advance(parameters, gradient, by: rule)
}
