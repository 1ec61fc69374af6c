import CSIMD

/// What Adam's step does to a parameter w with gradient g and the averages m and v: g ← g + `decay`·w;
/// m ← `keptMean`·m + `freshMean`·g; v ← `keptSquare`·v + `freshSquare`·g²; w ← `shrink`·w − `rate`·m/(√v + `floor`).
public struct AdamStep<S: Scalar>: Sendable {
  public var keptMean: S
  public var freshMean: S
  public var keptSquare: S
  public var freshSquare: S
  public var rate: S
  public var floor: S
  public var decay: S
  public var shrink: S

  public init(
    keptMean: S, freshMean: S, keptSquare: S, freshSquare: S, rate: S, floor: S, decay: S = 0, shrink: S = 1
  ) {
    self.keptMean = keptMean
    self.freshMean = freshMean
    self.keptSquare = keptSquare
    self.freshSquare = freshSquare
    self.rate = rate
    self.floor = floor
    self.decay = decay
    self.shrink = shrink
  }
}

extension Float {
  public static func take(
    _ step: AdamStep<Float>, count: Int, _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    mean: UnsafeMutablePointer<Float>, square: UnsafeMutablePointer<Float>
  ) -> Float? {
    guard Processor.hasAVX512 else { return nil }
    let rule = csimd_adam(
      kept_mean: step.keptMean, fresh_mean: step.freshMean, kept_square: step.keptSquare,
      fresh_square: step.freshSquare, rate: step.rate, floor: step.floor, decay: step.decay, shrink: step.shrink)
    return csimd_adam_step(count, rule, parameters, gradient, mean, square)
  }
}
