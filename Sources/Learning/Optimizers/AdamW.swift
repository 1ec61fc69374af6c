import Kernels
import Settings

/// adam with w ← (1 − ηλ)w before each step instead of λw in the gradient. Loshchilov and Hutter (2019), algorithm
/// 2.
public struct AdamW: FirstOrderOptimizer {
  public static let name = "adamw"
  public static let summary =
    "adam with w ← (1 − ηλ)w before each step instead of λw in the gradient. Loshchilov and Hutter (2019), algorithm 2."
  public static let settings: [Setting<Self>] = [
    .beta1(\.beta1),
    .beta2(\.beta2),
    .epsilon(\.epsilon),
    .decoupledWeightDecay(\.weightDecay),
  ]
  public static let stateVectors = 2
  public static func updateOperations(of step: StepWork) -> Double { 14 }

  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var weightDecay = 0.01

  public init() {}

  public func makeState<S: Scalar>(parameterCount: Int, buffers: BufferPool<S>) -> any OptimizerState<S> {
    AdamState(
      parameterCount: parameterCount, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      decoupled: true, buffers: buffers)
  }
}
