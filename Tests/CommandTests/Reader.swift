import Foundation
import TestSupport
import Testing

/// Scripts of the tests and of the repository, run by the interpreter of `scripts/test`, which has the readers' packages.
enum Reader {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let repository = folder.deletingLastPathComponent().deletingLastPathComponent()

  /// Runs a script of Readers, or at a path, to its end: what it printed.
  static func python(_ script: String, _ arguments: String..., directory: URL? = nil) throws -> String {
    let path = script.hasPrefix("/") ? script : folder.appendingPathComponent("Readers/\(script)").path
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    let result = try Command("env", at: URL(fileURLWithPath: "/usr/bin/env"), directory: directory)
      .run([interpreter, path] + arguments)
    try #require(result.status == 0, "\(script): \(result.standardError)")
    return result.standardOutput
  }
}
