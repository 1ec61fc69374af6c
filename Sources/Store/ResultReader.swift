import Experiments
import Glibc
import Synchronization

/// Reads a sweep's results: a directory, which a sweep may be writing to, or a single file. Never writes.
///
/// Methods may be called from any thread.
public final class ResultReader: Sendable {
  public let path: String
  public let manifest: SweepManifest

  private let source: Source
  private let state = Mutex(State())

  private enum Source {
    case directory(ResultDirectory)
    case file(String)
  }

  private struct State {
    var notices: [String] = []
    var unread: [UnreadFile] = []
    /// Shards without a seal that were found to be right all the same, with what is said of each.
    var unsealed: [String: String] = [:]
    var locations: [TrialIdentity: Location] = [:]
    /// What each shard was found to hold when all were read last; nil before that.
    var contents: [(shard: String, runs: [TrialIdentity])]?
  }

  private enum Location {
    case shard(path: String, row: Int)
    case journal(path: String)
  }

  /// Throws ``StoreError/notResults`` where there are none, ``StoreError/damaged`` where they cannot be read.
  public init(path: String) throws {
    self.path = path
    let directory = ResultDirectory(path)
    if try Files.isDirectory(directory.path) {
      guard try Files.exists(directory.manifest) else { throw NotResults.directory(path) }
      source = .directory(directory)
      manifest = try MetadataFile.read(SweepManifest.self, path: directory.manifest)
    } else {
      guard try Files.exists(path) else { throw StoreError.notResults(path: path, reason: "there is no such file") }
      source = .file(path)
      if let error = try NotResults.file(path) { throw error }
      try ShardFile.rehearseUnlessSealed(path)
      manifest = try HDF5.run {
        let shard = try ShardFile.open(path, requiresSeal: false)
        let manifest = try shard.manifest()
        try shard.close()
        return manifest
      }
    }
    guard SweepManifest.readableFormatVersions.contains(manifest.formatVersion) else {
      throw StoreError.notResults(
        path: path,
        reason: "format version \(manifest.formatVersion), this program reads up to"
          + " \(SweepManifest.currentFormatVersion)")
    }
  }

  /// Damaged shards and torn journals that were left out of what was read last.
  public var notices: [String] { state.withLock { $0.notices } }

  /// Files that some answer of this reader lacks, each once: what was in them is not known.
  public var unread: [UnreadFile] { state.withLock { $0.unread } }

  /// Empties ``unread``, where what was asked for was found in the rest.
  public func forgetUnread() { state.withLock { $0.unread = [] } }

  /// What the test set says about the winner; nil where it was not looked at, or where the file is damaged, which is
  /// noticed. Throws ``StoreError``.
  public var testEvaluation: TestEvaluation? {
    get throws {
      switch source {
      case .directory(let directory):
        guard try Files.exists(directory.testEvaluation) else { return nil }
        do {
          return try MetadataFile.read(TestEvaluation.self, path: directory.testEvaluation)
        } catch  where Recovery.isDamage(error) {
          leaveOut(
            UnreadFile(directory.testEvaluation, error), "the test set's result is left out, sweep run makes it anew")
          return nil
        }
      case .file(let path): return try HDF5.run { try ShardFile.testEvaluation(of: path) }
      }
    }
  }

  /// Whether a result of the test set was removed, or was damaged and set aside: how often it was looked at is then not
  /// known.
  public var hasLostTestEvaluation: Bool {
    get throws {
      guard case .directory(let directory) = source else { return false }
      if manifest.hasSeenTestSet == true, try !Files.exists(directory.testEvaluation) { return true }
      return try !Files.names(in: directory.quarantine, suffix: "-" + Files.name(of: directory.testEvaluation)).isEmpty
    }
  }

  /// Who writes to the directory now, such as `process 7 on host`; nil where nobody does. Throws ``StoreError``.
  public var writer: String? {
    get throws {
      guard case .directory(let directory) = source else { return nil }
      return try DirectoryLock.holder(of: directory)
    }
  }

  /// Whether these are a sweep's own directory, and not one file.
  public var isDirectory: Bool {
    if case .directory = source { true } else { false }
  }

  /// Says what a user must know of the files, once however often they are read.
  func notice(_ text: String) {
    state.withLock { if !$0.notices.contains(text) { $0.notices.append(text) } }
  }

  /// Says that an answer is given without a file. `consequence` ends the sentence of the notice.
  func leaveOut(_ file: UnreadFile, _ consequence: String) {
    state.withLock { state in
      state.notices.append("\(file.reason); \(consequence)")
      if !state.unread.contains(where: { $0.path == file.path }) { state.unread.append(file) }
    }
  }

  // MARK: - Runs

  /// Every run without its traces and weights, once, in the order of their identities.
  public func summaries() throws -> [RunSummary] {
    let assembly = SummaryAssembly()
    var tables = TableCache()
    var recent: [RunSummary] = []
    var contents: [(shard: String, runs: [TrialIdentity])] = []
    try scan(
      journal: { _, record in recent.append(RunSummary(record)) },
      shard: { shard in
        let stored = try shard.summaries(&tables)
        contents.append((shard.path, stored.identities))
        assembly.add(stored)
      })
    var (summaries, failures) = assembly.finish()
    if !requiresSeal, let failure = failures.first { throw failure.error }
    state.withLock { $0.contents = contents }
    for failure in failures { leaveOut(UnreadFile(failure.path, failure.error), Self.runsAreLeftOut) }
    summaries += recent
    var sorted = summaries.sortedOnce()
    if case .directory(let directory) = source { try addProbes(to: &sorted, in: directory) }
    return sorted
  }

  /// One run with all that was kept of it. Throws ``StoreError/unknownRun``.
  public func record(_ identity: TrialIdentity) throws -> TrialRecord {
    var record = try storedRecord(identity)
    if case .directory(let directory) = source {
      record.curvature += try addedProbes(of: identity, in: directory)
    }
    return record
  }

  private func storedRecord(_ identity: TrialIdentity) throws -> TrialRecord {
    if let record = try knownRecord(identity) { return record }
    let before = unread
    // Not seen yet, or its journal has become a shard, which may happen again between finding a run and reading it: but
    // once a journal, and a shard stays.
    for _ in 0..<8 {
      try locate()
      guard state.withLock({ $0.locations[identity] }) != nil else { break }
      if let record = try knownRecord(identity) {
        // What else could not be read is not missing from this answer.
        state.withLock { $0.unread = before }
        return record
      }
    }
    // It may be in what could not be read.
    if let file = unread.first { throw file.isDamaged ? StoreError.unknownRun(path: path, identity: identity) : file }
    throw StoreError.unknownRun(path: path, identity: identity)
  }

  private func knownRecord(_ identity: TrialIdentity) throws -> TrialRecord? {
    switch state.withLock({ $0.locations[identity] }) {
    case nil: nil
    case .shard(let path, let row):
      // Gone where it was joined with others since.
      try !Files.exists(path) && requiresSeal
        ? nil
        : try HDF5.runUntrusted(path, isSealed: isSealed(path)) {
          let shard = try ShardFile.open(path, requiresSeal: isSealed(path))
          let record = try shard.record(row: row)
          try shard.close()
          return record
        }
    case .journal(let path):
      try JournalReplay.ifPresent(path)?.records.filter { $0.identity == identity }.min {
        !$0.outcome.isFailure && $1.outcome.isFailure
      }
    }
  }

  private func locate() throws {
    var locations: [TrialIdentity: Location] = [:]
    var done: Set<TrialIdentity> = []
    // As in the summaries: a run that was done counts before one that failed.
    func add(_ identity: TrialIdentity, _ outcome: TrialOutcome, at location: Location) {
      let isFirst = outcome.isFailure ? locations[identity] == nil : done.insert(identity).inserted
      if isFirst { locations[identity] = location }
    }
    try scan(
      journal: { path, record in add(record.identity, record.outcome, at: .journal(path: path)) },
      shard: { shard in
        for (row, run) in zip(try shard.identities(), try shard.outcomes()).enumerated() {
          add(run.0, run.1, at: .shard(path: shard.path, row: row))
        }
      })
    state.withLock { $0.locations = locations }
  }

  /// The shards that some of the runs are in, as they were found when all were read last; nil before that.
  func shards(holding runs: Set<TrialIdentity>) -> [String]? {
    state.withLock { $0.contents?.filter { !runs.isDisjoint(with: $0.runs) }.map(\.shard) }
  }

  // MARK: - Files

  private var requiresSeal: Bool { isDirectory }

  /// Whether a shard must have its seal.
  private func isSealed(_ path: String) -> Bool { requiresSeal && state.withLock { $0.unsealed[path] == nil } }

  private static let runsAreLeftOut = "its runs are left out"

  /// Visits every run there is. In a directory what cannot be read is left out and noticed; a file alone must be whole.
  ///
  /// - Parameter shards: The only shards to visit; nil for all.
  func scan(
    shards: [String]? = nil,
    journal visitRecord: (_ path: String, TrialRecord) throws -> Void,
    shard visitShard: (borrowing ShardFile) throws -> Void
  ) throws {
    state.withLock { $0.notices = $0.unsealed.values.sorted() }
    switch source {
    case .file(let path): try visit(path, visitShard)
    case .directory(let directory):
      // A journal goes only after its shard has come: in this order a run may be met twice, but not missed.
      for path in try directory.journalPaths() {
        guard let replay = try replay(path) else { continue }
        for record in replay.records { try visitRecord(path, record) }
      }
      try visitShards(of: directory, only: shards, visitShard)
    }
  }

  /// Nil where the journal is gone, or is left out.
  private func replay(_ path: String) throws -> JournalReplay? {
    do {
      let replay = try JournalReplay.ifPresent(path)
      let text = replay?.tail.notice.map { "\(printable(path)): \($0)" }
      if let text, case .damaged? = replay?.tail {
        leaveOut(UnreadFile(path, damage: text), "what comes before is read")
      } else if let text {
        notice(text)
      }
      return replay
    } catch  where UnreadFile.mayBeLeftOut(error) {
      leaveOut(UnreadFile(path, error), Self.runsAreLeftOut)
      return nil
    }
  }

  private func visitShards(
    of directory: ResultDirectory, only shards: [String]?, _ body: (borrowing ShardFile) throws -> Void
  ) throws {
    var visited: Set<String> = []
    // A shard goes only where a larger one has come with its runs: then the list is read again.
    for _ in 0..<8 {
      var isMissing = false
      for path in try shards ?? directory.shardPaths() where visited.insert(path).inserted {
        do {
          try visitUnlessUnsealed(path, body)
        } catch StoreError.system("open", _, ENOENT) {
          isMissing = true
        } catch  where UnreadFile.mayBeLeftOut(error) {
          leaveOut(UnreadFile(path, error), Self.runsAreLeftOut)
        }
      }
      if !isMissing || shards != nil { return }
    }
  }

  /// A shard whose seal another program cut off is read where all else is right.
  private func visitUnlessUnsealed(_ path: String, _ body: (borrowing ShardFile) throws -> Void) throws {
    do {
      try visit(path, body)
    } catch  where Recovery.isDamage(error) && isSealed(path) {
      guard let shard = try UnsealedShard.trusted(path) else { throw error }
      // Why it is not read whole says more than that it has no seal.
      guard shard.isWhole else { throw StoreError.damaged(path: path, reason: shard.reason) }
      let text = "\(shard.description); `sweep verify --repair` seals it again"
      state.withLock { $0.unsealed[path] = text }
      notice(text)
      try visit(path, body)
    }
  }

  private func visit(_ path: String, _ body: (borrowing ShardFile) throws -> Void) throws {
    try HDF5.run {
      let shard = try ShardFile.open(path, requiresSeal: isSealed(path))
      try body(shard)
      try shard.close()
    }
  }
}
