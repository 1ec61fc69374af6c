import Foundation

/// A built program of this package, run as a user would run it.
public struct Command: Sendable {
  public var name: String
  /// Added to the environment of the tests; nil removes a variable.
  public var environment: [String: String?]
  public var directory: URL?
  /// The file to run; the tests' own build of the program unless another is given.
  public var executable: URL

  public init(
    _ name: String, at executable: URL? = nil, environment: [String: String?] = [:], directory: URL? = nil
  ) {
    self.name = name
    self.executable = executable ?? Self.productsDirectory.appendingPathComponent(name)
    self.environment = environment
    self.directory = directory
  }

  /// What a program that ended left behind.
  public struct Result: Sendable {
    /// The exit status, or 128 + the signal's number where a signal ended it.
    public var status: Int32
    public var standardOutput: String
    public var standardError: String
  }

  /// The folder with the products: the test bundle is one of them.
  public static var productsDirectory: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }

  /// Runs the program to its end.
  public func run(_ arguments: [String], timeout: TimeInterval = 300) throws -> Result {
    try start(arguments).wait(timeout: timeout)
  }

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - standardError: Where it writes its messages; nil collects them for ``Running/wait(timeout:)``.
  ///   - shell: A line of shell that runs `"$0" "$@"`, the program and its arguments; nil starts it directly.
  public func start(
    _ arguments: [String], standardError: FileHandle? = nil, through shell: String? = nil
  ) throws -> Running {
    if let shell {
      return try Running(
        self, URL(fileURLWithPath: "/bin/sh"), ["-c", shell, executable.path] + arguments, standardError)
    }
    return try Running(self, executable, arguments, standardError)
  }

  /// Runs the program to its end and returns the most memory that it had at a time, in bytes.
  ///
  /// Read from the kernel while it runs: what a process leaves to its parent counts that parent's memory in.
  public func peakMemory(_ arguments: [String]) throws -> Int {
    let running = try start(arguments)
    var peak = 0
    while running.isRunning {
      peak = max(peak, running.peakMemory ?? 0)
      usleep(1_000)
    }
    let result = try running.wait()
    guard result.status == 0 else { throw Failed(message: result.standardError) }
    return peak
  }

  public struct Failed: Error, CustomStringConvertible {
    public var message: String
    public var description: String { message }
  }

  /// A program that was started.
  public final class Running {
    private let process = Process()
    // Files and not pipes: a program never waits for a reader.
    private let folder: TemporaryDirectory
    private let output: URL
    private let errors: URL

    fileprivate init(
      _ command: Command, _ executable: URL, _ arguments: [String], _ standardError: FileHandle?
    ) throws {
      folder = try TemporaryDirectory()
      output = folder.url.appendingPathComponent("output")
      errors = folder.url.appendingPathComponent("errors")
      for file in [output, errors] { try Data().write(to: file) }
      process.executableURL = executable
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment
        .merging(command.environment.compactMapValues(\.self)) { $1 }
        .filter { command.environment[$0.key] != .some(nil) }
      if let directory = command.directory { process.currentDirectoryURL = directory }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = try standardError ?? FileHandle(forWritingTo: errors)
      try process.run()
    }

    public func send(signal number: Int32) { kill(process.processIdentifier, number) }

    public var isRunning: Bool { process.isRunning }

    /// The most memory that the program has had so far, in bytes; nil where it has ended.
    fileprivate var peakMemory: Int? {
      let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// What the program has written to standard error so far.
    public var standardErrorSoFar: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Waits for the end; kills the program after `timeout` seconds.
    public func wait(timeout: TimeInterval = 300) throws -> Result {
      let deadline = Date(timeIntervalSinceNow: timeout)
      while process.isRunning {
        if Date() > deadline {
          send(signal: SIGKILL)
          process.waitUntilExit()
          throw TimedOut(arguments: process.arguments ?? [])
        }
        usleep(2_000)
      }
      let status = process.terminationStatus
      return Result(
        status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
        standardOutput: try String(contentsOf: output, encoding: .utf8),
        standardError: try String(contentsOf: errors, encoding: .utf8))
    }
  }

  public struct TimedOut: Error, CustomStringConvertible {
    public var arguments: [String]
    public var description: String { "did not end in time: \(arguments.joined(separator: " "))" }
  }
}
