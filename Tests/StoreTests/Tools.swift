import Foundation
import Testing

/// Programs of others the tests compare with.
enum Tool {
  /// Runs a script of the tests' fixtures; `scripts/test` names an interpreter that has its packages. What it printed.
  static func python(_ script: String, _ arguments: String...) throws -> String {
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    return try run([interpreter, fixture(script)] + arguments)
  }

  static func run(_ command: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command.joined(separator: " "))")
    return text
  }

  static func fixture(_ name: String) -> String {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures/\(name)").path
  }
}
