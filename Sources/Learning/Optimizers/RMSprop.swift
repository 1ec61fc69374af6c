import Kernels
import Settings

/// s ← ρs + (1 − ρ)g²; w ← w − ηg/(√s + ε). Tieleman and Hinton (2012), lecture 6e.
public struct RMSprop: FirstOrderOptimizer {
  public static let name = "rmsprop"
  public static let summary = "s ← ρs + (1 − ρ)g²; w ← w − ηg/(√s + ε). Tieleman and Hinton (2012), lecture 6e."
  public static let settings: [Setting<Self>] = [
    .rho(\.rho),
    .epsilon(\.epsilon),
    .weightDecay(\.weightDecay),
  ]
  public static let stateVectors = 1
  public static func updateOperations(of step: StepWork) -> Double { 8 }

  public var rho = 0.99
  public var epsilon = 1e-8
  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    RMSpropState(
      parameterCount: parameterCount, rho: rho, epsilon: epsilon, weightDecay: weightDecay, buffers: buffers)
  }
}

/// s ← ρs + (1 − ρ)g²; w ← w − ηg/(√s + ε), with g + λw for g. Tieleman and Hinton (2012), lecture 6e.
public final class RMSpropState<S: Scalar>: OptimizerState {
  private let rho: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let squares: AlignedBuffer<S>

  public init(
    parameterCount: Int, rho: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0,
    buffers: BufferPool<S> = BufferPool()
  ) {
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    squares = buffers.buffer(count: parameterCount)
  }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, parameters, range, gradient, learningRate)
  }

  fileprivate func rule(_ learningRate: Double) -> RMSpropRule<S> {
    RMSpropRule(
      rate: S.Vector(repeating: S(learningRate)), decay: S.Vector(repeating: S(weightDecay)),
      floor: S.Vector(repeating: S(epsilon)), square: MovingAverage(decay: rho, values: squares.pointer))
  }
}

private struct RMSpropRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let rate: S.Vector
  let decay: S.Vector
  let floor: S.Vector
  let square: MovingAverage<S>

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let slope = decayed(g, w, decay)
    let s = square.advanced(by: slope * slope, at: index)
    return w - rate * slope / (s.squareRoot() + floor)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ optimizer: RMSpropState<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
