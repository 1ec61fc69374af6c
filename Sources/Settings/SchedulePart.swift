/// How the learning rate changes along training: η(t) = η·factor(t).
public protocol SchedulePart: Part {
  /// The factor on η.
  func factor(at moment: TrainingMoment) -> Double
}

/// A step of training, seen from all of training.
public struct TrainingMoment: Hashable, Sendable {
  /// s, from 0.
  public var step: Int
  /// n.
  public var stepsPerEpoch: Int
  /// T, the length of training.
  public var epochs: Int

  public init(step: Int, stepsPerEpoch: Int, epochs: Int) {
    self.step = step
    self.stepsPerEpoch = stepsPerEpoch
    self.epochs = epochs
  }

  /// t = s/n, in epochs.
  public var time: Double { Double(step) / Double(stepsPerEpoch) }
}

/// 1.
public struct ConstantSchedule: SchedulePart {
  public static let name = "constant"
  public static let summary = "1"
  public static let otherNames = ["constantschedule"]
  public static let settings: [Setting<Self>] = []

  public init() {}

  public func factor(at moment: TrainingMoment) -> Double { 1 }
}
