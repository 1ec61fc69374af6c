import Experiments

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
    case journal
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
  }

  /// Files of which something is lost, quarantine apart: what is there was dealt with.
  public var damaged: [File] { files.filter { $0.state == .damaged && $0.kind != .quarantine } }

  public var isWhole: Bool { damaged.isEmpty }
}

extension Verification {
  /// Reads everything in a directory of results, or a single file. Writes nothing.
  ///
  /// - Throws: ``StoreError/notResults`` where there are none, ``StoreError/system`` where the system refuses.
  public init(of path: String) throws {
    self.init(path: path)
    var inspector = Inspector()
    if Files.isDirectory(path) {
      try inspector.inspect(ResultDirectory(path))
      holder = try DirectoryLock.holder(of: ResultDirectory(path))
    } else {
      guard Files.exists(path) else { throw StoreError.notResults(path: path, reason: "there is no such file") }
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
    guard Files.exists(directory.manifest) || !known.isEmpty else {
      throw StoreError.notResults(path: directory.path, reason: "the directory has no sweep.json")
    }
    try inspectJSON(directory.manifest, .manifest, isRequired: true) { path in
      let manifest = try JSON.read(SweepManifest.self, path: path)
      guard manifest.formatVersion == SweepManifest.currentFormatVersion else {
        throw StoreError.damaged(path: path, reason: "format version \(manifest.formatVersion)")
      }
    }
    try inspectJSON(directory.testEvaluation, .testEvaluation, isRequired: false) {
      _ = try JSON.read(TestEvaluation.self, path: $0)
    }
    // As readers do: a journal goes only after its shard has come.
    for path in try directory.journalPaths() { try inspectJournal(path) }
    for path in try directory.shardPaths() { try inspectShard(path, requiresSeal: true) }
    for path in try directory.probePaths() { try inspectProbes(path) }
    try inspectTheRest(directory)
    for name in quarantined { try inspectQuarantined("\(directory.quarantine)/\(name)") }
  }

  private mutating func inspectJSON(
    _ path: String, _ kind: Verification.Kind, isRequired: Bool, read: (String) throws -> Void
  ) throws {
    guard Files.exists(path) else {
      if isRequired {
        files.append(
          .init(path: path, kind: kind, state: .damaged, bytes: 0, note: "is missing; every shard has a copy"))
      }
      return
    }
    var file = Verification.File(path: path, kind: kind, state: .whole, bytes: try Files.size(path))
    do {
      try read(path)
    } catch  where Recovery.isDamage(error) {
      file.state = .damaged
      file.note = "\(error)" + (kind == .manifest ? "; every shard has a copy" : "; it is made anew")
    }
    files.append(file)
  }

  private mutating func add(_ identity: TrialIdentity, _ outcome: TrialOutcome) {
    runs[identity] = (runs[identity] ?? true) && outcome.isFailure
  }

  private mutating func inspectJournal(_ path: String) throws {
    guard let replay = try JournalReplay.ifPresent(path) else { return }
    let isInUse = try Files.isLocked(path)
    var file = Verification.File(
      path: path, kind: .journal, state: isInUse ? .inUse : .leftover, bytes: try Files.size(path),
      runs: replay.records.count)
    for record in replay.records { add(record.identity, record.outcome) }
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
    files.append(file)
  }

  mutating func inspectShard(_ path: String, requiresSeal: Bool) throws {
    guard Files.exists(path) else { return }
    var file = Verification.File(path: path, kind: .shard, state: .whole, bytes: try Files.size(path))
    do {
      let examination = try ShardExamination(of: path, requiresSeal: requiresSeal)
      file.runs = examination.readable.count
      for (identity, outcome) in examination.readable { add(identity, outcome) }
      if let damage = examination.damage {
        file.state = .damaged
        file.lost = examination.count - examination.readable.count
        file.note = damage
      }
    } catch  where Recovery.isDamage(error) {
      file.state = .damaged
      file.note = "\(error)"
    }
    files.append(file)
  }

  /// Probes that were added to a run: nothing but these is lost with the file.
  private mutating func inspectProbes(_ path: String) throws {
    var file = Verification.File(path: path, kind: .probes, state: .whole, bytes: try Files.size(path))
    do {
      file.note = try ShardExamination(of: path, requiresSeal: true).damage ?? ""
    } catch  where Recovery.isDamage(error) {
      file.note = "\(error)"
    }
    if !file.note.isEmpty {
      file.state = .damaged
      file.note += "; sweep probe measures again"
    }
    files.append(file)
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
        guard !known.contains(path), !ours.contains(path), !Files.isDirectory(path), Files.exists(path) else {
          continue
        }
        let isTemporary = name.hasSuffix(Files.temporarySuffix)
        files.append(
          .init(
            path: path, kind: isTemporary ? .temporary : .unknown, state: isTemporary ? .leftover : .whole,
            bytes: try Files.size(path),
            note: isTemporary ? "half-written; the next sweep removes it" : "no file of a sweep; left alone"))
      }
    }
  }

  /// Says whether anything is in a quarantined file that is nowhere else.
  private mutating func inspectQuarantined(_ path: String) throws {
    var file = Verification.File(path: path, kind: .quarantine, state: .damaged, bytes: try Files.size(path))
    var found: [TrialIdentity] = []
    if path.hasSuffix(JournalFormat.suffix) {
      found = try JournalReplay.ifPresent(path)?.records.map(\.identity) ?? []
    } else {
      found = (try? ShardExamination(of: path, requiresSeal: false))?.readable.map(\.identity) ?? []
    }
    file.runs = found.count
    let missing = found.filter { runs[$0] == nil }.count
    file.note =
      missing == 0
      ? "set aside; all that can be read in it is in other files too"
      : "set aside; \(missing) runs that can be read in it are nowhere else"
    files.append(file)
  }
}
