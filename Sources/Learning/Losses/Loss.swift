import Kernels

/// The loss of a network's outputs.
public struct Loss: Sendable {
  public let part: any NetworkLoss
  /// Whether it compares outputs with the number of a class, and not with one-hot targets.
  public let takesClasses: Bool
  /// Above which a single output says the second of two classes.
  public let threshold: Double

  public init(_ part: any NetworkLoss) {
    self.part = part
    takesClasses = type(of: part).targets == .classes
    threshold = type(of: part).threshold
  }

  /// Outputs a network needs for these targets.
  public func outputCount<S>(for samples: Samples<S>) -> Int {
    switch samples.targets {
    case .classes(_, classes: 2) where type(of: part).hasOneOutputForTwoClasses: 1
    default: samples.outputCount
    }
  }
}

extension Loss: Hashable, CustomStringConvertible {
  public static func == (left: Loss, right: Loss) -> Bool { AnyHashable(left.part) == AnyHashable(right.part) }

  public func hash(into hasher: inout Hasher) { part.hash(into: &hasher) }

  public var description: String { type(of: part).name }
}
