import Kernels
import Settings

/// s ← s + g²; w ← w − ηg/(√s + ε), with g + λw for g. Duchi, Hazan and Singer (2011).
public struct Adagrad: FirstOrderOptimizer {
  public static let name = "adagrad"
  public static let summary = "s ← s + g²; w ← w − ηg/(√s + ε), with g + λw for g. Duchi, Hazan and Singer (2011)."
  public static let settings: [Setting<Self>] = [
    .number("initial_accumulator", \.initialAccumulator, in: 0..<Double.infinity, "start of the sum of squares"),
    .epsilon(\.epsilon),
    .weightDecay(\.weightDecay),
  ]
  public static let stateVectors = 1
  public static func updateOperations(of step: StepWork) -> Double { 7 }

  public var initialAccumulator: Double = 0
  public var epsilon = 1e-10
  public var weightDecay: Double = 0

  public init() {}

  public var coupledWeightDecay: Double { weightDecay }

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    AdagradState(
      parameterCount: parameterCount, initialAccumulator: initialAccumulator, epsilon: epsilon,
      weightDecay: weightDecay, buffers: buffers)
  }
}

/// s ← s + g²; w ← w − ηg/(√s + ε), with g + λw for g. Duchi, Hazan, Singer (2011).
public final class AdagradState<S: Scalar>: OptimizerState {
  private let epsilon: Double
  private let weightDecay: Double
  private let squares: AlignedBuffer<S>

  /// - Parameter initialAccumulator: Start of s.
  public init(
    parameterCount: Int, initialAccumulator: Double = 0, epsilon: Double = 1e-10, weightDecay: Double = 0,
    buffers: BufferPool<S> = BufferPool()
  ) {
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    squares = buffers.buffer(count: parameterCount)
    squares.pointer.update(repeating: S(initialAccumulator), count: parameterCount)
  }

  public func update(
    _ parameters: AlignedBuffer<S>, _ range: Range<Int>, gradient: UnsafePointer<S>, learningRate: Double
  ) -> Double {
    apply(self, parameters, range, gradient, learningRate)
  }

  fileprivate func rule(_ learningRate: Double) -> AdagradRule<S> {
    AdagradRule(
      rate: S.Vector(repeating: S(learningRate)), decay: S.Vector(repeating: S(weightDecay)),
      floor: S.Vector(repeating: S(epsilon)), squares: squares.pointer)
  }
}

private struct AdagradRule<S: Scalar>: UpdateRule {
  typealias Value = S

  let rate: S.Vector
  let decay: S.Vector
  let floor: S.Vector
  let squares: UnsafeMutablePointer<S>

  @inline(__always)
  func updated(_ g: S.Vector, _ w: S.Vector, at index: Int) -> S.Vector {
    let slope = decayed(g, w, decay)
    let s = S.Vector(squares + index) + slope * slope
    s.store(squares + index)
    return w - rate * slope / (s.squareRoot() + floor)
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func apply<S: Scalar>(
  _ optimizer: AdagradState<S>, _ parameters: AlignedBuffer<S>, _ range: Range<Int>, _ gradient: UnsafePointer<S>,
  _ learningRate: Double
) -> Double {
  advance(parameters, range, gradient, by: optimizer.rule(learningRate))
}
