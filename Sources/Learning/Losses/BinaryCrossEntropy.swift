import Kernels
import Settings

/// Σ max(z, 0) − zy + log(1 + e^{−|z|}): cross-entropy of σ(z), summed over outputs. Two classes need one output, more
/// become one-hot.
public struct BinaryCrossEntropy: NetworkLoss {
  public static let name = "binary_cross_entropy"
  public static let summary = "cross-entropy of σ(z), summed over outputs; two classes take one, more become one-hot"
  public static let otherNames = [
    "bce", "bceloss", "bcewithlogits", "bcewithlogitsloss", "binarycrossentropywithlogits", "binarycrossentropyloss",
    "sigmoidbinarycrossentropy", "sigmoidcrossentropy",
  ]
  public static let settings: [Setting<Self>] = []
  public static let targets = LossTargets.shares
  public static let hasOneOutputForTwoClasses = true
  public static let threshold = 0.0

  public init() {}

  public func kernel<S: Scalar>() -> any LossKernel<S> { Kernel<S>(sigmoid: Sigmoid().kernel()) }

  private struct Kernel<Value: Scalar>: DiagonalLossKernel {
    let sigmoid: any ActivationKernel<Value>

    func slopes(
      _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value, countsCorrect: Bool,
      sumsSquares: Bool
    ) -> LossSum {
      binaryCrossEntropy(
        z, targets: samples.targets, count: samples.count, scale: scale, columns: sumsSquares ? samples.columns : nil)
    }

    /// σ′(z)·scale.
    func keepCurvature(
      _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value,
      scratch: UnsafeMutablePointer<Value>
    ) {
      sigmoid.apply(to: CurvedMap(z: z, count: samples.count, derivative: scratch, second: nil))
      scaled(scratch, by: scale, into: z, count: samples.count)
    }
  }
}
