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
      manifest = try JSON.read(SweepManifest.self, path: directory.manifest)
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
    guard manifest.formatVersion == SweepManifest.currentFormatVersion else {
      throw StoreError.notResults(
        path: path,
        reason: "format version \(manifest.formatVersion), this program reads \(SweepManifest.currentFormatVersion)")
    }
  }

  /// Damaged shards and torn journals that were left out of what was read last.
  public var notices: [String] { state.withLock { $0.notices } }

  /// What the test set says about the winner; nil where it was not looked at. Throws ``StoreError``.
  public var testEvaluation: TestEvaluation? {
    get throws {
      switch source {
      case .directory(let directory):
        guard try Files.exists(directory.testEvaluation) else { return nil }
        return try JSON.read(TestEvaluation.self, path: directory.testEvaluation)
      case .file(let path): return try HDF5.run { try ShardFile.testEvaluation(of: path) }
      }
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

  func notice(_ text: String) { state.withLock { $0.notices.append(text) } }

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
    state.withLock { state in
      state.contents = contents
      state.notices += failures.map { "\($0.error); its runs are left out" }
    }
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
    // Not seen yet, or its journal has become a shard, which may happen again between finding a run and reading it: but
    // once a journal, and a shard stays.
    for _ in 0..<8 {
      try locate()
      guard state.withLock({ $0.locations[identity] }) != nil else { break }
      if let record = try knownRecord(identity) { return record }
    }
    throw StoreError.unknownRun(path: path, identity: identity)
  }

  private func knownRecord(_ identity: TrialIdentity) throws -> TrialRecord? {
    switch state.withLock({ $0.locations[identity] }) {
    case nil: nil
    case .shard(let path, let row):
      // Gone where it was joined with others since.
      try !Files.exists(path) && requiresSeal
        ? nil
        : try HDF5.runUntrusted(path, isSealed: requiresSeal) {
          let shard = try ShardFile.open(path, requiresSeal: requiresSeal)
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

  /// Visits every run there is. A damaged shard is left out and noticed, in a directory; a file alone must be whole.
  ///
  /// - Parameter shards: The only shards to visit; nil for all.
  func scan(
    shards: [String]? = nil,
    journal visitRecord: (_ path: String, TrialRecord) throws -> Void,
    shard visitShard: (borrowing ShardFile) throws -> Void
  ) throws {
    var notices: [String] = []
    switch source {
    case .file(let path): try visit(path, visitShard)
    case .directory(let directory):
      // A journal goes only after its shard has come: in this order a run may be met twice, but not missed.
      for path in try directory.journalPaths() {
        guard let replay = try JournalReplay.ifPresent(path) else { continue }
        if let notice = replay.tail.notice { notices.append("\(printable(path)): \(notice)") }
        for record in replay.records { try visitRecord(path, record) }
      }
      try visitShards(of: directory, only: shards, &notices, visitShard)
    }
    state.withLock { $0.notices = notices }
  }

  private func visitShards(
    of directory: ResultDirectory, only shards: [String]?, _ notices: inout [String],
    _ body: (borrowing ShardFile) throws -> Void
  ) throws {
    var visited: Set<String> = []
    // A shard goes only where a larger one has come with its runs: then the list is read again.
    for _ in 0..<8 {
      var isMissing = false
      for path in try shards ?? directory.shardPaths() where visited.insert(path).inserted {
        do {
          try visit(path, body)
        } catch StoreError.system("open", _, ENOENT) {
          isMissing = true
        } catch  where Recovery.isDamage(error) {
          notices.append("\(error); its runs are left out")
        }
      }
      if !isMissing || shards != nil { return }
    }
  }

  private func visit(_ path: String, _ body: (borrowing ShardFile) throws -> Void) throws {
    try HDF5.run {
      let shard = try ShardFile.open(path, requiresSeal: requiresSeal)
      try body(shard)
      try shard.close()
    }
  }
}
