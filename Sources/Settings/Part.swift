/// Something that an experiment file can name: it declares its name, its settings and its meaning once.
///
/// From the declaration come reading with located errors, grid axes, `--set`, `exclude`, the reference, the identity of
/// trials, the columns of the results and the reading of stored runs. Nothing else names a part or its settings.
public protocol Part: Sendable {
  /// What an experiment file calls it: lower-case letters, digits and `_`.
  static var name: String { get }

  /// The formula and its source, in one line of text.
  static var summary: String { get }

  /// What other libraries call it, in small letters and digits alone: `sgd` for gradient descent, `steplr` for the schedule
  /// `step`. Whoever writes one of these is told the name.
  static var otherNames: [String] { get }

  /// In the order in which they are documented and stored.
  static var settings: [Setting<Self>] { get }

  /// With every setting at its default.
  init()
}

extension Part {
  public static var otherNames: [String] { [] }
}

/// Why a part cannot be registered. It is its author's to mend.
public struct PartError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
