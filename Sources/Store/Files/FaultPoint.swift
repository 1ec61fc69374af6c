import Glibc
import Synchronization

/// A named instant of a commit at which tests let the process die, as `SIGKILL` would: `RAVINE_FAULT=NAME` at its first,
/// `RAVINE_FAULT=NAME:3` at its third passing. Without the variable a passing costs one comparison.
struct FaultPoint: Hashable, Sendable {
  var name: String

  /// In the order in which a sweep first passes them.
  static let all: [FaultPoint] = [
    .manifestBegun, .manifestWritten, .manifestSynced, .manifestReplaced, .journalMade, .journalHalf, .journalWritten,
    .shardBuilt, .shardBegun, .shardWritten, .shardSynced, .shardLinked, .shardAlone, .shardDone, .journalGone,
  ]

  /// The temporary file of `sweep.json` or `test.json` is there and empty.
  static let manifestBegun = FaultPoint(name: "manifest-begun")
  /// Its content may be in the system's cache only.
  static let manifestWritten = FaultPoint(name: "manifest-written")
  static let manifestSynced = FaultPoint(name: "manifest-synced")
  /// Renamed; the directory may not be on the device.
  static let manifestReplaced = FaultPoint(name: "manifest-replaced")
  /// The journal is there without a record.
  static let journalMade = FaultPoint(name: "journal-made")
  /// Half of a record is written.
  static let journalHalf = FaultPoint(name: "journal-half")
  static let journalWritten = FaultPoint(name: "journal-written")
  /// A block is a shard in memory.
  static let shardBuilt = FaultPoint(name: "shard-built")
  static let shardBegun = FaultPoint(name: "shard-begun")
  static let shardWritten = FaultPoint(name: "shard-written")
  static let shardSynced = FaultPoint(name: "shard-synced")
  /// The shard has its name beside its temporary one. Not on file systems without links.
  static let shardLinked = FaultPoint(name: "shard-linked")
  /// The temporary name is gone; the directory may not be on the device.
  static let shardAlone = FaultPoint(name: "shard-alone")
  /// The shard is on the device; its journal is still there.
  static let shardDone = FaultPoint(name: "shard-done")
  static let journalGone = FaultPoint(name: "journal-gone")
  /// A file for other programs is on the device under its temporary name. No step of a sweep's, and so none of ``all``.
  static let outputSynced = FaultPoint(name: "output-synced")
  /// A trial is about to be trained. No step of a commit: here the process crashes, by ``crash()``.
  static let trialCrash = FaultPoint(name: "trial-crash")

  /// Ends the process where this is the passing that was asked for.
  @inline(__always) func pass() {
    if Self.armed != nil { passArmed() }
  }

  /// Whether ``pass()`` will end the process: where half of something has to be done before.
  var isNext: Bool {
    guard let armed = Self.armed, armed.name == name else { return false }
    return Self.passings.load(ordering: .relaxed) + 1 == armed.passing
  }

  private func passArmed() {
    guard Self.armed?.name == name else { return }
    if Self.passings.wrappingAdd(1, ordering: .relaxed).newValue == Self.armed?.passing { kill(getpid(), SIGKILL) }
  }

  /// Ends the process by a fault of its own where this is the passing that was asked for.
  func crash() {
    guard let armed = Self.armed, armed.name == name else { return }
    if Self.passings.wrappingAdd(1, ordering: .relaxed).newValue == armed.passing { raise(SIGSEGV) }
  }

  private static let passings = Atomic(0)

  private static let armed: (name: String, passing: Int)? = {
    guard let text = getenv("RAVINE_FAULT") else { return nil }
    let parts = String(cString: text).split(separator: ":")
    return (parts.first.map(String.init) ?? "", parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
  }()
}
