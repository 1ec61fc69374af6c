import Kernels

/// The loss of a sample; a batch's loss is the mean over its samples.
public enum Loss: String, CaseIterable, Hashable, Sendable {
  /// −log softmax(z)ᵧ. Wants classes.
  case softmaxCrossEntropy = "softmax_cross_entropy"
  /// ½‖z − y‖², summed over outputs. Classes become one-hot targets.
  case squaredError = "squared_error"
  /// Σ max(z, 0) − zy + log(1 + e^{−|z|}): cross-entropy of σ(z), summed over outputs. Two classes need one output, more
  /// become one-hot.
  case binaryCrossEntropy = "binary_cross_entropy"

  /// Outputs a network needs for these targets.
  public func outputCount<S>(for samples: Samples<S>) -> Int {
    switch (self, samples.targets) {
    case (.binaryCrossEntropy, .classes(_, classes: 2)): 1
    default: samples.outputCount
    }
  }
}

/// A loss and an accuracy over a set of samples.
public struct Evaluation: Hashable, Sendable {
  /// Mean over samples, without penalty.
  public var loss: Double
  /// Share of samples whose class has the largest output; NaN where targets are not classes.
  public var accuracy: Double
  /// Of the samples' losses around their mean, with n − 1; nil where it was not measured, is not finite, or n is 1.
  public var lossVariance: Double?

  public init(loss: Double, accuracy: Double) {
    self.loss = loss
    self.accuracy = accuracy
  }
}
