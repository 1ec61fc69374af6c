import Glibc

/// What a submission to Slurm leaves in the directory of its results, as far as it can be checked without knowing Slurm.
enum SubmissionFiles {
  /// What `submission.json` says of the file beside it.
  private struct Seal: Metadata {
    var trialsChecksum: String?

    var isChecksummed: Bool { trialsChecksum != nil }
  }

  /// Every `slurm/N/submission.json`, and after each its `trials`, the oldest first.
  static func paths(in directory: ResultDirectory) throws -> [String] {
    let root = "\(directory.path)/slurm"
    return try Files.names(in: root).compactMap { Int($0) }.sorted().flatMap { number in
      ["\(root)/\(number)/submission.json", "\(root)/\(number)/trials"]
    }
  }

  /// Throws ``StoreError/damaged`` where the file is not what was written, ``StoreError/system`` where it cannot be read.
  static func check(_ path: String) throws {
    let submission = "\(Files.parent(of: path))/submission.json"
    guard path != submission else {
      _ = try MetadataFile.read(Seal.self, path: path)
      return
    }
    let trials = try Files.read(path)
    do {
      guard let checksum = try MetadataFile.read(Seal.self, path: submission).trialsChecksum else { return }
      guard MetadataFile.checksum(of: trials) == checksum else {
        throw StoreError.damaged(path: path, reason: "its checksum differs: it was changed after it was written")
      }
    } catch StoreError.damaged(submission, _), StoreError.system("open", submission, ENOENT) {
      // Nobody knows any more what the trials were, and no task asks for them: it cannot start.
    }
  }
}
