import Kernels
import Settings

/// w ← w − η(g + λw). Cauchy (1847); Robbins and Monro (1951).
public struct GradientDescent: FirstOrderOptimizer {
  public static let name = "gradient_descent"
  public static let summary = "w ← w − η(g + λw). Cauchy (1847); Robbins and Monro (1951)."
  public static let otherNames = ["sgd", "gd", "vanillasgd", "steepestdescent"]
  public static let settings: [Setting<Self>] = [
    .weightDecay(\.weightDecay)
  ]
  public static let stateVectors = 0
  public static func updateOperations(of step: StepWork) -> Double { 2 }

  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public var stability: StabilityBound? { .init(formula: "2/λ_max", factor: 2) }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    GradientDescentState<S>(weightDecay: weightDecay)
  }
}

/// w ← w − η(g + λw). Cauchy (1847); mini-batches and single samples: Robbins and Monro (1951).
public final class GradientDescentState<S: Scalar>: OptimizerState {
  private let weightDecay: Double

  public init(weightDecay: Double = 0) { self.weightDecay = weightDecay }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, parameters, range, gradient, learningRate)
  }

  fileprivate func rule(_ learningRate: Double) -> GradientDescentRule<S> {
    GradientDescentRule(rate: learningRate, decay: weightDecay)
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
  _ optimizer: GradientDescentState<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>,
  _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
