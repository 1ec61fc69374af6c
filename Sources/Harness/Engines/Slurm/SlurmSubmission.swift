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

  /// All submissions of a directory of results, the oldest first.
  ///
  /// A folder without `submission.json` is none: a process was killed as it made it, before it submitted anything. What
  /// cannot be read just now is there all the same, and its tasks may be running: that throws `StoreError`.
  public static func all(in directory: String) throws -> [(folder: String, submission: SlurmSubmission)] {
    let root = "\(directory)/slurm"
    guard try Files.exists(root) else { return [] }
    return try Files.names(in: root).compactMap { Int($0) }.sorted().compactMap { number in
      let folder = "\(root)/\(number)"
      return try Files.exists("\(folder)/submission.json") ? (folder, try read(folder)) : nil
    }
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
  private static func contents(of path: String) throws -> Data {
    do {
      return Data(try Files.read(path))
    } catch StoreError.system("open", _, ENOENT) {
      throw SlurmError.damaged(path: path, reason: "it is not there")
    }
  }

  public static func read(_ folder: String) throws -> SlurmSubmission {
    let path = "\(folder)/submission.json"
    let data = try contents(of: path)
    guard let submission = try? JSONDecoder().decode(SlurmSubmission.self, from: data) else {
      throw SlurmError.damaged(path: path, reason: "it is not a submission of this version")
    }
    guard submission.tasks > 0, submission.workers > 0 else {
      throw SlurmError.damaged(
        path: path, reason: "tasks is \(submission.tasks) and workers is \(submission.workers): neither may be below 1")
    }
    return submission
  }

  func write(to folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try OutputFile.write([UInt8](encoder.encode(self)), to: "\(folder)/submission.json")
  }

  static func write(trials: [TrialIdentity], to folder: String) throws {
    let text = trials.map { "\($0)\n" }.joined()
    try OutputFile.write(Array(text.utf8), to: "\(folder)/trials")
  }

  /// The trials that a task takes.
  public func trials(of task: Int, folder: String) throws -> Set<TrialIdentity> {
    let path = "\(folder)/trials"
    let lines = try Self.contents(of: path).split(separator: UInt8(ascii: "\n"))
    var trials: Set<TrialIdentity> = []
    for index in stride(from: task, to: lines.count, by: tasks) {
      guard let identity = TrialIdentity(String(decoding: lines[index], as: UTF8.self)) else {
        throw SlurmError.damaged(path: path, reason: "line \(index + 1) is no identity")
      }
      trials.insert(identity)
    }
    return trials
  }
}

extension SlurmClient {
  /// Refuses where an earlier submission is not over. No task of it need run just now, and hold the results.
  ///
  /// Throws ``SlurmError/busy(directory:jobs:)``, and other errors where Slurm cannot be asked; asks nothing where
  /// nothing was submitted.
  public func refuseWhileTasksWait(for directory: String) throws {
    let queued = try queue(of: SlurmSubmission.all(in: directory).map(\.submission))
    guard queued.isEmpty else {
      throw SlurmError.busy(directory: directory, jobs: Set(queued.map(\.job)).sorted())
    }
  }
}
