import Experiments
import Glibc

/// A look at every byte of a shard.
struct ShardExamination {
  /// Runs in the shard.
  var count: Int
  /// Runs of which everything can be read.
  var readable: [(identity: TrialIdentity, outcome: TrialOutcome)] = []
  /// What is wrong; nil where all is whole.
  var damage: String?

  /// Reads a shard's columns, and every element of every variable so that each chunk's checksum is tried. Where one is
  /// wrong, each run is tried by itself.
  ///
  /// Throws ``StoreError/damaged`` and ``HDF5Error`` where the seal or the columns cannot be trusted: no run can then.
  init(of path: String, requiresSeal: Bool) throws {
    (count, readable, damage) = try HDF5.runUntrusted(path, isSealed: requiresSeal) {
      let shard = try ShardFile.open(path, requiresSeal: requiresSeal)
      var (tables, shared) = (TableCache(), SharedValues())
      let runs = try shard.summaries(&tables).summaries(sharing: &shared)
      let all = runs.map { ($0.identity, $0.outcome) }
      let count = shard.count
      do {
        for name in try shard.file.rootDatasets() { try shard.readThrough(name) }
        try shard.checkTexts(of: runs, &tables)
        return try requiresSeal ? (count, all, nil) : shard.consistent(runs)
      } catch  where Recovery.isDamage(error) {
        let claims = requiresSeal ? nil : try shard.claims(runs)
        let readable = try all.indices.filter { try shard.readableRecord(row: $0, against: claims) != nil }.map {
          all[$0]
        }
        return (count, readable, "\(error)")
      }
    }
  }

  /// The runs of a shard of which everything can be read; without a seal, those that do not contradict themselves.
  static func readableRecords(of path: String, requiresSeal: Bool) throws -> [TrialRecord] {
    try HDF5.run {
      let shard = try ShardFile.open(path, requiresSeal: requiresSeal)
      var (tables, shared) = (TableCache(), SharedValues())
      let claims = requiresSeal ? nil : try shard.claims(try shard.summaries(&tables).summaries(sharing: &shared))
      let records = try (0..<shard.count).compactMap { try shard.readableRecord(row: $0, against: claims) }
      try shard.close()
      return records
    }
  }
}

extension ShardFile {
  /// What a run without a seal must not contradict: all runs' summaries and checksums, and the rule by which best epochs were
  /// chosen, or why it cannot be read.
  fileprivate typealias Claims = (runs: [RunSummary], checksums: [Int64], selection: Result<SelectionRule, any Error>)

  fileprivate func claims(_ runs: [RunSummary]) throws -> Claims {
    (runs, try checksums(), Result { try manifest().selection })
  }

  /// All runs of a file that another program may have written to, those left out that contradict themselves, and what the
  /// first of these says.
  fileprivate func consistent(
    _ runs: [RunSummary]
  ) throws -> (Int, [(identity: TrialIdentity, outcome: TrialOutcome)], String?) {
    // What has its seal is as it was written.
    if try Seal.verify(FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)) != nil {
      return (count, runs.map { ($0.identity, $0.outcome) }, nil)
    }
    let manifest = try manifest()
    try checkAttributes(of: manifest)
    try checkCoordinates()
    let checksums = try checksums()
    var readable: [(identity: TrialIdentity, outcome: TrialOutcome)] = []
    var contradictions: [String] = []
    for (row, run) in runs.enumerated() {
      if let text = try contradiction(of: run, row: row, manifest.selection, checksums[row]) {
        contradictions.append("run \(run.identity) contradicts itself: \(text)")
      } else {
        readable.append((run.identity, run.outcome))
      }
    }
    guard let first = contradictions.first else { return (count, readable, nil) }
    let others = contradictions.count > 1 ? " (and \(contradictions.count - 1) other runs)" : ""
    return (count, readable, "\(printable(path)): damaged: \(first)\(others)")
  }

  /// That the global attributes for plain readers are those of the manifest. Throws ``StoreError/damaged``.
  private func checkAttributes(of manifest: SweepManifest) throws {
    for (name, expected) in try ShardContent.attributes(of: manifest)
    where name == "experiment" || name == "selection_rule" {
      let text = try file.text(name)
      guard text == expected else { throw damaged("\(name) is “\(text)”, the manifest says “\(expected)”") }
    }
    let provenance = try? JSON.decode(Provenance.self, from: Array(try file.text("provenance").utf8), path: path)
    guard provenance == manifest.provenance else { throw damaged("provenance is not that of the manifest") }
  }

  /// That runs and epochs are counted from 0, and that what some runs left is in the order of these. Throws
  /// ``StoreError/damaged``.
  private func checkCoordinates() throws {
    for name in try file.rootDatasets() {
      let isCount = name == Schema.Name.run || name == Schema.Name.epoch
      guard try isCount || StoredVariable(name, in: file).isRunIndex else { continue }
      let dataset = try file.dataset(name)
      let values: [Int64] = try dataset.read()
      try dataset.close()
      let isRight =
        isCount
        ? values.elementsEqual(0..<Int64(values.count)) : zip(values, values.dropFirst()).allSatisfy { $0.0 <= $0.1 }
      guard isRight else { throw damaged("\(name) is not in order: it says whose the other values are") }
    }
  }

  private func contradiction(
    of run: RunSummary, row: Int, _ selection: SelectionRule, _ checksum: Int64
  ) throws -> String? {
    do {
      return RunContradiction.first(in: try record(row: row), run, selection: selection, checksum: checksum)
    } catch StoreError.invalidRecord(_, let reason) {
      return reason
    }
  }

  /// Nil where the run is damaged; an error of the system is no damage.
  fileprivate func readableRecord(row: Int, against claims: Claims?) throws -> TrialRecord? {
    do {
      let record = try record(row: row)
      guard let claims else { return record }
      let text = RunContradiction.first(
        in: record, claims.runs[row], selection: try claims.selection.get(),
        checksum: claims.checksums[row])
      return text == nil ? record : nil
    } catch let error as StoreError {
      if case .system = error { throw error }
      return nil
    } catch {
      return nil
    }
  }

  /// Reads everything in a file in a copy of the process, so that what follows is known to end well; does nothing for one
  /// under a seal.
  static func rehearseUnlessSealed(_ path: String) throws {
    try HDF5.run {
      if try Seal.verify(FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)) != nil { return }
      try Rehearsal.run(path) {
        let shard = try ShardFile.open(path, requiresSeal: false)
        var tables = TableCache()
        _ = try? shard.manifest()
        _ = try? shard.summaries(&tables)
        if shard.count > 0 { _ = try? shard.record(row: 0) }
        _ = try? ShardFile.testEvaluation(of: path)
        for name in try shard.file.rootDatasets() { try? shard.readThrough(name) }
        try shard.close()
      }
    }
  }

  /// That texts of hyperparameters are what the runs' layouts say they are. Throws ``StoreError/damaged``.
  fileprivate func checkTexts(of runs: [RunSummary], _ tables: inout TableCache) throws {
    let (columns, layouts) = try hyperparameterTable(&tables)
    let coded = Self.codedColumns(columns, layouts)
    for (index, column) in columns.enumerated()
    where column.kind == .text && column.categories != nil && !coded.contains(index) {
      for (run, text) in zip(runs, try textColumn(column.variable)) {
        let texts = run.hyperparameters.lazy.compactMap { entry -> String? in
          if case .text(let text) = entry.value, entry.name == column.name { text } else { nil }
        }
        let expected = withoutZeros(texts.first ?? "")
        guard text == expected else {
          throw damaged("\(column.variable) of run \(run.identity) is “\(text)”, its layout says “\(expected)”")
        }
      }
    }
  }

  private static var blockBytes: Int { 16 << 20 }

  /// Reads all elements of a variable, some rows at a time.
  func readThrough(_ name: String) throws {
    let variable = try StoredVariable(name, in: file)
    guard !variable.isAbsent, let rows = variable.extents.first else { return }
    let dataset = try file.dataset(name)
    let rowBytes = max(1, variable.extents.dropFirst().reduce(variable.type.stride, *))
    let step = max(1, Self.blockBytes / rowBytes)
    for start in stride(from: 0, to: rows, by: step) {
      let block = start..<min(rows, start + step)
      switch variable.type {
      case .text: _ = try dataset.readText(rows: block)
      case .number(let type):
        var bytes = [UInt8](repeating: 0, count: block.count * rowBytes)
        try bytes.withUnsafeMutableBytes { buffer in
          if let memory = buffer.baseAddress { try dataset.readRows(block, as: type, into: memory) }
        }
      }
    }
    try dataset.close()
  }
}
