import Foundation
import TestSupport
import Testing

/// What `sweep` says about wrong input, to the letter, and that it then leaves nothing on disk.
@Suite struct SweepErrorTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  private func expect(
    _ arguments: [String], _ message: String, status: Int32, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try fixture.command().run(arguments)
    #expect(result.standardError == message, sourceLocation: sourceLocation)
    #expect(result.standardOutput == "", sourceLocation: sourceLocation)
    #expect(result.status == status, sourceLocation: sourceLocation)
    #expect(!fixture.exists("results"), sourceLocation: sourceLocation)
  }

  @Test func aFileThatIsNotThere() throws {
    try expect(
      ["run", "nowhere.yaml"], "Error: nowhere.yaml: no such file; accepted: an experiment file (YAML)\n", status: 66)
  }

  @Test func aMisspelledKey() throws {
    let text = SweepFixture.experiment(seeds: 1).replacing("epochs:", with: "epoch:")
    let file = try fixture.write(text)
    let result = try fixture.sweep("run", file)
    #expect(result.status == 65)
    #expect(result.standardError.hasPrefix("Error: spirals.yaml:5: training.epoch: "))
    #expect(result.standardError.contains("did you mean epochs?"))
    #expect(!fixture.exists("results"))
  }

  @Test func aBatchLargerThanTheData() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1).replacing("[32]", with: "[32, 361]"))
    try expect(
      ["run", file],
      "Error: spirals.yaml:10: grid.batch_size[1]: 361 is larger than the training set of 360 samples; accepted: a "
        + "whole number from 1 to 360, or full\n", status: 65)
  }

  @Test func aWrongOverrideIsWrongUsage() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    try expect(
      ["run", file, "--set", "batch_size=400"],
      "Error: --set batch_size: grid.batch_size: 400 is larger than the training set of 360 samples; accepted: a whole "
        + "number from 1 to 360, or full\n", status: 64)
  }

  @Test func dataThatCannotBeRead() throws {
    let text = SweepFixture.experiment(seeds: 1)
      .replacing("{spirals: {samples: 600, classes: 3}}", with: "{csv: {path: no.csv, target: y, header: true}}")
    let result = try fixture.sweep("run", try fixture.write(text))
    #expect(result.status == 66)
    #expect(result.standardError.hasPrefix("Error: no.csv: "))
    #expect(!fixture.exists("results"))
  }

  @Test func workersBelowOne() throws {
    let result = try fixture.sweep("run", "--workers", "0")
    #expect(result.status == 64)
    #expect(result.standardError.hasPrefix("Error: --workers is 0; accepted: a whole number from 1\n"))
  }

  @Test func nothingToResume() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    try expect(
      ["run", file, "--resume"],
      "Error: results/spirals: no results to go on with. Without --resume, a new sweep starts there\n", status: 66)
  }

  @Test func anotherExperimentsResults() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    #expect(try fixture.sweep("run", file).status == 0)
    let result = try fixture.sweep("run", file, "--set", "epochs=7")
    #expect(result.status == 73)
    #expect(
      result.standardError == """
        Error: results/spirals: holds the results of a different experiment:
          - epochs_planned: 20
          + epochs_planned: 7
        Choose another name, or another --output

        """)
  }

  @Test func aFolderThatCannotBeMade() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    let result = try fixture.sweep("run", file, "--output", file)
    #expect(result.status == 73)
    #expect(result.standardError == "Error: spirals.yaml: mkdir failed: File exists (errno 17)\n")
  }
}
