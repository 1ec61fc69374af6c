import Experiments
import Foundation
import Store

/// A sweep that was handed to Slurm: `slurm/N/` in its directory of results.
///
/// `submission.json` says what to run, `trials` what was left to run then, in the order in which trials should start. Task
/// i of n takes lines i, i + n, … of it. What is done is never written here: the shards say it.
public struct SlurmSubmission: Hashable, Sendable, Codable {
  public var experimentText: String
  /// What error messages call the experiment file.
  public var file: String
  public var overrides: [String]
  /// Where relative paths of data files start.
  public var dataDirectory: String
  public var weights: String
  /// Threads of a task.
  public var workers: Int
  public var synchronizes: Bool
  public var arguments: [String]
  public var settings: SlurmSettings
  public var tasks: Int
  public var jobs: [Job] = []
  /// The name of all of its jobs and of no other; nil where an earlier version submitted it.
  public var jobName: String?
  /// Of the file `trials`; nil where an earlier version submitted it, which wrote no checksum into `submission.json` either.
  public var trialsChecksum: String?

  /// An array of tasks.
  public struct Job: Hashable, Sendable, Codable {
    public var number: Int
    /// Task of the submission that the array's index 0 is.
    public var offset: Int
    public var count: Int
  }

  /// The arrays that `tasks` tasks make where an array has at most `maximum`.
  static func arrays(tasks: Int, maximum: Int) -> [Range<Int>] {
    stride(from: 0, to: tasks, by: maximum).map { $0..<min(tasks, $0 + maximum) }
  }

  // MARK: - On disk

  /// `NAME-XXXXXXXX`, with a name that the user may give with an option of sbatch, and random digits behind it.
  static func makeJobName(for experiment: String, _ settings: SlurmSettings) -> String {
    let given =
      settings.options.last { $0.hasPrefix("--job-name=") }?.dropFirst("--job-name=".count)
      ?? settings.options.last { $0.hasPrefix("-J") && !$0.hasPrefix("--") }?.dropFirst(2)
    let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    // Commas end a name where squeue is asked.
    let name = (given.map(String.init) ?? experiment).map { $0 == "," ? "_" : $0 }
    return String(name) + "-" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Makes the folder of a new submission.
  static func makeFolder(in directory: String) throws -> String {
    let root = "\(directory)/slurm"
    try OutputFile.makeDirectory(root)
    var number = (try Files.names(in: root).compactMap { Int($0) }.max() ?? 0) + 1
    while mkdir("\(root)/\(number)", 0o777) != 0 {
      let code = errno
      guard code == EEXIST else {
        throw StoreError.system(operation: "mkdir", path: "\(root)/\(number)", code: code)
      }
      number += 1
    }
    return "\(root)/\(number)"
  }

  /// Of a file that every submission has.
  private static func reading<Value>(_ path: String, _ read: (String) throws -> Value) throws -> Value {
    do {
      return try read(path)
    } catch StoreError.system("open", _, ENOENT) {
      throw SlurmError.damaged(path: path, reason: "it is not there")
    } catch StoreError.damaged(path, let reason) {
      throw SlurmError.damaged(path: path, reason: reason)
    }
  }

  /// - Throws: ``SlurmError/damaged(path:reason:)`` where `submission.json` is not what was written; `StoreError` where the
  ///   system refuses.
  public static func read(_ folder: String) throws -> SlurmSubmission {
    let path = "\(folder)/submission.json"
    let submission = try reading(path) { try MetadataFile.read(SlurmSubmission.self, path: $0) }
    guard submission.tasks > 0, submission.workers > 0 else {
      throw SlurmError.damaged(
        path: path, reason: "tasks is \(submission.tasks) and workers is \(submission.workers): neither may be below 1")
    }
    return submission
  }

  func write(to folder: String) throws {
    try OutputFile.write(MetadataFile.encode(self), to: "\(folder)/submission.json")
  }

  /// Writes the trials down, and keeps the checksum of their file.
  mutating func write(trials: [TrialIdentity], to folder: String) throws {
    let text = Array(trials.map { "\($0)\n" }.joined().utf8)
    try OutputFile.write(text, to: "\(folder)/trials")
    trialsChecksum = MetadataFile.checksum(of: text)
  }

  /// The trials that a task takes.
  ///
  /// - Throws: ``SlurmError/damaged(path:reason:)`` where the file `trials` is not what was written; `StoreError` where the
  ///   system refuses.
  public func trials(of task: Int, folder: String) throws -> Set<TrialIdentity> {
    let path = "\(folder)/trials"
    let text = try Self.reading(path) { try Files.read($0) }
    guard trialsChecksum == nil || trialsChecksum == MetadataFile.checksum(of: text) else {
      throw SlurmError.damaged(path: path, reason: "its checksum differs: it was changed after it was written")
    }
    let lines = text.split(separator: UInt8(ascii: "\n"))
    var trials: Set<TrialIdentity> = []
    for index in stride(from: task, to: lines.count, by: tasks) {
      guard let identity = TrialIdentity(String(decoding: lines[index], as: UTF8.self)) else {
        throw SlurmError.damaged(path: path, reason: "line \(index + 1) is no identity")
      }
      trials.insert(identity)
    }
    return trials
  }

  /// The trials that a task takes of all that the sweep has, where nobody knows any more which were left: every task deals
  /// them out in the same way, and passes over what is done.
  public func share(of task: Int, in sweep: PreparedSweep) -> Set<TrialIdentity> {
    let identities = TrialQueue(heaviestFirst: sweep.experiment.trials, cost: sweep.cost).identities
    return Set(stride(from: task, to: identities.count, by: tasks).map { identities[$0] })
  }
}

extension SlurmSubmission: Metadata {
  public var isChecksummed: Bool { trialsChecksum != nil }
}

extension SlurmClient {
  /// Refuses where an earlier submission is not over. No task of it need run just now, and hold the results.
  ///
  /// Throws ``SlurmError/busy(directory:jobs:)``, and other errors where Slurm cannot be asked; asks nothing where
  /// nothing was submitted. Returns what was damaged and done without, for the user.
  public func refuseWhileTasksWait(for directory: String) throws -> [String] {
    let folders = try SubmissionFolder.all(in: directory)
    let queued = try queue(of: folders)
    guard queued.isEmpty else {
      throw SlurmError.busy(directory: directory, jobs: Set(queued.map(\.job)).sorted())
    }
    return folders.compactMap(\.damage)
  }
}
