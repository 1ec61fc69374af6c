/// How the learning rate changes: η(t) = η · factor(t), t in epochs (fractional, by step).
public struct ScheduleSpecification: Hashable, Sendable {
  public var kind: Kind
  /// Linear warm-up: the factor rises from 1/(n+1) to 1 over the first n steps, n = this many epochs' worth of steps.
  public var warmupEpochs: Double

  public enum Kind: Hashable, Sendable {
    case constant
    /// γ^⌊t/every⌋.
    case step(every: Double, gamma: Double)
    /// γ^t.
    case exponential(gamma: Double)
    /// 1/(1 + decay·t). Robbins and Monro (1951).
    case inverseTime(decay: Double)
    /// f + (1 − f)·½(1 + cos(πt/T)), T the length of training and f the `floor`. Loshchilov and Hutter (2017), eq. 5.
    case cosine(floor: Double)
  }

  public static let constant = ScheduleSpecification(kind: .constant)

  public init(kind: Kind, warmupEpochs: Double = 0) {
    self.kind = kind
    self.warmupEpochs = warmupEpochs
  }
}
