/// Paths of a sweep's directory.
struct ResultDirectory: Sendable {
  let path: String

  /// The path without trailing slashes.
  init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  var manifest: String { path + "/sweep.json" }
  var testEvaluation: String { path + "/test.json" }
  var lock: String { path + "/lock" }
  var shards: String { path + "/shards" }
  var journals: String { path + "/journal" }
  var quarantine: String { path + "/quarantine" }

  static let shardSuffix = ".h5"

  func shardPaths() throws -> [String] {
    try Files.names(in: shards, suffix: Self.shardSuffix).map { "\(shards)/\($0)" }
  }

  func journalPaths() throws -> [String] {
    try Files.names(in: journals, suffix: JournalFormat.suffix).map { "\(journals)/\($0)" }
  }

  func makeNewJournalPath() -> String { "\(journals)/\(UniqueName.next())\(JournalFormat.suffix)" }

  /// Takes a file out of use and keeps it for inspection; the path it has now.
  func moveToQuarantine(_ file: String) throws -> String {
    try Files.makeDirectory(quarantine)
    let target = "\(quarantine)/\(UniqueName.next())-\(Files.name(of: file))"
    try Files.rename(file, to: target)
    try Files.synchronizeDirectory(quarantine)
    return target
  }

  /// Removes what writers that no longer live left half-written: here, and of what was merged beside it.
  func removeTemporaries() throws {
    for directory in [path, shards, journals, probes] { try TemporaryFile.removeAbandoned(in: directory) }
    try TemporaryFile.removeAbandoned(in: Files.parent(of: path), for: ".ravine")
  }
}
