import Kernels

/// s ← ρs + (1 − ρ)g²; Δ = √(u + ε)/√(s + ε)·g; u ← ρu + (1 − ρ)Δ²; w ← w − ηΔ, with g + λw for g. Zeiler (2012),
/// algorithm 1, where η = 1.
public final class Adadelta<S: Scalar>: Optimizer {
  private let constants: Constants
  private let squares: AlignedBuffer<S>
  private let updates: AlignedBuffer<S>

  fileprivate struct Constants {
    var rho: S
    var epsilon: S
    var weightDecay: S
  }

  public init(parameterCount: Int, rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0) {
    constants = Constants(rho: S(rho), epsilon: S(epsilon), weightDecay: S(weightDecay))
    squares = AlignedBuffer(count: parameterCount)
    updates = AlignedBuffer(count: parameterCount)
  }

  public func update(_ parameters: AlignedBuffer<S>, gradient: AlignedBuffer<S>, learningRate: Double) -> Double {
    adapt(
      parameters.pointer, gradient.pointer, squares.pointer, updates.pointer, count: parameters.count,
      learningRate: S(learningRate), constants)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func adapt<S: Scalar>(
  _ parameters: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ squares: UnsafeMutablePointer<S>,
  _ updates: UnsafeMutablePointer<S>, count: Int, learningRate: S, _ constants: Adadelta<S>.Constants
) -> Double {
  let rate = S.Vector(repeating: learningRate)
  let decay = S.Vector(repeating: constants.weightDecay)
  let rho = S.Vector(repeating: constants.rho)
  let fresh = S.Vector(repeating: 1 - constants.rho)
  let floor = S.Vector(repeating: constants.epsilon)
  return updateLanes(parameters, gradient, count: count) { g, w, index in
    let slope = decayed(g, w, decay)
    let s = rho * S.Vector(squares + index) + fresh * slope * slope
    s.store(squares + index)
    let u = S.Vector(updates + index)
    let change = (u + floor).squareRoot() / (s + floor).squareRoot() * slope
    (rho * u + fresh * change * change).store(updates + index)
    return w - rate * change
  }
}
