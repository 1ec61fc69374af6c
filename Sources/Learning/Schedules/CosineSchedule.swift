import Foundation
import Settings

/// f + (1 − f)·½(1 + cos(πt/T)), T all epochs and f the floor. Loshchilov and Hutter (2017), eq. 5.
public struct CosineSchedule: SchedulePart {
  public static let name = "cosine"
  public static let summary = "floor + ½(1 − floor)(1 + cos πt/epochs). Loshchilov and Hutter (2017), eq. 5"
  public static let otherNames = [
    "cosineannealing", "cosineannealinglr", "cosinedecay", "cosinedecayschedule", "cosinelr", "warmupcosine",
    "warmupcosinedecayschedule",
  ]
  public static let settings: [Setting<Self>] = [
    .number("floor", \.floor, in: .share, "the factor in the end")
  ]

  public var floor = 0.0

  public init() {}

  public func factor(at moment: TrainingMoment) -> Double {
    floor + (1 - floor) * 0.5 * (1 + cos(Double.pi * moment.time / Double(moment.epochs)))
  }
}
