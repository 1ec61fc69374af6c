import Foundation
import TestSupport
import Testing

/// The README's examples are run as they stand.
@Suite struct ReadmeTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private let text: String

  init() throws {
    text = try String(contentsOf: Self.repository.appendingPathComponent("README.md"), encoding: .utf8)
  }

  /// The fenced blocks of one language, in their order.
  private func blocks(_ language: String) -> [String] {
    text.components(separatedBy: "\n```\(language)\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
  }

  @Test func theExamplesRun() throws {
    let folder = try TemporaryDirectory()
    let experiment = try #require(blocks("yaml").first)
    try experiment.write(toFile: folder.path("which-dropout.yaml"), atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("scripts"), withDestinationPath: Self.repository.appendingPathComponent("scripts").path)
    let lines = blocks("console").flatMap { $0.split(separator: "\n") }.filter { $0.hasPrefix("$ ") }
      .map { String($0.dropFirst(2)) }
    #expect(lines.count >= 7)
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    for line in lines {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", line.replacing("python3 ", with: "'\(interpreter)' ")]
      process.currentDirectoryURL = folder.url
      process.environment = ProcessInfo.processInfo.environment.merging([
        "PATH": Command.productsDirectory.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
      ]) { $1 }
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(line)")
    }
  }

  @Test func theScriptsAreThere() {
    for line in blocks("sh").flatMap({ $0.split(separator: "\n") }) {
      let script = line.split(separator: " ")[0]
      let path = Self.repository.appendingPathComponent(String(script)).path
      #expect(FileManager.default.isExecutableFile(atPath: path), "\(script)")
    }
  }

  @Test func linksLeadSomewhere() {
    for match in text.matches(of: #/\]\(([^)#:]+)\)/#) {
      let path = Self.repository.appendingPathComponent(String(match.output.1)).path
      #expect(FileManager.default.fileExists(atPath: path), "\(match.output.1)")
    }
  }
}
