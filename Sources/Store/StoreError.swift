import Experiments

/// What can go wrong with a directory of results.
public enum StoreError: Error {
  /// A system call failed. `code` is its errno.
  case system(operation: String, path: String, code: Int32)
  /// The file is not what it must be; `reason` says in which way.
  case damaged(path: String, reason: String)
  /// The record's parts do not fit together.
  case invalidRecord(identity: TrialIdentity, reason: String)
  /// Another process writes to this directory.
  case locked(directory: String, holder: String)
  /// There is no run of that identity.
  case unknownRun(path: String, identity: TrialIdentity)
  /// No results at this path.
  case notResults(path: String, reason: String)
  /// Used after `close()`.
  case closed(directory: String)
  /// A file that is being written was removed by somebody else.
  case vanished(path: String)
  /// There is a file already where one should be made.
  case exists(path: String)
  /// The directory's file system lacks what a sweep's commits need. `code` is the errno of the operation that failed.
  case unusable(directory: String, operation: String, code: Int32)
  /// A shard could not be written; its journal still holds every run.
  case commitFailed(directory: String, reason: String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let operation, let path, let code):
      "\(printable(path)): \(operation) failed: \(systemMessage(code)) (errno \(code))"
    case .damaged(let path, let reason): "\(printable(path)): damaged: \(printable(reason))"
    case .invalidRecord(let identity, let reason): "run \(identity): cannot be stored: \(printable(reason))"
    case .locked(let directory, let holder):
      "\(printable(directory)): another sweep is running there: \(printable(holder)). Wait for it, or stop it first"
    case .unknownRun(let path, let identity): "\(printable(path)): has no run \(identity)"
    case .notResults(let path, let reason): "\(printable(path)): not a sweep's results: \(printable(reason))"
    case .closed(let directory): "\(printable(directory)): the store was closed"
    case .vanished(let path):
      "\(printable(path)): was removed while the sweep was writing to it. The runs in it are lost; the same command runs"
        + " them again"
    case .exists(let path): "\(printable(path)): is there already; --force replaces it, --output takes another name"
    case .unusable(let directory, let operation, let code):
      "\(printable(directory)): no sweep can be kept there: its file system refuses \(operation): \(systemMessage(code))"
        + " (errno \(code)). --output takes a folder on another one; docs/reliability.md lists which are supported"
    case .commitFailed(let directory, let reason):
      "\(printable(directory)): a shard could not be written: \(printable(reason)). No run is lost: the journal holds"
        + " them, and the same command goes on from there"
    }
  }
}

/// A different experiment's results are in the directory.
public struct SweepConflict: Error, Hashable, CustomStringConvertible {
  public var directory: String
  /// One line a difference, `-` what the directory holds, `+` what was asked for.
  public var differences: [String]

  public var description: String {
    "\(printable(directory)): holds the results of a different experiment:\n"
      + differences.map { "  \(printable($0))\n" }.joined()
      + "Choose another name, or another --output"
  }
}

/// The text with control characters escaped: names come from files and must not drive a terminal.
func printable(_ text: String) -> String {
  // Nearly every text is plain ASCII, which takes no look at Unicode's tables.
  if text.utf8.allSatisfy({ 0x20 <= $0 && $0 < 0x7f }) { return text }
  return text.unicodeScalars.map { isControl($0) ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator: true
  default: false
  }
}
