import Foundation
import TestSupport
import Testing

/// The examples of the README and of the pages under docs/ are run as they stand, each page in a folder of its own.
@Suite struct ReadmeTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Pages whose `console` blocks are complete: what they need, they make.
  private static let runnable = ["README.md", "docs/guide.md", "docs/second-order.md", "docs/tutorial.md"]

  private static var pages: [String] {
    get throws {
      let docs = try FileManager.default.contentsOfDirectory(atPath: repository.appendingPathComponent("docs").path)
      return ["README.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }
  }

  private func text(_ page: String) throws -> String {
    try String(contentsOf: Self.repository.appendingPathComponent(page), encoding: .utf8)
  }

  /// The fenced blocks of one language, in their order.
  private func blocks(_ language: String, of text: String) -> [String] {
    text.components(separatedBy: "\n```\(language)\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
  }

  /// A command of a page and the lines it is said to print.
  private struct Example {
    var command: String
    var output: [String] = []
  }

  private func examples(of text: String) -> [Example] {
    var examples: [Example] = []
    for line in blocks("console", of: text).flatMap({ $0.components(separatedBy: "\n") }) {
      if line.hasPrefix("$ ") {
        examples.append(Example(command: String(line.dropFirst(2))))
      } else if !line.isEmpty {
        examples[examples.count - 1].output.append(line)
      }
    }
    return examples
  }

  @Test(arguments: runnable)
  func theExamplesRun(page: String) throws {
    let folder = try TemporaryDirectory()
    let text = try text(page)
    for experiment in blocks("yaml", of: text) where experiment.hasPrefix("name: ") {
      let name = experiment.prefix { $0 != "\n" }.dropFirst("name: ".count)
      try experiment.write(toFile: folder.path("\(name).yaml"), atomically: true, encoding: .utf8)
    }
    for name in ["scripts", "experiments"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path(name), withDestinationPath: Self.repository.appendingPathComponent(name).path)
    }
    let examples = examples(of: text)
    #expect(examples.count >= 3)
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    let bash = Command(
      "bash", at: URL(fileURLWithPath: "/bin/bash"),
      environment: [
        "PATH": Command.productsDirectory.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
        "COLUMNS": nil,
      ], directory: folder.url)
    for example in examples {
      let result = try bash.run(["-c", example.command.replacing("python3 ", with: "'\(interpreter)' ")])
      #expect(result.status == 0, "\(page): \(example.command)\n\(result.standardError)")
      var lines = result.standardOutput.split(separator: "\n")[...]
      for line in example.output {
        let found = lines.firstIndex { Self.agree($0, Substring(line)) }
        #expect(found != nil, "\(page): \(example.command) does not print: \(line)")
        if let found { lines = lines[(found + 1)...] }
      }
    }
  }

  /// The same words, and numbers within a quarter: another processor rounds otherwise, and training magnifies that.
  private static func agree(_ one: Substring, _ other: Substring) -> Bool {
    let (left, right) = (one.split(separator: " "), other.split(separator: " "))
    return left.count == right.count
      && zip(left, right).allSatisfy { a, b in
        guard let x = Double(a), let y = Double(b) else { return a == b || isRun(a) && isRun(b) }
        return abs(x - y) <= 0.25 * max(abs(x), abs(y)) + 0.01
      }
  }

  /// The first digits of a run's identity, as in "ff4b34fe9f,".
  private static func isRun(_ word: Substring) -> Bool {
    word.count == 11 && word.last == "," && word.dropLast().allSatisfy(\.isHexDigit)
  }

  @Test func theScriptsAreThere() throws {
    for line in blocks("sh", of: try text("README.md")).flatMap({ $0.split(separator: "\n") }) {
      let script = line.split(separator: " ")[0]
      guard script.hasPrefix("scripts/") else { continue }
      let path = Self.repository.appendingPathComponent(String(script)).path
      #expect(FileManager.default.isExecutableFile(atPath: path), "\(script)")
    }
  }

  @Test func linksLeadSomewhere() throws {
    for page in try Self.pages {
      let base = Self.repository.appendingPathComponent(page).deletingLastPathComponent()
      for match in try text(page).matches(of: #/\]\(([^)#:]+)\)/#) {
        let path = base.appendingPathComponent(String(match.output.1)).path
        #expect(FileManager.default.fileExists(atPath: path), "\(page): \(match.output.1)")
      }
    }
  }
}
