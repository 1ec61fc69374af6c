/// The loss of a sample's outputs z against its targets y. What it computes is declared by the protocol that refines this one.
public protocol LossPart: Part {
  /// What targets it takes.
  static var targets: LossTargets { get }

  /// Whether two classes take one output, and not one each.
  static var hasOneOutputForTwoClasses: Bool { get }

  /// Above which a single output says the second of two classes.
  static var threshold: Double { get }

  /// Whether it is ½‖z − y‖², which some second-order methods are for.
  static var isSquaredError: Bool { get }
}

extension LossPart {
  public static var hasOneOutputForTwoClasses: Bool { false }
  public static var threshold: Double { 0.5 }
  public static var isSquaredError: Bool { false }
}

/// What a loss compares outputs with.
public enum LossTargets: Hashable, Sendable {
  /// The number of a class, from 0.
  case classes
  /// Any numbers, one an output; classes become one-hot.
  case numbers
  /// Numbers from 0 to 1, one an output; classes become one-hot.
  case shares
}
