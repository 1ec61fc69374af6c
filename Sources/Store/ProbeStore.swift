import Experiments
import Glibc

/// Adds probes of the curvature to runs that were stored before, each in an immutable file of its own.
///
/// `probes/RUN-QUESTION.h5` is a shard of one run with the new probes alone; the run's shard stays as it is. While this
/// lives no sweep starts on the directory.
public final class ProbeStore: Sendable {
  private let directory: ResultDirectory
  private let manifest: SweepManifest
  private let lock: DirectoryLock

  /// Throws ``StoreError/notResults`` where there are none, ``StoreError/locked`` where a sweep is running.
  public init(directory path: String) throws {
    directory = ResultDirectory(path)
    guard try Files.isDirectory(directory.path), try Files.exists(directory.manifest) else {
      throw StoreError.notResults(path: path, reason: "it is not the directory of a sweep")
    }
    var manifest = try MetadataFile.read(SweepManifest.self, path: directory.manifest)
    lock = try DirectoryLock(directory, shared: true)
    if manifest.formatVersion < SweepManifest.currentFormatVersion {
      // Programs that know only the older version must not meet the new one's files.
      manifest.formatVersion = SweepManifest.currentFormatVersion
      try MetadataFile.write(manifest, to: directory.manifest)
    }
    self.manifest = manifest
  }

  /// Stores measurements of a run. On return they are on the device.
  ///
  /// - Parameter question: What was asked, in canonical form: who asks it again finds the answer there.
  /// - Returns: The file.
  @discardableResult
  public func add(
    _ measurements: [CurvatureMeasurement], to record: TrialRecord, question: String
  ) throws -> String {
    var record = record
    record.curvature = measurements
    let slices = record.weights.slices
    record.weights = Weights()
    record.weights.slices = slices
    try record.validate()
    try Files.makeDirectory(directory.probes)
    let name = "\(record.identity)-\(TrialIdentity(hashing: question))\(ResultDirectory.shardSuffix)"
    let path = "\(directory.probes)/\(name)"
    try ShardCommit.write([record], manifest: manifest, to: path, in: directory)
    return path
  }
}

extension ResultDirectory {
  var probes: String { path + "/probes" }

  func probePaths() throws -> [String] {
    try Files.names(in: probes, suffix: Self.shardSuffix).map { "\(probes)/\($0)" }
  }

  /// Those of one run.
  func probePaths(of identity: TrialIdentity) throws -> [String] {
    try probePaths().filter { Files.name(of: $0).hasPrefix("\(identity)-") }
  }
}

extension ResultReader {
  /// Whether a run has probes of its curvature. Throws ``StoreError``.
  public func hasCurvature(_ identity: TrialIdentity) throws -> Bool { try !record(identity).curvature.isEmpty }

  /// Probes that were added to a run after it had ended. Damaged files are left out and noticed.
  func addedProbes(of identity: TrialIdentity, in directory: ResultDirectory) throws -> [CurvatureMeasurement] {
    try directory.probePaths(of: identity).flatMap { path in
      try readProbes(path) { shard in
        try shard.identities().firstIndex(of: identity).map { try shard.curvature(of: $0) } ?? []
      } ?? []
    }
  }

  /// Fills what runs are compared by from probes that were added; what the run itself measured comes first.
  func addProbes(to summaries: inout [RunSummary], in directory: ResultDirectory) throws {
    let paths = try directory.probePaths()
    guard !paths.isEmpty else { return }
    let positions = Dictionary(
      summaries.enumerated().map { ($1.identity, $0) }, uniquingKeysWith: { first, _ in first })
    for path in paths {
      let found = try readProbes(path) { shard in
        zip(try shard.identities(), try shard.curvatureMetrics()).map { ($0, $1.final, $1.best) }
      }
      for (identity, final, best) in found ?? [] {
        guard let position = positions[identity] else { continue }
        summaries[position].final.curvature.fill(from: final)
        summaries[position].best.curvature.fill(from: best)
      }
    }
  }

  private func readProbes<Value>(_ path: String, _ body: (borrowing ShardFile) throws -> Value) throws -> Value? {
    do {
      return try HDF5.run {
        let shard = try ShardFile.open(path, requiresSeal: true)
        let value = try body(shard)
        try shard.close()
        return value
      }
    } catch StoreError.system("open", _, ENOENT) {
      // Set aside since it was listed.
      return nil
    } catch  where UnreadFile.mayBeLeftOut(error) {
      leaveOut(UnreadFile(path, error), "its probes are left out")
      return nil
    }
  }
}
