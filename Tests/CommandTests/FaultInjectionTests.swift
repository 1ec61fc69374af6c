import Foundation
import TestSupport
import Testing

/// One failing system call at a time: docs/reliability.md, "Errors of the system".
@Suite struct FaultInjectionTests {
  /// Whether every case is to run: half an hour, where the sample takes a minute.
  private static let isWhole = ProcessInfo.processInfo.environment["RAVINE_LONG_TESTS"] == "1"

  @Test func everyErrorIsSaidAndCostsNothing() throws {
    let folder = try TemporaryDirectory()
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Faults").standardizedFileURL
    let library = folder.path("fault.so")
    func run(_ arguments: [String]) throws -> Command.Result {
      try Command("env", at: URL(fileURLWithPath: "/usr/bin/env")).run(arguments, timeout: 20_000)
    }
    let compiled = try run(
      [
        "clang", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library,
        sources.appendingPathComponent("fault.c").path, "-ldl",
      ])
    try #require(compiled.status == 0, "\(compiled.standardError)")
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    let injected = try run(
      [
        interpreter, sources.appendingPathComponent("inject.py").path, "--programs", Command.productsDirectory.path,
        "--library", library,
      ] + (Self.isWhole ? [] : ["--sample", "200"]))
    #expect(injected.status == 0, "\(injected.standardOutput)\n\(injected.standardError)")
    print(injected.standardOutput)
  }
}
