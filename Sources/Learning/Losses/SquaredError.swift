import Kernels
import Settings

/// ½‖z − y‖², summed over outputs. Classes become one-hot targets.
public struct SquaredError: NetworkLoss {
  public static let name = "squared_error"
  public static let summary = "½‖z − y‖², summed over outputs; classes become one-hot"
  public static let otherNames = [
    "mse", "mseloss", "meansquarederror", "l2loss", "squareerror", "squaredloss", "squarederrorloss",
  ]
  public static let settings: [Setting<Self>] = []
  public static let targets = LossTargets.numbers
  public static let isSquaredError = true

  public init() {}

  public func kernel<S: Scalar>() -> any LossKernel<S> { Kernel<S>() }

  private struct Kernel<Value: Scalar>: DiagonalLossKernel {
    func slopes(
      _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value, countsCorrect: Bool,
      sumsSquares: Bool
    ) -> LossSum {
      squaredError(
        z, targets: samples.targets, count: samples.count, scale: scale, columns: sumsSquares ? samples.columns : nil)
    }

    func keepCurvature(
      _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value,
      scratch: UnsafeMutablePointer<Value>
    ) {
      z.update(repeating: scale, count: samples.count)
    }
  }
}
