import Experiments
import Glibc
import Synchronization

/// The one writer of a directory of results.
///
/// A finished run is a journal record first, written before `append` returns. A full block of runs becomes an
/// immutable shard, and its journal goes. Whatever instant a process is killed at, only the runs in flight are lost.
/// Methods may be called from any thread.
public final class ResultStore: Sendable {
  public struct Options: Hashable, Sendable {
    /// Runs in a shard.
    public var runsPerShard = 256
    /// A block with this many bytes becomes a shard before it is full.
    public var bytesPerShard = 64 << 20
    public var synchronization = Synchronization.never
    public var access = Access.exclusive

    public init() {}
  }

  /// When a journal record is on the device rather than in the system's cache. Shards always are.
  public enum Synchronization: String, Hashable, Sendable, CaseIterable {
    /// A crash of the process loses nothing, a crash of the machine may lose the runs in no shard yet.
    case never
    case everyRecord = "every_record"
  }

  public enum Access: String, Hashable, Sendable, CaseIterable {
    /// A second sweep on the directory is refused and told who holds it.
    case exclusive
    /// Several processes, on several machines, write to the directory; each does its own trials.
    case shared
  }

  private let directory: ResultDirectory
  private let options: Options
  private let state: Mutex<State>

  private struct State {
    var lock: DirectoryLock?
    var journal: Journal?
    var completed: Set<TrialIdentity> = []
    var notices: [String] = []
  }

  private init(_ directory: ResultDirectory, options: Options, state: consuming sending State) {
    self.directory = directory
    self.options = options
    self.state = Mutex(state)
  }

  /// Makes the directory or goes on with it.
  ///
  /// Throws ``SweepConflict`` where it holds a different experiment, ``StoreError/locked`` where another sweep runs,
  /// and other ``StoreError``s where the system refuses.
  public static func open(
    directory path: String, manifest: SweepManifest, options: Options = Options()
  ) throws -> ResultStore {
    let directory = ResultDirectory(path)
    for part in [directory.path, directory.shards, directory.journals] { try Files.makeDirectory(part) }
    var state = State()
    state.lock = try DirectoryLock(directory, shared: options.access == .shared)
    try settleManifest(manifest, in: directory)
    for journal in try directory.journalPaths() {
      let replay = try JournalReplay(path: journal)
      if let notice = replay.tail.notice { state.notices.append("\(Files.name(of: journal)): \(notice)") }
      state.completed.formUnion(replay.records.map(\.identity))
    }
    return ResultStore(directory, options: options, state: state)
  }

  /// Writes `sweep.json` where there is none; refuses another experiment's.
  private static func settleManifest(_ manifest: SweepManifest, in directory: ResultDirectory) throws {
    var manifest = manifest
    if Files.exists(directory.manifest) {
      let existing = try JSON.read(SweepManifest.self, path: directory.manifest)
      let differences = existing.conflicts(with: manifest)
      guard differences.isEmpty else { throw SweepConflict(directory: directory.path, differences: differences) }
      manifest.created = existing.created
      if manifest == existing { return }
    }
    try Files.replace(directory.manifest, with: try JSON.encode(manifest))
  }

  /// Trials whose record is on disk.
  public var completed: Set<TrialIdentity> { state.withLock { $0.completed } }

  /// What was found and mended: damaged shards, torn journals.
  public var notices: [String] { state.withLock { $0.notices } }

  /// Stores a finished run. On return it survives the process; what more, ``Options/synchronization`` says.
  ///
  /// A trial that is in ``completed`` is left as it is. Throws ``StoreError``.
  public func append(_ record: TrialRecord) throws {
    try record.validate()
    let frame = Journal.frame(for: record)
    try state.withLock { state in
      guard state.lock != nil else { throw StoreError.closed(directory: directory.path) }
      guard !state.completed.contains(record.identity) else { return }
      if state.journal == nil {
        state.journal = try Journal(
          creating: directory.makeNewJournalPath(), synchronizes: options.synchronization == .everyRecord)
      }
      try state.journal?.append(frame)
      state.completed.insert(record.identity)
    }
  }

  /// Ends the sweep's use of the directory.
  public func close() throws {
    state.withLock { state in
      state.journal = nil
      state.lock = nil
    }
  }

  /// Stores what the test set says about the winner.
  public func write(_ evaluation: TestEvaluation) throws {
    try Files.replace(directory.testEvaluation, with: try JSON.encode(evaluation))
  }
}
