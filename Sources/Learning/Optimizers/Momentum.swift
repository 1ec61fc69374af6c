import Kernels
import Settings

/// v ← μv + g + λw; w ← w − ηv. Polyak (1964).
public struct Momentum: FirstOrderOptimizer {
  public static let name = "momentum"
  public static let summary = "v ← μv + g + λw; w ← w − ηv. Polyak (1964)."
  public static let otherNames = ["sgdm", "sgdmomentum", "momentumsgd", "heavyball"]
  public static let settings: [Setting<Self>] = [
    .momentum(\.momentum),
    .weightDecay(\.weightDecay),
  ]
  public static let stateVectors = 1
  public static func updateOperations(of step: StepWork) -> Double { 4 }

  public var momentum = 0.9
  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public var stability: StabilityBound? { .init(formula: "2(1 + μ)/λ_max", factor: 2 * (1 + momentum)) }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    MomentumState(
      parameterCount: parameterCount, momentum: momentum, weightDecay: weightDecay, buffers: buffers)
  }
}

/// v ← μv + g + λw; w ← w − η(g + λw + μv). Nesterov (1983), as in Sutskever et al. (2013).
public struct Nesterov: FirstOrderOptimizer {
  public static let name = "nesterov"
  public static let summary = "v ← μv + g + λw; w ← w − η(g + λw + μv). Nesterov (1983), as in Sutskever et al. (2013)."
  public static let otherNames = ["nag", "nesterovmomentum", "nesterovsgd", "sgdnesterov"]
  public static let settings: [Setting<Self>] = [
    .momentum(\.momentum),
    .weightDecay(\.weightDecay),
  ]
  public static let stateVectors = 1
  public static func updateOperations(of step: StepWork) -> Double { 6 }

  public var momentum = 0.9
  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public var stability: StabilityBound? {
    .init(formula: "2(1 + μ)/((1 + 2μ)·λ_max)", factor: 2 * (1 + momentum) / (1 + 2 * momentum))
  }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    MomentumState(
      parameterCount: parameterCount, momentum: momentum, nesterov: true, weightDecay: weightDecay, buffers: buffers)
  }
}

/// v ← μv + g + λw; w ← w − ηv, or with Nesterov's look-ahead w ← w − η(g + λw + μv).
///
/// The velocity starts at zero, so the first one is the gradient; η stays outside it. Polyak (1964); Nesterov (1983) in
/// the form of Sutskever et al. (2013).
public final class MomentumState<S: Scalar>: OptimizerState {
  private let momentum: Double
  fileprivate let weightDecay: Double
  fileprivate let nesterov: Bool
  private let velocity: AlignedBuffer<S>

  public init(
    parameterCount: Int, momentum: Double = 0.9, nesterov: Bool = false, weightDecay: Double = 0,
    buffers: BufferPool<S> = BufferPool()
  ) {
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
    velocity = buffers.buffer(count: parameterCount)
  }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, parameters, range, gradient, learningRate)
  }

  fileprivate func coefficients(_ learningRate: Double) -> MomentumCoefficients<S> {
    MomentumCoefficients(
      rate: S.Vector(repeating: S(learningRate)), decay: S.Vector(repeating: S(weightDecay)),
      momentum: S.Vector(repeating: S(momentum)), velocity: velocity.pointer)
  }
}

private struct MomentumCoefficients<S: Scalar> {
  let rate: S.Vector
  let decay: S.Vector
  let momentum: S.Vector
  let velocity: UnsafeMutablePointer<S>
}

private struct MomentumRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let coefficients: MomentumCoefficients<S>

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let v = coefficients.momentum * S.Vector(coefficients.velocity + index) + decayed(g, w, coefficients.decay)
    v.store(coefficients.velocity + index)
    return w - coefficients.rate * v
  }
}

/// The same without a decay, which costs a small network's update a tenth of its time.
private struct PlainMomentumRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let coefficients: MomentumCoefficients<S>

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let v = coefficients.momentum * S.Vector(coefficients.velocity + index) + g
    v.store(coefficients.velocity + index)
    return w - coefficients.rate * v
  }
}

private struct NesterovRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let coefficients: MomentumCoefficients<S>

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let slope = decayed(g, w, coefficients.decay)
    let v = coefficients.momentum * S.Vector(coefficients.velocity + index) + slope
    v.store(coefficients.velocity + index)
    return w - coefficients.rate * (slope + coefficients.momentum * v)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ optimizer: MomentumState<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(optimizer, parameters, range, gradient, learningRate)
}

/// Out of line: otherwise a call looks up the types of the rules before it comes to its specialisation.
@inline(never)
private func advance<S: Scalar>(
  _ optimizer: MomentumState<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  let coefficients = optimizer.coefficients(learningRate)
  if optimizer.nesterov { return advance(parameters, range, gradient, by: NesterovRule(coefficients: coefficients)) }
  return optimizer.weightDecay == 0
    ? advance(parameters, range, gradient, by: PlainMomentumRule(coefficients: coefficients))
    : advance(parameters, range, gradient, by: MomentumRule(coefficients: coefficients))
}
