import Settings

/// 1/(1 + decay·t). Robbins and Monro (1951).
public struct InverseTimeSchedule: SchedulePart {
  public static let name = "inverse_time"
  public static let summary = "1/(1 + decay·t). Robbins and Monro (1951)"
  public static let otherNames = ["inversetimedecay"]
  public static let settings: [Setting<Self>] = [
    .number("decay", \.decay, in: .nonNegative, isRequired: true, "of an epoch")
  ]

  public var decay = 0.0

  public init() {}

  public func factor(at moment: TrainingMoment) -> Double { 1 / (1 + decay * moment.time) }
}
