import Kernels
import Settings

/// s ← ρs + (1 − ρ)g²; Δ = √(u + ε)/√(s + ε)·g; u ← ρu + (1 − ρ)Δ²; w ← w − ηΔ. Zeiler (2012), algorithm 1.
public struct Adadelta: FirstOrderOptimizer {
  public static let name = "adadelta"
  public static let summary =
    "s ← ρs + (1 − ρ)g²; Δ = √(u + ε)/√(s + ε)·g; u ← ρu + (1 − ρ)Δ²; w ← w − ηΔ. Zeiler (2012), algorithm 1."
  public static let settings: [Setting<Self>] = [
    .rho(\.rho),
    .number("epsilon", \.epsilon, in: 1e-30..<Double.infinity, "ε, under both roots"),
    .weightDecay(\.weightDecay),
  ]
  public static let stateVectors = 2
  public static func updateOperations(of step: StepWork) -> Double { 14 }

  public var rho = 0.9
  public var epsilon = 1e-6
  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    AdadeltaState(
      parameterCount: parameterCount, rho: rho, epsilon: epsilon, weightDecay: weightDecay, buffers: buffers)
  }
}

/// s ← ρs + (1 − ρ)g²; Δ = √(u + ε)/√(s + ε)·g; u ← ρu + (1 − ρ)Δ²; w ← w − ηΔ, with g + λw for g. Zeiler (2012),
/// algorithm 1, where η = 1.
public final class AdadeltaState<S: Scalar>: OptimizerState {
  private let rho: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let squares: AlignedBuffer<S>
  private let updates: AlignedBuffer<S>

  public init(
    parameterCount: Int, rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0,
    buffers: BufferPool<S> = BufferPool()
  ) {
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    squares = buffers.buffer(count: parameterCount)
    updates = buffers.buffer(count: parameterCount)
  }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, parameters, range, gradient, learningRate)
  }

  fileprivate func rule(_ learningRate: Double) -> AdadeltaRule<S> {
    AdadeltaRule(
      rate: S.Vector(repeating: S(learningRate)), decay: S.Vector(repeating: S(weightDecay)),
      floor: S.Vector(repeating: S(epsilon)), square: MovingAverage(decay: rho, values: squares.pointer),
      update: MovingAverage(decay: rho, values: updates.pointer))
  }
}

private struct AdadeltaRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let rate: S.Vector
  let decay: S.Vector
  let floor: S.Vector
  let square: MovingAverage<S>
  let update: MovingAverage<S>

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let slope = decayed(g, w, decay)
    let s = square.advanced(by: slope * slope, at: index)
    let u = S.Vector(update.values + index)
    let change = (u + floor).squareRoot() / (s + floor).squareRoot() * slope
    _ = update.advanced(by: change * change, at: index)
    return w - rate * change
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ optimizer: AdadeltaState<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
