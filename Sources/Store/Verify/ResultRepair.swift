import Experiments

/// Saves what can be saved of a damaged directory, so that the next sweep runs only what is lost.
public enum ResultRepair {
  /// Takes up journals, removes what is half-written, sets damaged files aside in `quarantine/` after their whole runs
  /// have been written to new shards, and restores a missing manifest from a shard.
  ///
  /// Throws ``StoreError/locked`` where a sweep is running, ``StoreError/notResults`` where no directory of one is. Returns
  /// what was done, one line each.
  public static func repair(_ path: String, options: ResultStore.Options = .init()) throws -> [String] {
    guard try Files.exists(path) else {
      throw StoreError.notResults(path: path, reason: "there is no such directory")
    }
    guard try Files.isDirectory(path) else {
      throw try NotResults.file(path)
        ?? .notResults(path: path, reason: "it is a file; --repair takes the directory that a sweep wrote")
    }
    let directory = ResultDirectory(path)
    var done: [String] = []
    guard try Files.exists(directory.manifest) || !directory.shardPaths().isEmpty else {
      throw NotResults.directory(path)
    }
    do {
      let lock = try DirectoryLock(directory, shared: false)
      defer { withExtendedLifetime(lock) {} }
      let manifest = try restoreManifest(directory, &done)
      for shard in try directory.shardPaths() { try save(shard, directory, manifest, &done) }
      for probes in try directory.probePaths() { try setAsideProbes(probes, directory, &done) }
      try setAsideTestEvaluation(directory, &done)
      for file in try SubmissionFiles.paths(in: directory) { try setAsideSubmission(file, directory, &done) }
    }
    let manifest = try MetadataFile.read(SweepManifest.self, path: directory.manifest)
    let store = try ResultStore.open(directory: path, manifest: manifest, options: options)
    done += store.notices
    try store.close()
    return done
  }

  private static func restoreManifest(_ directory: ResultDirectory, _ done: inout [String]) throws -> SweepManifest {
    guard let manifest = try SweepManifest.settled(in: directory, &done) else {
      throw StoreError.notResults(path: directory.path, reason: "the directory has no sweep.json")
    }
    return manifest
  }

  /// Where chunks of a shard are damaged, its other runs get a shard of their own.
  private static func save(
    _ path: String, _ directory: ResultDirectory, _ manifest: SweepManifest, _ done: inout [String]
  ) throws {
    let damage: String
    do {
      guard let found = try ShardExamination(of: path, requiresSeal: true).damage else { return }
      damage = found
    } catch  where Recovery.isDamage(error) {
      // Opening the directory saves what can be trusted in it, or sets it aside.
      return
    }
    let records = try ShardExamination.readableRecords(of: path, requiresSeal: true)
    done.append(try setAside(path, keeping: records, damage, directory, manifest).text)
  }

  /// Saves what can be trusted in a shard without its seal: what it says for the user, and the shard that holds it now; nil
  /// where the file has a seal, or nothing in it can be trusted.
  static func save(
    unsealed path: String, _ directory: ResultDirectory, _ manifest: SweepManifest
  ) throws -> (text: String, shard: String?)? {
    guard let shard = try UnsealedShard.trusted(path) else { return nil }
    if shard.isWhole {
      try shard.seal()
      return ("\(shard.description); it was sealed again", path)
    }
    let records = try ShardExamination.readableRecords(of: path, requiresSeal: false)
    return try setAside(path, keeping: records, shard.description, directory, manifest)
  }

  /// Moves a shard to quarantine once the runs that are whole have a shard of their own.
  private static func setAside(
    _ path: String, keeping records: [TrialRecord], _ damage: String, _ directory: ResultDirectory,
    _ manifest: SweepManifest
  ) throws -> (text: String, shard: String?) {
    let saved = ShardCommit.path(for: records, in: directory)
    // Of the same name where it is other parts of the file that are damaged.
    if !records.isEmpty, saved != path { try ShardCommit.write(records, manifest: manifest, in: directory) }
    let kept = try directory.moveToQuarantine(path)
    if !records.isEmpty, saved == path { try ShardCommit.write(records, manifest: manifest, in: directory) }
    return (
      "\(damage); \(records.count) of its runs were saved, the file was moved to \(printable(kept))",
      records.isEmpty ? nil : saved
    )
  }

  private static func setAsideProbes(_ path: String, _ directory: ResultDirectory, _ done: inout [String]) throws {
    let damage: String
    do {
      guard let found = try ShardExamination(of: path, requiresSeal: true).damage else { return }
      damage = found
    } catch  where Recovery.isDamage(error) {
      damage = "\(error)"
      if let shard = try UnsealedShard.trusted(path), shard.isWhole {
        try shard.seal()
        done.append("\(shard.description); it was sealed again")
        return
      }
    }
    done.append("\(damage); moved to \(printable(try directory.moveToQuarantine(path)))")
  }

  private static func setAsideSubmission(_ path: String, _ directory: ResultDirectory, _ done: inout [String]) throws {
    guard try Files.exists(path) else { return }
    do {
      try SubmissionFiles.check(path)
    } catch  where Recovery.isDamage(error) {
      done.append("\(error); moved to \(printable(try directory.moveToQuarantine(path)))")
    }
  }

  private static func setAsideTestEvaluation(_ directory: ResultDirectory, _ done: inout [String]) throws {
    guard try Files.exists(directory.testEvaluation) else { return }
    do {
      _ = try MetadataFile.read(TestEvaluation.self, path: directory.testEvaluation)
    } catch  where Recovery.isDamage(error) {
      done.append("\(error); moved to \(printable(try directory.moveToQuarantine(directory.testEvaluation)))")
    }
  }
}
