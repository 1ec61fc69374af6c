import Foundation
import Store

/// A folder `slurm/N/` as it is found, its `submission.json` whole or not.
///
/// The name of its jobs is in the jobs' script as well, with a checksum of its own: where `submission.json` is damaged or lost,
/// Slurm can still be asked for them.
public struct SubmissionFolder: Hashable, Sendable {
  public var path: String
  /// Nil where the file is damaged or not there.
  public var submission: SlurmSubmission?
  /// The name of all of its jobs and of no other; nil where an earlier version submitted it.
  var jobName: String?
  /// What is damaged, and what that means, for the user; nil where nothing is.
  public var damage: String?

  /// All submissions of a directory of results, the oldest first.
  ///
  /// A folder without `submission.json` and without a script that names jobs is none: a process was killed as it made it,
  /// before it submitted anything. One with the script alone is what a repair leaves, which has said so. What cannot be read
  /// just now is there all the same, and its tasks may be running.
  ///
  /// - Throws: `StoreError` where the system refuses; ``SlurmError/damaged(path:reason:)`` where the jobs of a submission cannot
  ///   be known.
  public static func all(in directory: String) throws -> [SubmissionFolder] {
    let root = "\(directory)/slurm"
    guard try Files.exists(root) else { return [] }
    return try Files.names(in: root).compactMap { Int($0) }.sorted().compactMap { try find("\(root)/\($0)") }
  }

  private static func find(_ path: String) throws -> SubmissionFolder? {
    guard try Files.exists("\(path)/submission.json") else {
      return try jobName(inScriptOf: path).map { SubmissionFolder(path: path, jobName: $0) }
    }
    do {
      let submission = try SlurmSubmission.read(path)
      return SubmissionFolder(path: path, submission: submission, jobName: submission.jobName)
    } catch SlurmError.damaged(let file, let reason) {
      guard let name = try jobName(inScriptOf: path) else {
        throw SlurmError.damaged(
          path: file, reason: "\(reason). The name of its jobs is lost with it: where squeue shows none, remove \(path)"
        )
      }
      return SubmissionFolder(
        path: path, jobName: name,
        damage: "\(SlurmError.damaged(path: file, reason: reason)); its jobs are asked for by their name")
    }
  }

  // MARK: - The jobs' script

  private static let opening = "# Its jobs are called "

  /// A line of the script.
  static func line(naming jobName: String) -> String {
    "\(opening)\(jobName) (\(MetadataFile.checksum(of: Array(jobName.utf8))))"
  }

  /// Nil where there is no script, or it names no jobs, or the name was changed.
  private static func jobName(inScriptOf path: String) throws -> String? {
    guard try Files.exists("\(path)/job.sh") else { return nil }
    let script = String(decoding: try Files.read("\(path)/job.sh", limit: 1 << 20), as: UTF8.self)
    guard let found = script.split(separator: "\n").first(where: { $0.hasPrefix(opening) }),
      let end = found.range(of: " (crc32 ", options: .backwards)
    else { return nil }
    let name = String(found[..<end.lowerBound].dropFirst(opening.count))
    return line(naming: name) == found ? name : nil
  }
}
