import Settings

/// The factor on the learning rate at a step: that of a part, and a linear warm-up that multiplies it.
public struct Schedule: Sendable {
  public var part: any SchedulePart
  /// Steps of linear warm-up: at step s < n the factor is multiplied by (s + 1)/(n + 1). Counted in epochs.
  public var warmupEpochs: Double

  public static let constant = Schedule(ConstantSchedule())

  public init(_ part: any SchedulePart, warmupEpochs: Double = 0) {
    self.part = part
    self.warmupEpochs = warmupEpochs
  }

  public func factor(at moment: TrainingMoment) -> Double {
    let warmupSteps = (warmupEpochs * Double(moment.stepsPerEpoch)).rounded()
    let warmup = Double(moment.step) < warmupSteps ? Double(moment.step + 1) / (warmupSteps + 1) : 1
    return warmup * part.factor(at: moment)
  }
}
