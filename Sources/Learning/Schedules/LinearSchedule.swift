import Settings

/// 1 − (1 − f)·t/T, T all epochs and f the floor.
public struct LinearSchedule: SchedulePart {
  public static let name = "linear"
  public static let summary = "1 − (1 − floor)·t/epochs"
  public static let otherNames = ["linearlr", "linearschedule", "lineardecay"]
  public static let settings: [Setting<Self>] = [
    .number("floor", \.floor, in: .share, "the factor in the end")
  ]

  public var floor = 0.0

  public init() {}

  public func factor(at moment: TrainingMoment) -> Double {
    1 - (1 - floor) * moment.time / Double(moment.epochs)
  }
}
