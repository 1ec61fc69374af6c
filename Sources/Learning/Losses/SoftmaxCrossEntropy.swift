import Kernels
import Settings

/// −log softmax(z)ᵧ.
public struct SoftmaxCrossEntropy: NetworkLoss {
  public static let name = "softmax_cross_entropy"
  public static let summary = "−log softmax(z)ᵧ, of classes"
  public static let otherNames = [
    "crossentropy", "ce", "crossentropyloss", "categoricalcrossentropy", "sparsecategoricalcrossentropy", "nll",
    "nllloss", "softmax", "negativeloglikelihood", "softmaxcrossentropywithintegerlabels",
    "softmaxcrossentropywithlogits", "safesoftmaxcrossentropy",
  ]
  public static let settings: [Setting<Self>] = []
  public static let targets = LossTargets.classes

  public init() {}

  public func kernel<S: Scalar>() -> any LossKernel<S> { Kernel<S>() }

  private struct Kernel<Value: Scalar>: LossKernel {
    var countsCorrect: Bool { true }

    func isFused(columns: Int) -> Bool { columns <= 16 }

    func slopes(
      of z: UnsafePointer<Value>, bias: UnsafePointer<Value>?, _ samples: LossSamples<Value>, scale: Value,
      countsCorrect: Bool, sumsSquares: Bool, delta: UnsafeMutablePointer<Value>, scratch: UnsafeMutablePointer<Value>
    ) -> LossSum {
      narrowSoftmaxCrossEntropy(
        z, bias: bias, rows: samples.rows, classes: samples.columns, labels: samples.labels, scale: scale,
        countsCorrect: countsCorrect, sumsSquares: sumsSquares, delta: delta, scratch: scratch)
    }

    func slopes(
      _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value, countsCorrect: Bool,
      sumsSquares: Bool
    ) -> LossSum {
      softmaxCrossEntropy(
        z, rows: samples.rows, classes: samples.columns, labels: samples.labels, scale: scale,
        countsCorrect: countsCorrect, sumsSquares: sumsSquares)
    }

    /// The class probabilities p.
    func keepCurvature(
      _ z: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value,
      scratch: UnsafeMutablePointer<Value>
    ) {
      softmax(z, rows: samples.rows, classes: samples.columns)
    }

    func applyCurvature(
      _ kept: UnsafePointer<Value>, to r: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value
    ) {
      applySoftmaxCurvature(kept, to: r, rows: samples.rows, classes: samples.columns, scale: scale)
    }

    /// p(1 − p)·scale.
    func curvatureDiagonal(
      _ kept: UnsafePointer<Value>, into h: UnsafeMutablePointer<Value>, _ samples: LossSamples<Value>, scale: Value
    ) {
      softmaxCurvatureDiagonal(kept, into: h, count: samples.count, scale: scale)
    }
  }
}
