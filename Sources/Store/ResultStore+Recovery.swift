import Experiments
import Glibc

/// What a directory holds when a sweep begins or goes on.
struct Recovery {
  /// Trials with a record that is no failure.
  var completed: Set<TrialIdentity> = []
  /// Trials with a record, if only of a failure.
  private var recorded: Set<TrialIdentity> = []
  var notices: [String] = []
  /// Every record that was found; a trial that failed first may be there twice.
  private(set) var runs: [RunSummary] = []
  /// Runs of journals whose writers no longer live, in blocks; only the last has journals.
  var blocks: [Block] = []

  /// Reads shards and journals; moves damaged shards to quarantine, after their whole runs have got shards of their own.
  init(_ directory: ResultDirectory, manifest: SweepManifest, options: ResultStore.Options) throws {
    try directory.removeTemporaries()
    // A journal is retired after its shard appears: in this order no run is missed.
    let journals = try directory.journalPaths()
    try addShards(directory, manifest)
    try addJournals(journals, options)
  }

  private mutating func addShards(_ directory: ResultDirectory, _ manifest: SweepManifest) throws {
    let assembly = SummaryAssembly()
    var tables = TableCache()
    for path in try directory.shardPaths() {
      do {
        assembly.add(try Self.summaries(of: path, &tables))
      } catch StoreError.system("open", _, ENOENT) {
        // A peer of a shared sweep moved it since it was listed.
      } catch {
        guard Self.isDamage(error) else { throw error }
        for saved in try save(path, error, directory, manifest) { assembly.add(try Self.summaries(of: saved, &tables)) }
      }
    }
    let (summaries, failures) = assembly.finish()
    for failure in failures { try setAside(failure.path, failure.error, directory) }
    runs = summaries
    for run in runs { add(run.identity, run.outcome) }
  }

  /// Saves what can be trusted in a damaged shard; the shards that now hold it.
  private mutating func save(
    _ path: String, _ error: any Error, _ directory: ResultDirectory, _ manifest: SweepManifest
  ) throws -> [String] {
    if let saved = try ResultRepair.save(unsealed: path, directory, manifest) {
      notices.append(saved.text)
      return saved.shard.map { [$0] } ?? []
    }
    try setAside(path, error, directory)
    return []
  }

  /// Moves a damaged shard to quarantine.
  private mutating func setAside(_ path: String, _ error: any Error, _ directory: ResultDirectory) throws {
    guard Self.isDamage(error) else { throw error }
    do {
      let kept = try directory.moveToQuarantine(path)
      notices.append("\(error); moved to \(printable(kept)), its runs start anew")
    } catch StoreError.system("rename", _, ENOENT) {
      // A peer of a shared sweep was faster.
    }
  }

  /// Whether the file itself is at fault, rather than the system.
  static func isDamage(_ error: any Error) -> Bool {
    switch error {
    case StoreError.damaged, is HDF5Error: true
    default: false
    }
  }

  private static func summaries(of path: String, _ tables: inout TableCache) throws -> StoredSummaries {
    try HDF5.run {
      let shard = try ShardFile.open(path, requiresSeal: true)
      let summaries = try shard.summaries(&tables)
      try shard.close()
      return summaries
    }
  }

  /// Whether the record says more of its trial than the ones before.
  @discardableResult
  private mutating func add(_ identity: TrialIdentity, _ outcome: TrialOutcome) -> Bool {
    let isFirst = recorded.insert(identity).inserted
    return outcome.isFailure ? isFirst : completed.insert(identity).inserted
  }

  private mutating func addJournals(_ paths: [String], _ options: ResultStore.Options) throws {
    var block = Block()
    var adopted: [JournalFile] = []
    for path in paths {
      guard let (journal, replay) = try Self.adopt(path, options.access) else { continue }
      if let notice = replay.tail.notice { notices.append("\(printable(path)): \(notice)") }
      adopted.append(journal)
      for record in replay.records where add(record.identity, record.outcome) {
        runs.append(RunSummary(record))
        block.append(record, bytes: try Journal.frame(for: record).count)
        if block.isFull(options) {
          blocks.append(block)
          block = Block()
        }
      }
    }
    block.journals = adopted
    if !adopted.isEmpty { blocks.append(block) }
  }

  /// Takes over a journal whose writer no longer lives; nil where it does, in another process of a shared sweep.
  private static func adopt(
    _ path: String, _ access: ResultStore.Access
  ) throws -> (JournalFile, JournalReplay)? {
    do {
      let descriptor = try FileDescriptor(lockable: path)
      guard try descriptor.tryLock(isPatient: access == .exclusive) else { return nil }
      let replay = try JournalReplay(file: descriptor)
      var isDamaged = false
      if case .damaged = replay.tail { isDamaged = true }
      return (JournalFile(descriptor, isDamaged: isDamaged), replay)
    } catch StoreError.system("open", _, ENOENT) {
      return nil
    }
  }
}
