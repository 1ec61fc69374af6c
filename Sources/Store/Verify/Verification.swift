import Experiments
import Glibc

/// What a look at every byte of a directory of results found.
public struct Verification: Sendable, Encodable {
  public var path: String
  /// Distinct trials whose runs are whole and can be read.
  public var runs = 0
  /// Those of them that failed, and run again.
  public var failed = 0
  public var files: [File] = []
  /// Who writes to the directory now; nil where nobody does.
  public var holder: String?

  public init(path: String) { self.path = path }

  /// A file and what it is worth.
  public struct File: Hashable, Sendable, Encodable {
    public var path: String
    public var kind: Kind
    public var state: State
    public var bytes: Int
    /// Runs that can be read in it.
    public var runs = 0
    /// Runs that are lost with it and have to be run again; nil where that cannot be known.
    public var lost: Int?
    /// What is wrong, or what the file is; empty where nothing is to be said.
    public var note = ""
  }

  public enum Kind: String, Hashable, Sendable, Encodable, CaseIterable {
    case manifest
    case testEvaluation = "test_evaluation"
    case shard
    case probes
    case submission
    case journal
    case lock
    case quarantine
    case temporary
    case unknown
  }

  public enum State: String, Hashable, Sendable, Encodable {
    case whole
    /// What a kill leaves: the next sweep takes it up or removes it, and nothing is lost but the run in flight.
    case leftover
    /// Its writer lives.
    case inUse = "in_use"
    case damaged
    /// The system does not let it be read: what is in it is not known.
    case unreadable
  }

  /// Files of which something is lost, quarantine apart: what is there was dealt with.
  public var damaged: [File] { files.filter { $0.state == .damaged && $0.kind != .quarantine } }

  /// Files that the system refused.
  public var unreadable: [File] { files.filter { $0.state == .unreadable } }

  public var isWhole: Bool { damaged.isEmpty && unreadable.isEmpty }

  /// Whether a single file was looked at, and not the directory of a sweep.
  public var isOfOneFile: Bool { files.map(\.path) == [path] }
}

extension Verification {
  /// Reads everything in a directory of results, or a single file. Writes nothing.
  ///
  /// - Throws: ``StoreError/notResults`` where there are none, ``StoreError/system`` where the system refuses.
  public init(of path: String) throws {
    self.init(path: path)
    var inspector = Inspector()
    if try Files.isDirectory(path) {
      try inspector.inspect(ResultDirectory(path))
      holder = try inspector.holder(of: ResultDirectory(path))
    } else {
      guard try Files.exists(path) else { throw StoreError.notResults(path: path, reason: "there is no such file") }
      if let error = try NotResults.file(path) { throw error }
      try inspector.inspectShard(path, requiresSeal: false)
    }
    files = inspector.files
    runs = inspector.runs.count
    failed = inspector.runs.values.count { $0 }
  }
}

/// Goes through the files of a directory.
private struct Inspector {
  var files: [Verification.File] = []
  /// Trials with a run that can be read, and whether it failed.
  var runs: [TrialIdentity: Bool] = [:]

  mutating func inspect(_ directory: ResultDirectory) throws {
    let quarantined = try Files.names(in: directory.quarantine, suffix: "")
    let known = try directory.journalPaths() + directory.shardPaths()
    guard try !known.isEmpty || Files.exists(directory.manifest) else {
      throw NotResults.directory(directory.path)
    }
    try inspectJSON(directory.manifest, .manifest, isRequired: true) { path in
      let manifest = try MetadataFile.read(SweepManifest.self, path: path)
      guard SweepManifest.readableFormatVersions.contains(manifest.formatVersion) else {
        throw StoreError.damaged(path: path, reason: "format version \(manifest.formatVersion)")
      }
    }
    try inspectJSON(directory.testEvaluation, .testEvaluation, isRequired: false) {
      _ = try MetadataFile.read(TestEvaluation.self, path: $0)
    }
    // As readers do: a journal goes only after its shard has come.
    for path in try directory.journalPaths() { try Self.unlessGone { try inspectJournal(path) } }
    for path in try directory.shardPaths() { try Self.unlessGone { try inspectShard(path, requiresSeal: true) } }
    for path in try directory.probePaths() { try Self.unlessGone { try inspectProbes(path) } }
    for path in try SubmissionFiles.paths(in: directory) {
      try inspect(path, .submission, damage: "; jobs are found by their name, and shares are dealt out anew") { _, _ in
        try SubmissionFiles.check(path)
      }
    }
    try inspectTheRest(directory)
    for name in quarantined { try Self.unlessGone { try inspectQuarantined("\(directory.quarantine)/\(name)") } }
  }

  /// A file may go while a sweep runs, at any moment after it was listed: a journal whose shard has come, a temporary name.
  private static func unlessGone(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch StoreError.system(_, _, ENOENT) {
      return
    }
  }

  /// Who writes to the directory; a lock that cannot be one is damage.
  mutating func holder(of directory: ResultDirectory) throws -> String? {
    do {
      return try DirectoryLock.holder(of: directory)
    } catch StoreError.damaged(let path, let reason) {
      files.append(.init(path: path, kind: .lock, state: .damaged, bytes: 0, note: reason))
      return nil
    }
  }

  /// Adds what `body` finds of a file; nothing where the file is gone since it was listed.
  ///
  /// Another error of the system is no damage, and neither is the rest of the directory of no interest because of it.
  private mutating func inspect(
    _ path: String, _ kind: Verification.Kind, damage: String = "",
    _ body: (inout Inspector, inout Verification.File) throws -> Void
  ) throws {
    var file = Verification.File(path: path, kind: kind, state: .whole, bytes: 0)
    do {
      try body(&self, &file)
      // The name may have gone while the file was read: what was read counts all the same.
      file.bytes = try Files.size(path)
    } catch StoreError.system("stat", _, ENOENT), StoreError.system("open", _, ENOENT) {
      return
    } catch  where Recovery.isDamage(error) {
      file.state = .damaged
      file.bytes = (try? Files.size(path)) ?? 0
      file.note = "\(error)\(damage)"
    } catch let error as StoreError {
      guard case .system = error else { throw error }
      file.state = .unreadable
      file.note = "\(error)"
    }
    files.append(file)
  }

  private mutating func inspectJSON(
    _ path: String, _ kind: Verification.Kind, isRequired: Bool, read: (String) throws -> Void
  ) throws {
    let count = files.count
    let damage = kind == .manifest ? "; every shard has a copy" : "; it is made anew"
    try inspect(path, kind, damage: damage) { _, _ in try read(path) }
    if isRequired, files.count == count {
      files.append(.init(path: path, kind: kind, state: .damaged, bytes: 0, note: "is missing; every shard has a copy"))
    }
  }

  private mutating func add(_ identity: TrialIdentity, _ outcome: TrialOutcome) {
    runs[identity] = (runs[identity] ?? true) && outcome.isFailure
  }

  private mutating func inspectJournal(_ path: String) throws {
    try inspect(path, .journal) { inspector, file in
      let replay = try JournalReplay(path: path)
      let isInUse = try Files.isLocked(path)
      file.state = isInUse ? .inUse : .leftover
      file.runs = replay.records.count
      for record in replay.records { inspector.add(record.identity, record.outcome) }
      switch replay.tail {
      case .complete:
        file.note = isInUse ? "" : "of a sweep that was cut short; the next one takes it up"
      case .torn:
        file.note = isInUse ? "" : replay.tail.notice ?? ""
        file.lost = isInUse ? 0 : 1
      case .damaged:
        file.state = .damaged
        file.note = replay.tail.notice ?? ""
      }
    }
  }

  mutating func inspectShard(_ path: String, requiresSeal: Bool) throws {
    try inspect(path, .shard) { inspector, file in
      var examination: ShardExamination
      do {
        examination = try ShardExamination(of: path, requiresSeal: requiresSeal)
      } catch  where Recovery.isDamage(error) && requiresSeal {
        guard let shard = try UnsealedShard.trusted(path) else { throw error }
        examination = shard.examination
        examination.damage = shard.description
      }
      file.runs = examination.readable.count
      for (identity, outcome) in examination.readable { inspector.add(identity, outcome) }
      if let damage = examination.damage {
        file.state = .damaged
        file.lost = examination.count - examination.readable.count
        file.note = damage
      }
    }
  }

  /// Probes that were added to a run: nothing but these is lost with the file.
  private mutating func inspectProbes(_ path: String) throws {
    let again = "; sweep probe measures again"
    try inspect(path, .probes, damage: again) { _, file in
      guard let damage = try ShardExamination(of: path, requiresSeal: true).damage else { return }
      file.state = .damaged
      file.note = damage + again
    }
  }

  private mutating func inspectTheRest(_ directory: ResultDirectory) throws {
    let (known, ours) = (
      Set(files.map(\.path)),
      Set([
        directory.lock, directory.quarantine, directory.shards, directory.journals, directory.probes,
      ])
    )
    for folder in [directory.path, directory.shards, directory.journals, directory.probes] {
      for name in try Files.names(in: folder, suffix: "") {
        let path = "\(folder)/\(name)"
        guard !known.contains(path), !ours.contains(path) else { continue }
        let isTemporary = TemporaryFile.isName(name)
        let count = files.count
        var isDirectory = false
        try inspect(path, isTemporary ? .temporary : .unknown) { _, file in
          isDirectory = try Files.isDirectory(path)
          guard !isDirectory else { return }
          guard isTemporary else {
            file.note = "no file of a sweep; left alone"
            return
          }
          let isInUse = try Files.isLocked(path)
          file.state = isInUse ? .inUse : .leftover
          file.note = isInUse ? "" : "half-written; the next sweep removes it"
        }
        if isDirectory { files.removeLast(files.count - count) }
      }
    }
  }

  /// Says whether anything is in a quarantined file that is nowhere else.
  private mutating func inspectQuarantined(_ path: String) throws {
    try inspect(path, .quarantine) { inspector, file in
      file.state = .damaged
      let found = try Self.identities(inQuarantined: path)
      file.runs = found.count
      let missing = found.filter { inspector.runs[$0] == nil }.count
      file.note =
        missing == 0
        ? "set aside; all that can be read in it is in other files too"
        : "set aside; \(missing) runs that can be read in it are nowhere else"
    }
  }

  private static func identities(inQuarantined path: String) throws -> [TrialIdentity] {
    if path.hasSuffix(JournalFormat.suffix) {
      return try JournalReplay.ifPresent(path)?.records.map(\.identity) ?? []
    }
    do {
      return try ShardExamination(of: path, requiresSeal: false).readable.map(\.identity)
    } catch  where Recovery.isDamage(error) {
      return []
    }
  }
}
