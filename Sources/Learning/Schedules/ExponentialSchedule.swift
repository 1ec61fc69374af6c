import Foundation
import Settings

/// γ^t.
public struct ExponentialSchedule: SchedulePart {
  public static let name = "exponential"
  public static let summary = "γᵗ"
  public static let otherNames = ["exponentiallr", "exponentialdecay", "exp"]
  public static let settings: [Setting<Self>] = [
    .number("gamma", \.gamma, in: .keepProbability, isRequired: true, "γ, the factor of an epoch")
  ]

  public var gamma = 1.0

  public init() {}

  public func factor(at moment: TrainingMoment) -> Double { pow(gamma, moment.time) }
}
