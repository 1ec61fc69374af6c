import Foundation
import TestSupport
import Testing

/// Drives the built `sweep init` as a user does.
@Suite struct SweepInitTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  @Test func theFileIsReadyToRun() throws {
    let result = try fixture.sweep("init", "mine")
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput == "mine.yaml is written. What it would take: sweep plan mine.yaml\n")
    let run = try fixture.sweep(
      "run", "mine.yaml", "--set", "epochs=1", "--set", "seed=0", "--set", "grid.optimizer=adam", "--set",
      "batch_size=128", "--workers", "2")
    #expect(run.status == 0, "\(run.standardError)")
    #expect(fixture.exists("results/mine/sweep.json"))
  }

  @Test(arguments: [false, true])
  func aTableOfOnesOwn(regression: Bool) throws {
    let rows = (0..<60).map { "\($0 % 7),\($0 % 5),\(regression ? "\($0).5" : $0 % 2 == 0 ? "yes" : "no")" }
    _ = try fixture.write((["a,b,the answer: 'x'"] + rows).joined(separator: "\n") + "\n", to: "table.csv")
    let arguments = ["init", "table", "--csv", "table.csv", "--target", "the answer: 'x'"]
    let result = try fixture.command().run(arguments + (regression ? ["--regression"] : []))
    #expect(result.status == 0, "\(result.standardError)")
    let plan = try fixture.sweep("plan", "table.yaml", "--set", "batch_size=8")
    #expect(plan.status == 0, "\(plan.standardError)")
    #expect(plan.standardOutput.contains("36 training, 12 validation and 12 test samples of 2 features"))
  }

  /// Who names the file means it, and no experiment of its name.
  @Test(arguments: ["mine.yaml", "mine.yml", "v1.2.yaml"]) func theFilesNameIsNoExperiments(file: String) throws {
    let result = try fixture.sweep("init", file)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput == "\(file) is written. What it would take: sweep plan \(file)\n")
    let text = try String(contentsOfFile: fixture.folder.path(file), encoding: .utf8)
    let name = file.split(separator: ".").dropLast().joined(separator: ".")
    #expect(text.contains("\nname: \(name) "))
    #expect(!fixture.exists("\(file).yaml"))
  }

  @Test func nothingIsReplaced() throws {
    let file = try fixture.write("name: mine\n", to: "mine.yaml")
    let result = try fixture.sweep("init", "mine")
    #expect(result.status == 73)
    #expect(result.standardError == "Error: mine.yaml: is there already; another name, or remove it first\n")
    #expect(try String(contentsOfFile: fixture.folder.path(file), encoding: .utf8) == "name: mine\n")
  }

  @Test func aBadNameLeavesNothing() throws {
    for name in ["a b", "", "../a", "q.json"] {
      let result = try fixture.sweep("init", name)
      #expect(result.status == 64)
      let reason = name == "q.json" ? "an experiment file is YAML" : "is no name of an experiment; accepted: letters"
      #expect(result.standardError.hasPrefix("Error: '\(name)'") && result.standardError.contains(reason))
      #expect(!fixture.exists("\(name).yaml"))
    }
  }
}
