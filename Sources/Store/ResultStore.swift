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
    public var runsPerShard: Int
    /// A block with this many bytes becomes a shard before it is full.
    public var bytesPerShard = 64 << 20
    public var synchronization = Synchronization.never
    public var access = Access.exclusive

    /// - Parameter trials: Runs of the whole sweep: a hundredth of them is a shard, but 512 at least and 1,024 at most. What
    ///   reading a shard takes depends on its variables more than on its runs.
    public init(trials: Int = 0) {
      runsPerShard = min(1024, max(512, trials / 100))
    }
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

  /// The most that a run's record may take.
  public static let maximumRecordBytes = JournalFormat.maximumPayload

  private let directory: ResultDirectory
  private let manifest: SweepManifest
  private let options: Options
  private let committer: BlockCommitter
  private let state: Mutex<State>

  private struct State {
    var lock: DirectoryLock?
    var journal: Journal?
    var block = Block()
    var completed: Set<TrialIdentity>
    /// What was found when the directory was opened; with what was stored since, for the only writer.
    var runs: [RunSummary]
  }

  /// What was found and mended when the directory was opened: damaged shards, torn journals.
  public let notices: [String]

  private init(
    _ directory: ResultDirectory, manifest: SweepManifest, options: Options, lock: DirectoryLock, recovery: Recovery
  ) throws {
    self.directory = directory
    self.manifest = manifest
    self.options = options
    committer = BlockCommitter(directory)
    notices = recovery.notices
    state = Mutex(
      State(
        lock: lock, block: recovery.blocks.last ?? Block(), completed: recovery.completed, runs: recovery.runs))
    for block in recovery.blocks.dropLast() { try committer.submit(block, manifest: manifest) }
  }

  /// Makes the directory or goes on with it.
  ///
  /// Throws ``SweepConflict`` where it holds a different experiment, ``StoreError/locked`` where another sweep runs,
  /// ``StoreError/unusable`` where its file system cannot keep a sweep, and other ``StoreError``s where the system refuses.
  public static func open(
    directory path: String, manifest: SweepManifest, options: Options = Options()
  ) throws -> ResultStore {
    let directory = ResultDirectory(path)
    for part in [directory.path, directory.shards, directory.journals] { try Files.makeDirectory(part) }
    let lock = try DirectoryLock(directory, shared: options.access == .shared)
    try FileSystemProbe.run(in: directory.shards)
    var notices: [String] = []
    let settled = try settleManifest(manifest, in: directory, &notices)
    try setAsideTestEvaluation(in: directory, &notices)
    var recovery = try Recovery(directory, manifest: settled, options: options)
    recovery.notices = notices + recovery.notices
    return try ResultStore(directory, manifest: settled, options: options, lock: lock, recovery: recovery)
  }

  /// Writes `sweep.json` where there is none or the grid has grown; refuses another experiment's. Where it is lost, the
  /// copies in shards and journals stand for it: other runs must not come in for want of one file.
  private static func settleManifest(
    _ manifest: SweepManifest, in directory: ResultDirectory, _ notices: inout [String]
  ) throws -> SweepManifest {
    var manifest = manifest
    manifest.formatVersion = SweepManifest.currentFormatVersion
    if let existing = try SweepManifest.settled(in: directory, &notices) {
      let differences = existing.conflicts(with: manifest)
      guard differences.isEmpty else { throw SweepConflict(directory: directory.path, differences: differences) }
      manifest.created = existing.created
      manifest.hasSeenTestSet =
        try existing.hasSeenTestSet ?? (Files.exists(directory.testEvaluation) ? true : nil)
      if manifest == existing { return existing }
    }
    try MetadataFile.write(manifest, to: directory.manifest)
    return manifest
  }

  /// A damaged `test.json` is made anew from the winner's runs.
  private static func setAsideTestEvaluation(in directory: ResultDirectory, _ notices: inout [String]) throws {
    guard try Files.exists(directory.testEvaluation) else { return }
    do {
      _ = try MetadataFile.read(TestEvaluation.self, path: directory.testEvaluation)
    } catch  where Recovery.isDamage(error) {
      let kept = try directory.moveToQuarantine(directory.testEvaluation)
      notices.append("\(error); moved to \(printable(kept)), the test set is looked at again for the winner")
    }
  }

  /// Trials that need not be run again: their record is on disk and says more than that the run failed.
  public var completed: Set<TrialIdentity> { state.withLock { $0.completed } }

  /// Every run in the directory without its traces and weights, once, in the order of their identities: those that were
  /// found when it was opened and those stored since. For the only writer: nil where others may write as well.
  public var summaries: [RunSummary]? {
    options.access == .exclusive ? state.withLock { $0.runs }.sortedOnce() : nil
  }

  /// The runs behind ``completed``, and failed ones, as they were found when the directory was opened. Where others write
  /// as well they are given once, and not kept.
  public func takeFoundRuns() -> [RunSummary] {
    state.withLock { state in
      defer { if options.access == .shared { state.runs = [] } }
      return state.runs
    }
  }

  /// Stores a finished run. On return it survives the process; what more, ``Options/synchronization`` says.
  ///
  /// A trial that is in ``completed`` is left as it is. Throws ``StoreError``; after ``StoreError/commitFailed``
  /// nothing more is taken, and nothing taken before is lost.
  public func append(_ record: TrialRecord) throws {
    try record.validate(named: state.withLock { $0.block.latestHyperparameters })
    try committer.checkFailure()
    let frame = try Journal.frame(for: record)
    let full = try state.withLock { state -> Block? in
      guard state.lock != nil else { throw StoreError.closed(directory: directory.path) }
      guard !state.completed.contains(record.identity) else { return nil }
      try journal(&state).append(frame)
      if !record.outcome.isFailure { state.completed.insert(record.identity) }
      if options.access == .exclusive { state.runs.append(RunSummary(record)) }
      state.block.append(record, bytes: frame.count)
      return state.block.isFull(options) ? takeBlock(&state) : nil
    }
    // Outside of the lock: other workers go on while this one waits for a commit.
    if let full { try committer.submit(full, manifest: manifest) }
  }

  /// Waits until the blocks that are full are shards, and take no memory. Throws ``StoreError/commitFailed``.
  public func waitForCommits() throws { try committer.finish() }

  private func journal(_ state: inout State) throws -> Journal {
    if let journal = state.journal { return journal }
    let journal = try Journal(
      creating: directory.makeNewJournalPath(), manifest: manifest,
      synchronizes: options.synchronization == .everyRecord)
    state.journal = journal
    state.block.journals.append(journal.file)
    return journal
  }

  private func takeBlock(_ state: inout State) -> Block {
    defer {
      state.block = Block()
      state.journal = nil
    }
    return state.block
  }

  /// Makes a shard of the runs that are in none, waits until all is on the device, and gives the directory up.
  ///
  /// Throws ``StoreError/commitFailed`` where a shard could not be written; its runs stay in the journal.
  public func close() throws {
    let (rest, lock) = state.withLock { state in
      defer { state.lock = nil }
      return (takeBlock(&state), state.lock)
    }
    guard let lock else { return }
    defer { withExtendedLifetime(lock) {} }
    if !rest.records.isEmpty || !rest.journals.isEmpty { try committer.submit(rest, manifest: manifest) }
    try committer.finish()
  }

  /// Stores what the test set says about the winner.
  public func write(_ evaluation: TestEvaluation) throws {
    try Self.write(evaluation, directory: directory.path)
  }

  /// Stores what the test set says about the winner of a sweep that has ended; `sweep.json` then says that it was looked at.
  public static func write(_ evaluation: TestEvaluation, directory path: String) throws {
    let directory = ResultDirectory(path)
    try MetadataFile.write(evaluation, to: directory.testEvaluation)
    if try Files.exists(directory.manifest) {
      var manifest = try MetadataFile.read(SweepManifest.self, path: directory.manifest)
      if manifest.hasSeenTestSet != true {
        manifest.hasSeenTestSet = true
        try MetadataFile.write(manifest, to: directory.manifest)
      }
    }
  }
}
