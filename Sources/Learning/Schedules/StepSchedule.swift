import Foundation
import Settings

/// γ^⌊s/(every·n)⌋, s in steps and n of them in an epoch.
public struct StepSchedule: SchedulePart {
  public static let name = "step"
  public static let summary = "γ^⌊t/every⌋"
  public static let otherNames = ["steplr", "stepdecay"]
  public static let settings: [Setting<Self>] = [
    .number("every", \.every, in: .positive, isRequired: true, "epochs between two steps"),
    .number("gamma", \.gamma, in: .keepProbability, isRequired: true, "γ, the factor of a step"),
  ]

  public var every = 1.0
  public var gamma = 1.0

  public init() {}

  public func factor(at moment: TrainingMoment) -> Double {
    pow(gamma, periods(of: every * Double(moment.stepsPerEpoch), in: Double(moment.step)))
  }

  /// ⌊steps/length⌋, where a quotient within 1e-9 of a whole number is that number: with `every` 0.2 and 5 steps an epoch
  /// every step counts, although 0.6/0.2 < 3.
  private func periods(of length: Double, in steps: Double) -> Double {
    let quotient = steps / length
    let nearest = quotient.rounded()
    return abs(quotient - nearest) <= 1e-9 * max(1, nearest) ? nearest : quotient.rounded(.down)
  }
}
