import Kernels

/// s ← ρs + (1 − ρ)g²; Δ = √(u + ε)/√(s + ε)·g; u ← ρu + (1 − ρ)Δ²; w ← w − ηΔ, with g + λw for g. Zeiler (2012),
/// algorithm 1, where η = 1.
public final class Adadelta<S: Scalar>: Optimizer {
  public static var stateVectors: Int { 2 }

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
  _ optimizer: Adadelta<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
