import Experiments
import Glibc

/// Makes one file, or few shards, of the many that a sweep wrote.
public struct ResultMerge: Sendable {
  /// How it went.
  public struct Outcome: Hashable, Sendable {
    public var runs: Int
    /// Files that were read: shards, and journals of runs that are in none yet.
    public var sources: Int
    /// Files that were written.
    public var files: Int
    public var bytes: Int
    /// Torn journals.
    public var notices: [String] = []
  }

  /// Bytes of values held in memory at once.
  public var memoryBudget = 128 << 20

  public init() {}

  /// Writes all runs of a directory of results into one file of the same schema, in the order of their identities.
  ///
  /// The file appears whole or not at all. Equal runs give the same values whatever shards they came in.
  ///
  /// - Parameter replaces: Whether a file that is there goes.
  /// - Throws: ``OutputError`` where it cannot be written; ``StoreError/damaged`` and ``HDF5Error`` where a shard is damaged: nothing is left out in silence.
  public func merge(_ directory: String, into path: String, replaces: Bool = false) throws -> Outcome {
    let results = ResultDirectory(directory)
    guard try Files.isDirectory(results.path), try Files.exists(results.manifest) else {
      throw try Files.isDirectory(results.path)
        ? NotResults.directory(directory)
        : StoreError.notResults(path: directory, reason: "it is not the directory of a sweep")
    }
    let output = try OutputFile(path)
    guard try replaces || !output.isTaken else { throw StoreError.exists(path: path) }
    var manifest = try MetadataFile.read(SweepManifest.self, path: results.manifest)
    manifest.formatVersion = SweepManifest.currentFormatVersion
    let reader = try ResultReader(path: directory)
    let evaluation = try reader.testEvaluation
    // As readers do: a journal goes only after its shard has come.
    let journals = try output.translating {
      try JournalShards(results.journalPaths(), manifest: manifest, beside: output.temporaryBase)
    }
    defer { journals.remove() }
    let probed = try output.translating {
      try ProbedShard(results, manifest: manifest, beside: output.temporaryBase)
    }
    defer { probed.remove() }
    var sources = MergeSources()
    var tables = TableCache()
    // First, so that a run comes with the probes that were added to it.
    if let shard = probed.path { sources.add(try .read(shard, requiresSeal: true, &tables)) }
    for shard in try results.shardPaths() { sources.add(try .read(shard, requiresSeal: true, &tables)) }
    for shard in journals.paths { sources.add(try .read(shard, requiresSeal: true, &tables)) }
    guard !sources.sources.isEmpty else { throw StoreError.notResults(path: directory, reason: "it has no runs yet") }
    let plan = try MergePlanner.plan(sources, manifest: manifest, evaluation: evaluation)
    let writer = MergeWriter(plan: plan, sources: sources, budget: memoryBudget)
    let bytes = try output.write(replaces: replaces) { try writer.write(to: $0) }
    return Outcome(
      runs: plan.rowSets[0].count, sources: sources.sources.count, files: 1, bytes: bytes,
      notices: reader.notices + journals.notices)
  }

  /// Joins the small shards that interrupted sweeps leave into full ones. The directory must not be in use.
  ///
  /// A kill loses nothing: a new shard is whole before the ones it replaces go.
  public func compact(_ directory: String, options: ResultStore.Options = .init()) throws -> Outcome {
    let results = ResultDirectory(directory)
    var manifest = try MetadataFile.read(SweepManifest.self, path: results.manifest)
    manifest.formatVersion = SweepManifest.currentFormatVersion
    // Opening takes up journals and sets damaged shards aside, closing makes shards of what was found.
    let store = try ResultStore.open(directory: directory, manifest: manifest, options: options)
    let notices = store.notices
    try store.close()
    let lock = try DirectoryLock(results, shared: false)
    defer { withExtendedLifetime(lock) {} }
    var outcome = Outcome(runs: 0, sources: 0, files: 0, bytes: 0, notices: notices)
    for group in try smallShards(results, options) {
      try replace(group, in: results, manifest, &outcome)
    }
    return outcome
  }

  /// Small shards in groups that make a full one.
  private func smallShards(_ results: ResultDirectory, _ options: ResultStore.Options) throws -> [MergeSources] {
    var tables = TableCache()
    var groups: [MergeSources] = []
    var group = MergeSources()
    var (runs, bytes) = (0, 0)
    for path in try results.shardPaths() {
      let size = try Files.size(path)
      let source = try MergeSource.read(path, requiresSeal: true, &tables)
      let count = source.identities.count
      guard 2 * count <= options.runsPerShard, 2 * size <= options.bytesPerShard else { continue }
      if runs + count > options.runsPerShard || bytes + size > options.bytesPerShard {
        groups.append(group)
        group = MergeSources()
        (runs, bytes) = (0, 0)
      }
      group.add(source)
      runs += count
      bytes += size
    }
    return (groups + [group]).filter { $0.sources.count > 1 }
  }

  private func replace(
    _ group: MergeSources, in results: ResultDirectory, _ manifest: SweepManifest, _ outcome: inout Outcome
  ) throws {
    let plan = try MergePlanner.plan(group, manifest: manifest, evaluation: nil)
    var runs: [(TrialIdentity, UInt8)] = []
    for (source, moves) in zip(group.sources, plan.rowSets[0].bySource) {
      runs += moves.map { (source.identities[Int($0.row)], source.outcomes[Int($0.row)]) }
    }
    let path = ShardCommit.path(for: runs.map { ($0.0, TrialOutcome.names[Int($0.1)]) }, in: results)
    if !group.sources.contains(where: { $0.path == path }) {
      let writer = MergeWriter(plan: plan, sources: group, budget: memoryBudget)
      _ = try Files.create(path) { try writer.write(to: $0) }
    }
    for source in group.sources where source.path != path { try Files.remove(source.path) }
    try Files.synchronizeDirectory(results.shards)
    outcome.runs += runs.count
    outcome.sources += group.sources.count
    outcome.files += 1
    outcome.bytes += try Files.size(path)
  }
}

/// Shards in temporary files of what is in journals only, so that a sweep can be merged while it runs.
private final class JournalShards {
  private var files: [TemporaryShard] = []
  private(set) var notices: [String] = []

  var paths: [String] { files.map(\.path) }

  init(_ journals: [String], manifest: SweepManifest, beside path: String) throws {
    do {
      for journal in journals {
        guard let replay = try JournalReplay.ifPresent(journal) else { continue }
        if let notice = replay.tail.notice { notices.append("\(journal): \(notice)") }
        guard !replay.records.isEmpty else { continue }
        var block = Block()
        for record in replay.records { block.append(record, bytes: 0) }
        files.append(try TemporaryShard(block.records, manifest: manifest, beside: path))
      }
    } catch {
      remove()
      throw error
    }
  }

  func remove() {
    for file in files { file.remove() }
  }
}

/// The runs that probes were added to, whole, as a temporary shard.
private final class ProbedShard {
  private var file: TemporaryShard?

  var path: String? { file?.path }

  init(_ results: ResultDirectory, manifest: SweepManifest, beside path: String) throws {
    let names = try results.probePaths().map { Files.name(of: $0).prefix(32) }
    let identities = Set(names.compactMap { TrialIdentity($0) }).sorted()
    guard !identities.isEmpty else { return }
    let reader = try ResultReader(path: results.path)
    var records: [TrialRecord] = []
    for identity in identities {
      do {
        records.append(try reader.record(identity))
      } catch StoreError.unknownRun {
        // Its shard was damaged and set aside.
      }
    }
    // What is damaged is not left out in silence.
    if let file = reader.unread.first {
      throw file.isDamaged ? StoreError.damaged(path: results.probes, reason: file.reason) : file
    }
    guard !records.isEmpty else { return }
    file = try TemporaryShard(records, manifest: manifest, beside: path)
  }

  func remove() { file?.remove() }
}

/// A shard that only a merge reads, and holds the lock of while it does.
private final class TemporaryShard {
  private let file: FileDescriptor

  init(_ records: [TrialRecord], manifest: SweepManifest, beside path: String) throws {
    let image = try ShardImage(
      ShardContent(records.sorted { $0.identity < $1.identity }, manifest: manifest), name: path)
    file = try TemporaryFile.create(for: path)
    do {
      try file.write(image.bytes)
      try file.write(image.seal.bytes)
    } catch {
      unlink(file.path)
      throw error
    }
  }

  var path: String { file.path }

  func remove() { unlink(file.path) }
}
