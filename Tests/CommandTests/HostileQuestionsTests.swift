import Foundation
import Store
import TestSupport
import Testing

/// The commands that ask for one run, another sweep or what goes on, on results made to harm.
@Suite struct HostileQuestionsTests {
  private let hostile: HostileResults
  private var results: String { hostile.results }

  init() throws { hostile = try HostileResults() }

  private func sweep(_ arguments: String...) throws -> Command.Result {
    try hostile.fixture.command().run(arguments)
  }

  private func url(_ name: String) -> URL { hostile.fixture.folder.url.appendingPathComponent(name) }

  @Test func soundRunsAreExported() throws {
    for format in ["keras", "torch", "onnx", "csv"] {
      for run in [results, "\(results)/\(hostile.identity)"] {
        // The best run may be one that cannot be read.
        let status: Int32 = run == results ? 65 : 0
        hostile.expectCalm(try hostile.summary("export", "--\(format)", run, "\(format).weights.h5"), status)
        #expect(hostile.fixture.exists("\(format).weights.h5"))
      }
    }
  }

  /// Forged shards lie among the probes as well.
  @Test func soundRunsAreProbed() throws {
    hostile.expectCalm(try hostile.summary("spectrum", results), 65)
    let run = "\(hostile.identity)"
    try FileManager.default.createDirectory(at: url("\(results)/probes"), withIntermediateDirectories: true)
    for name in hostile.sealed + ["hostile.h5"] {
      try FileManager.default.copyItem(
        at: url("\(results)/shards/\(name)"), to: url("\(results)/probes/\(run)-\(name)"))
    }
    hostile.expectCalm(try sweep("probe", results, "--run", run, "--set", "samples=20", "--set", "layers=false"), 0)
    let spectrum = try hostile.summary("spectrum", results, "--run", run)
    hostile.expectCalm(spectrum, 65)
    #expect(spectrum.standardOutput.contains("lambda_max"))
    hostile.expectCalm(try hostile.summary(results, "--by", "lambda_max", "--epoch", "final"), 65)
  }

  @Test func soundRunsAreComparedAndFollowed() throws {
    let compared = try hostile.summary("compare", results, results)
    hostile.expectCalm(compared, 65)
    #expect(compared.standardOutput.contains("equal values"))
    hostile.expectCalm(try hostile.summary("watch", results), 65)
    let status = try sweep("status", results)
    hostile.expectCalm(status, 65)
    #expect(status.standardOutput.contains("8 of 8 runs on disk"))
    for name in hostile.forged { #expect(status.standardOutput.contains(name), "\(name)") }
    hostile.expectCalm(try sweep("status", results, "--json"), 65)
  }

  /// Each by itself, as a file that a colleague sent.
  @Test func aForgeryAloneIsRefused() throws {
    for name in hostile.sealed + ["hostile.h5", "\u{1b}[31mred.h5"] {
      let file = "\(results)/shards/\(name)"
      let questions = [
        [file], ["export", "--csv", file, "traces.csv"], ["export", "--onnx", "\(file)/\(hostile.identity)", "a.onnx"],
        ["compare", file, results], ["compare", results, file], ["spectrum", file], ["watch", file],
      ]
      for question in questions { hostile.expectCalm(try hostile.summary(question), 65, 66) }
      hostile.expectCalm(try sweep("probe", file, "--run", "\(hostile.identity)"), 65, 66)
      for command in ["verify", "status"] { hostile.expectCalm(try sweep(command, file), 65, 66) }
    }
  }

  /// What is no shard: journals, what the sweep says of itself, a submission to Slurm.
  @Test func otherFilesMadeToHarmAreSaid() throws {
    let escape = "\u{1b}]0;title\u{7}"
    try Data((0..<500).map { UInt8(truncatingIfNeeded: $0 * 31) }).write(
      to: url("\(results)/journal/\(escape).journal"))
    try Data("RVNJRNL\u{1}".utf8).write(to: url("\(results)/journal/empty.journal"))
    try Data((Array("RVNJRNL\u{1}".utf8) + [UInt8](repeating: 0xFF, count: 40))).write(
      to: url("\(results)/journal/huge.journal"))
    let path = url("\(results)/sweep.json")
    // As version 1 wrote it, without a checksum.
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    let whole = lines.filter { !$0.contains("\"checksum\"") }.joined(separator: "\n")
      .replacing("\"formatVersion\" : 2", with: "\"formatVersion\" : 1")
    let hostileName = whole.replacing("\"name\" : \"spirals\"", with: "\"name\" : \"\\u001b[31m\\u0007=1+1\\nred\"")
    try #require(hostileName != whole)
    let trials = whole.replacing("\"trials\" : 8", with: "\"trials\" : \(Int.min)")
    try #require(trials != whole)
    try FileManager.default.createDirectory(at: url("\(results)/slurm/1"), withIntermediateDirectories: true)
    for submission in ["", "{}", "[1", "\(escape)"] {
      try Data(submission.utf8).write(to: url("\(results)/slurm/1/submission.json"))
      hostile.expectCalm(try sweep("status", results), 65)
      hostile.expectCalm(try sweep("cancel", results), 65)
    }
    try FileManager.default.removeItem(at: url("\(results)/slurm"))
    for text in [hostileName, trials, "{", "", "\(escape)", "{\"name\": \"\(escape)\"}"] {
      try text.write(to: path, atomically: true, encoding: .utf8)
      for arguments in [[results], ["compare", results, results], ["watch", results], ["spectrum", results]] {
        hostile.expectCalm(try hostile.summary(arguments), 0, 65)
      }
      hostile.expectCalm(try hostile.summary("export", "--csv", results, "a.csv"), 0, 65)
      hostile.expectCalm(try sweep("status", results), 0, 65)
      hostile.expectCalm(try sweep("verify", results), 65)
      hostile.expectCalm(try sweep("probe", results, "--run", "\(hostile.identity)", "--set", "samples=9"), 0, 65)
    }
  }
}
