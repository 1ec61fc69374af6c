import Experiments
import Glibc
import Synchronization

/// Reads a sweep's results: a directory, which a sweep may be writing to, or a single file. Never writes.
public final class ResultReader: Sendable {
  public let path: String
  public let manifest: SweepManifest
  /// Damaged shards and torn journals that were left out.
  public var notices: [String] { state.withLock { $0.notices } }

  private let directory: ResultDirectory
  private let state = Mutex(State())

  private struct State {
    var notices: [String] = []
  }

  /// Throws ``StoreError/notResults`` where there are none.
  public init(path: String) throws {
    self.path = path
    directory = ResultDirectory(path)
    guard Files.isDirectory(directory.path), Files.exists(directory.manifest) else {
      throw StoreError.notResults(path: path, reason: "has no sweep.json")
    }
    manifest = try JSON.read(SweepManifest.self, path: directory.manifest)
  }

  /// Every run without its traces and weights, in the order of their identities.
  public func summaries() throws -> [RunSummary] {
    try records().map { RunSummary($0) }.sorted { $0.identity < $1.identity }
  }

  /// One run with all that was kept of it. Throws ``StoreError/unknownRun``.
  public func record(_ identity: TrialIdentity) throws -> TrialRecord {
    guard let record = try records().first(where: { $0.identity == identity }) else {
      throw StoreError.unknownRun(path: path, identity: identity)
    }
    return record
  }

  /// What the test set says about the winner; nil where it was not looked at.
  public var testEvaluation: TestEvaluation? {
    get throws {
      guard Files.exists(directory.testEvaluation) else { return nil }
      return try JSON.read(TestEvaluation.self, path: directory.testEvaluation)
    }
  }

  private func records() throws -> [TrialRecord] {
    try directory.journalPaths().flatMap { try JournalReplay(path: $0).records }
  }
}
