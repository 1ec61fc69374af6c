/// The copies of `sweep.json` that shards, probes and journals hold.
struct ManifestCopies {
  /// The copy that knows the most runs, since a grid may have grown, and the file it is in.
  private(set) var best: (manifest: SweepManifest, file: String)?

  /// Damaged files are passed over. Throws ``StoreError/system`` where one cannot be read.
  init(in directory: ResultDirectory) throws {
    for path in try directory.shardPaths() + directory.probePaths() {
      do {
        add(try HDF5.run { try ShardFile.open(path, requiresSeal: true).manifest() }, path)
      } catch  where Recovery.isDamage(error) {
        continue
      }
    }
    for path in try directory.journalPaths() {
      if let manifest = try JournalReplay.ifPresent(path)?.manifest { add(manifest, path) }
    }
  }

  private mutating func add(_ manifest: SweepManifest, _ file: String) {
    if let best, (best.manifest.trials ?? 0) >= (manifest.trials ?? 0) { return }
    best = (manifest, file)
  }
}

extension SweepManifest {
  /// The manifest of a directory's results: `sweep.json`, or where that is lost or damaged, the best of its copies. Nil where
  /// there are neither; a damaged one without a copy throws ``StoreError/damaged``.
  ///
  /// - Parameter notices: Takes what a user must know. `sweep.json` is there again then, a damaged one in quarantine.
  static func settled(in directory: ResultDirectory, _ notices: inout [String]) throws -> SweepManifest? {
    var damage: (any Error)?
    if try Files.exists(directory.manifest) {
      do {
        return try MetadataFile.read(SweepManifest.self, path: directory.manifest)
      } catch  where Recovery.isDamage(error) {
        damage = error
      }
    }
    guard let copy = try ManifestCopies(in: directory).best else {
      if let damage { throw damage }
      return nil
    }
    if let damage {
      let kept = try directory.moveToQuarantine(directory.manifest)
      notices.append("\(damage); moved to \(printable(kept)), restored from \(printable(copy.file))")
    } else {
      notices.append("\(printable(directory.manifest)): was lost; restored from \(printable(copy.file))")
    }
    try MetadataFile.write(copy.manifest, to: directory.manifest)
    return copy.manifest
  }
}
