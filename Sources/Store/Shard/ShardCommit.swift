import Experiments

/// A block of runs on its way to an immutable file: docs/format.md, "Commit".
enum ShardCommit {
  /// Named after the runs in it, so that two writers of the same block agree on the name. A run that failed and is done
  /// again is another run.
  static func path(for records: [TrialRecord], in directory: ResultDirectory) -> String {
    path(for: records.map { ($0.identity, $0.outcome.name) }, in: directory)
  }

  static func path(
    for runs: [(identity: TrialIdentity, outcome: String)], in directory: ResultDirectory
  ) -> String {
    let runs = runs.map { "\($0.identity) \($0.outcome)\n" }.sorted().joined()
    return "\(directory.shards)/\(TrialIdentity(hashing: runs))\(ResultDirectory.shardSuffix)"
  }

  /// Writes the runs, in the order of their identities. On return they are on the device under their final name.
  ///
  /// Throws ``StoreError/system`` where the system refuses a call, or the memory to build the file in.
  static func write(_ records: [TrialRecord], manifest: SweepManifest, in directory: ResultDirectory) throws {
    try write(records, manifest: manifest, to: path(for: records, in: directory), in: directory)
  }

  /// The same under a name that the content decides in another way.
  static func write(
    _ records: [TrialRecord], manifest: SweepManifest, to path: String, in directory: ResultDirectory
  ) throws {
    // Its columns, HDF5's image of it, which is moved as it grows, and the bytes of that.
    try FreeMemory.require(4 * records.reduce(0) { $0 + $1.approximateBytes }, for: path)
    let sorted = records.sorted { $0.identity < $1.identity }
    let image = try build(try ShardContent(sorted, manifest: manifest), name: Files.name(of: path))
    let seal = image.seal.bytes
    FaultPoint.shardBuilt.pass()
    func create() throws -> Bool {
      try Files.create(path) { file in
        FaultPoint.shardBegun.pass()
        try file.write(image.bytes)
        try file.write(seal)
        FaultPoint.shardWritten.pass()
      }
    }
    if try create() { return }
    // The name is taken by a block of the same runs: a peer's, or ours before a crash.
    if try isWhole(path) { return }
    _ = try directory.moveToQuarantine(path)
    guard try create() else { throw StoreError.damaged(path: path, reason: "appeared again while it was replaced") }
  }

  /// An image in which a call failed is discarded; a second one is built from the records.
  private static func build(_ content: ShardContent, name: String) throws -> ShardImage {
    do {
      return try ShardImage(content, name: name)
    } catch is HDF5Error {
      return try ShardImage(content, name: name)
    }
  }

  private static func isWhole(_ path: String) throws -> Bool {
    do {
      try HDF5.run {
        let shard = try ShardFile.open(path, requiresSeal: true)
        _ = try shard.identities()
        try shard.close()
      }
      return true
    } catch  where Recovery.isDamage(error) {
      return false
    }
  }
}
