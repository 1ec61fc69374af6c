import Foundation

/// Slurm's own programs: `sbatch`, `squeue`, `scancel`, `scontrol`. Nothing here needs slurmdbd.
public struct SlurmClient: Sendable {
  public init() {}

  /// The largest number of tasks in one array: indices run from 0 to one less.
  ///
  /// - Throws: ``SlurmError``.
  public func maximumArraySize() throws -> Int {
    try Self.maximumArraySize(in: run("scontrol", ["show", "config"]))
  }

  static func maximumArraySize(in configuration: String) throws -> Int {
    for line in configuration.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2, parts[0] == "MaxArraySize", let size = Int(parts[1]), size > 0 { return size }
    }
    throw SlurmError.failed(program: "scontrol", status: 0, message: "its configuration has no MaxArraySize above 0")
  }

  /// Submits a script and gives the job's number.
  public func submit(script: String, arguments: [String], options: [String]) throws -> Int {
    let answer = try run("sbatch", ["--parsable"] + options + [script] + arguments)
    // `number` or `number;cluster`, possibly behind lines of a site's own.
    let last = answer.split(separator: "\n").last.map(String.init) ?? ""
    guard let job = Int(last.split(separator: ";").first ?? "") else {
      throw SlurmError.failed(program: "sbatch", status: 0, message: "it gave no job number but “\(answer)”")
    }
    return job
  }

  /// One task of an array as the queue shows it.
  public struct QueuedTask: Hashable, Sendable, Codable {
    public var job: Int
    public var index: Int
    /// Such as RUNNING, PENDING, COMPLETING.
    public var state: String
    /// Why it waits; what Slurm says.
    public var reason: String
  }

  /// The tasks of submissions that are queued or running. Jobs that are over are not in the queue.
  ///
  /// They are asked for by the name that each submission gives its jobs, so that one whose number was never written down is
  /// found as well; by their numbers where an earlier version submitted them.
  public func queue(of submissions: [SubmissionFolder]) throws -> [QueuedTask] {
    let names = submissions.compactMap(\.jobName)
    let numbers = submissions.filter { $0.jobName == nil }.flatMap { $0.submission?.jobs ?? [] }.map(\.number)
    return try queue("--name=\(names.joined(separator: ","))", isAsked: !names.isEmpty)
      + queue("--jobs=\(numbers.map(String.init).joined(separator: ","))", isAsked: !numbers.isEmpty)
  }

  private func queue(_ selection: String, isAsked: Bool) throws -> [QueuedTask] {
    guard isAsked else { return [] }
    do {
      return Self.tasks(in: try run("squeue", ["--noheader", "--array", "--format=%F|%K|%T|%r", selection]))
    } catch SlurmError.failed(_, _, let message) where message.contains("Invalid job id") {
      // The controller has forgotten them.
      return []
    }
  }

  static func tasks(in listing: String) -> [QueuedTask] {
    listing.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard parts.count >= 4, let job = Int(parts[0]), let index = Int(parts[1]) else { return nil }
      return QueuedTask(job: job, index: index, state: parts[2], reason: parts[3])
    }
  }

  public func cancel(_ jobs: [Int]) throws {
    guard !jobs.isEmpty else { return }
    _ = try run("scancel", jobs.map(String.init))
  }

  /// What a program printed. Throws ``SlurmError`` where it cannot be run or fails.
  private func run(_ program: String, _ arguments: [String]) throws -> String {
    guard let path = Self.find(program) else {
      throw SlurmError.notAvailable(program: program, reason: "it is not on the PATH")
    }
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw SlurmError.notAvailable(program: program, reason: "\(error)")
    }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let said = message.split(separator: "\n").joined(separator: "; ")
      throw SlurmError.failed(program: program, status: process.terminationStatus, message: said)
    }
    return text
  }

  private static func find(_ program: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
