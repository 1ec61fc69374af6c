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
