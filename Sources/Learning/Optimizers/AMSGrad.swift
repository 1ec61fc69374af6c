import Foundation
import Kernels
import Settings

/// Adam that divides by the root of the largest second moment so far: u ← max(u, v); w ← w − η·m̂/(√û + ε), û = u/(1 − β₂ᵗ).
///
/// Reddi, Kale and Kumar (2018), algorithm 2, with Adam's corrections of the start as PyTorch has them.
public struct AMSGrad: FirstOrderOptimizer {
  public static let name = "amsgrad"
  public static let summary =
    "m and v as adam; u ← max(u, v); w ← w − η·m̂/(√û + ε). Reddi et al. (2018), algorithm 2, with adam's corrections."
  public static let settings: [Setting<Self>] = [
    .beta1(\.beta1),
    .beta2(\.beta2),
    .epsilon(\.epsilon),
    .weightDecay(\.weightDecay),
  ]
  public static let stateVectors = 3
  public static func updateOperations(of step: StepWork) -> Double { 13 }

  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    AMSGradState(self, parameterCount: parameterCount, buffers: buffers)
  }
}

private final class AMSGradState<S: Scalar>: OptimizerState {
  private let settings: AMSGrad
  fileprivate let means: AlignedBuffer<S>
  fileprivate let squares: AlignedBuffer<S>
  fileprivate let largest: AlignedBuffer<S>
  private var steps = 0

  init(_ settings: AMSGrad, parameterCount: Int, buffers: BufferPool<S>) {
    self.settings = settings
    means = buffers.buffer(count: parameterCount)
    squares = buffers.buffer(count: parameterCount)
    largest = buffers.buffer(count: parameterCount)
  }

  func begin() {
    steps += 1
  }

  func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, settings, steps: steps, parameters, range, gradient, learningRate)
  }
}

private struct AMSGradRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let mean: MovingAverage<S>
  let square: MovingAverage<S>
  let largest: UnsafeMutablePointer<S>
  let rate: S.Vector
  let floor: S.Vector
  let decay: S.Vector

  /// η m̂/(√û + ε) = (η √c₂/c₁)·m/(√u + ε√c₂).
  init(_ state: AMSGradState<S>, _ settings: AMSGrad, steps: Int, learningRate: Double) {
    let correction = (1 - pow(settings.beta2, Double(steps))).squareRoot()
    mean = MovingAverage(decay: settings.beta1, values: state.means.pointer)
    square = MovingAverage(decay: settings.beta2, values: state.squares.pointer)
    largest = state.largest.pointer
    rate = S.Vector(repeating: S(learningRate * correction / (1 - pow(settings.beta1, Double(steps)))))
    floor = S.Vector(repeating: S(settings.epsilon * correction))
    decay = S.Vector(repeating: S(settings.weightDecay))
  }

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let slope = decayed(g, w, decay)
    let m = mean.advanced(by: slope, at: index)
    let v = square.advanced(by: slope * slope, at: index)
    let u = S.Vector.maximum(v, S.Vector(largest + index))
    u.store(largest + index)
    return w - rate * m / (u.squareRoot() + floor)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ state: AMSGradState<S>, _ settings: AMSGrad, steps: Int, _ parameters: AlignedBuffer<S>, _ range: Range<Int>,
  _ gradient: UnsafePointer<S>, _ learningRate: Double
) -> Double {
  advance(
    parameters, range, gradient, by: AMSGradRule(state, settings, steps: steps, learningRate: learningRate))
}
