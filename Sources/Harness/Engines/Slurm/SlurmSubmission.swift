import Experiments
import Foundation

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

  /// All submissions of a directory of results, the oldest first.
  public static func all(in directory: String) throws -> [(folder: String, submission: SlurmSubmission)] {
    let root = "\(directory)/slurm"
    guard FileManager.default.fileExists(atPath: root) else { return [] }
    let numbers = try FileManager.default.contentsOfDirectory(atPath: root).compactMap { Int($0) }.sorted()
    return try numbers.map { number in
      let folder = "\(root)/\(number)"
      return (folder, try read(folder))
    }
  }

  /// Makes the folder of a new submission.
  static func makeFolder(in directory: String) throws -> String {
    let root = "\(directory)/slurm"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    var number = (try FileManager.default.contentsOfDirectory(atPath: root).compactMap { Int($0) }.max() ?? 0) + 1
    while mkdir("\(root)/\(number)", 0o755) != 0 {
      guard errno == EEXIST else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: root]) }
      number += 1
    }
    return "\(root)/\(number)"
  }

  public static func read(_ folder: String) throws -> SlurmSubmission {
    let path = "\(folder)/submission.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SlurmError.damaged(path: path, reason: "it cannot be read")
    }
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
    try encoder.encode(self).write(to: URL(fileURLWithPath: "\(folder)/submission.json"), options: .atomic)
  }

  static func write(trials: [TrialIdentity], to folder: String) throws {
    let text = trials.map { "\($0)\n" }.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/trials"), options: .atomic)
  }

  /// The trials that a task takes.
  public func trials(of task: Int, folder: String) throws -> Set<TrialIdentity> {
    let path = "\(folder)/trials"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SlurmError.damaged(path: path, reason: "it cannot be read")
    }
    let lines = data.split(separator: UInt8(ascii: "\n"))
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
    let queued = try queue(of: SlurmSubmission.all(in: directory).flatMap(\.submission.jobs).map(\.number))
    guard queued.isEmpty else {
      throw SlurmError.busy(directory: directory, jobs: Set(queued.map(\.job)).sorted())
    }
  }
}
