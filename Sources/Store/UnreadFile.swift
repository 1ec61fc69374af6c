import Glibc

/// A file of the results that is missing from an answer: damaged, or the system does not let it be read.
public struct UnreadFile: Error, Hashable, Sendable, CustomStringConvertible {
  public var path: String
  /// With the path.
  public var reason: String
  /// Whether the file itself is at fault. Otherwise the next try may find it whole.
  public var isDamaged: Bool

  init(_ path: String, _ error: any Error) {
    self.path = path
    reason = "\(error)"
    isDamaged = Recovery.isDamage(error)
  }

  init(_ path: String, damage: String) {
    self.path = path
    reason = damage
    isDamaged = true
  }

  public var description: String { reason }

  /// Whether an answer may be given without the file that gave this error.
  static func mayBeLeftOut(_ error: any Error) -> Bool {
    if case StoreError.system = error { return true }
    return Recovery.isDamage(error)
  }
}

extension [UnreadFile] {
  /// The status of sysexits.h for a program that has to do without these; nil where there are none.
  public var exitStatus: Int32? {
    if isEmpty { return nil }
    return allSatisfy(\.isDamaged) ? EX_DATAERR : EX_IOERR
  }
}
