import Experiments
import Foundation
import Learning
import Settings
import TestSupport
import Testing

/// The JSON Schema of experiment files, held by a validator of another make against the reader.
@Suite struct SchemaTests {
  private struct Verdict: Decodable {
    var text: String
    var errors: [String]
  }

  private let folder: TemporaryDirectory
  private let schema: String

  init() throws {
    folder = try TemporaryDirectory()
    schema = folder.path("schema.json")
    let printed = try Command("sweep").run(["schema"])
    #expect(printed.status == 0 && printed.standardError.isEmpty)
    try printed.standardOutput.write(toFile: schema, atomically: true, encoding: .utf8)
  }

  private func verdicts(_ files: [String]) throws -> [String: Verdict] {
    // One argument a file: the reader of Python scripts takes them one by one.
    var found: [String: Verdict] = [:]
    for file in files {
      let text = try Reader.python("check_schema.py", schema, file)
      found.merge(try JSONDecoder().decode([String: Verdict].self, from: Data(text.utf8))) { _, new in new }
    }
    return found
  }

  @Test func itTakesEveryExperimentOfTheRepository() throws {
    let root = Reader.repository
    var files: [String] = []
    for folder in ["experiments", "examples"] {
      let found = FileManager.default.enumerator(
        at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
      for case let url as URL in found ?? .init() where url.pathExtension == "yaml" && !url.path.contains("/.build/") {
        files.append(url.path)
      }
    }
    #expect(files.count > 10)
    // Those of a program's own parts have a schema of their own.
    for (file, verdict) in try verdicts(files.filter { !$0.contains("/own-") }) {
      #expect(verdict.errors == [], "\(file)")
    }
  }

  /// What the schema refuses, the reader refuses.
  @Test func itRefusesWhatTheReaderRefuses() throws {
    let fixtures = Reader.repository.appendingPathComponent("Tests/CommandTests/Fixtures/wrong_experiments.txt").path
    let found = try verdicts([fixtures])
    #expect(found.count >= 50)
    for (line, verdict) in found {
      #expect(!verdict.errors.isEmpty, "the schema takes \(line)")
      #expect(throws: ExperimentFileError.self, "the reader takes \(line)") {
        try ExperimentFile.parse(text: verdict.text, file: "e.yaml", parts: .standard)
      }
    }
  }

  /// `sweep init` names the schema in the file's first line and puts it beside.
  @Test func aNewExperimentHasIt() throws {
    let made = try Command("sweep", directory: folder.url).run(["init", "mine"])
    #expect(made.status == 0)
    let text = try String(contentsOfFile: folder.path("mine.yaml"), encoding: .utf8)
    #expect(text.hasPrefix("# yaml-language-server: $schema=experiment.schema.json\n"))
    let beside = try String(contentsOfFile: folder.path("experiment.schema.json"), encoding: .utf8)
    #expect(beside == (try String(contentsOfFile: schema, encoding: .utf8)))
    #expect(try verdicts([folder.path("mine.yaml")]).values.allSatisfy { $0.errors.isEmpty })
    // A file of that name that is none of ours stays as it is.
    try "{}".write(toFile: folder.path("experiment.schema.json"), atomically: true, encoding: .utf8)
    let second = try Command("sweep", directory: folder.url).run(["init", "other"])
    #expect(second.status == 0 && second.standardError.contains("experiment.schema.json"))
    #expect(try String(contentsOfFile: folder.path("experiment.schema.json"), encoding: .utf8) == "{}")
  }
}
