import Experiments
import Foundation
import TestSupport
import Testing

/// Sweeps of problems by the programs as a user runs them.
@Suite struct ProblemCommandTests {
  private static let experiment = """
    name: problems
    problem: quadratic_deep
    training: {epochs: 5, order: shuffled_once, drop_remainder: true}
    grid:
      optimizer:
        - {name: gradient_descent, learning_rate: [0.01, 0.06]}
        - {name: adam, learning_rate: 0.03}
        - {name: lbfgs, stochastic: true}
      batch_size: 128
      seed: [0, 1]

    """

  /// The same records whatever the workers, and a diverged run among them.
  @Test func anyNumberOfWorkers() throws {
    let fixture = try SweepFixture()
    let file = try fixture.write(Self.experiment)
    for workers in ["1", "3"] {
      let result = try fixture.sweep("run", file, "--workers", workers, "--weights", "all", "--output", workers)
      #expect(result.status == 0, "\(result.standardError)")
    }
    let (one, three) = (try fixture.records("1/problems"), try fixture.records("3/problems"))
    let isSame = one.map(BitPattern.init) == three.map(BitPattern.init)
    #expect(isSame && one.count == 8)
    #expect(one.count { !$0.outcome.isRankable } == 2)
    let summary = try Command("summary", directory: fixture.folder.url).run(["1/problems"])
    #expect(summary.status == 0, "\(summary.standardError)")
    #expect(summary.standardOutput.contains("6 completed, 2 diverged"))
    #expect(summary.standardOutput.contains("problem quadratic_deep"))
    let plan = try fixture.sweep("plan", file)
    #expect(plan.status == 0 && plan.standardOutput.contains("quadratic_deep (100 parameters)"))
    #expect(plan.standardOutput.contains("1,000 training, 896 validation and 0 test samples"))
  }

  /// A function of its parameters alone has no data, a mean over points has.
  @Test func onlyProblemsOfPointsHaveData() throws {
    let fixture = try SweepFixture()
    let saddle = Self.experiment.replacing("problem: quadratic_deep", with: "problem: saddle")
      .replacing("epochs: 5, order: shuffled_once, drop_remainder: true", with: "epochs: 5")
      .replacing("batch_size: 128", with: "batch_size: full").replacing("stochastic: true", with: "stochastic: false")
    let refused = try fixture.sweep("data", try fixture.write(saddle), "saddle.h5")
    #expect(refused.status == 65 && refused.standardOutput.isEmpty)
    #expect(refused.standardError.contains("problem: 'saddle' has no data to write"), "\(refused.standardError)")
    #expect(refused.standardError.contains("accepted: an experiment with data:"))
    #expect(!FileManager.default.fileExists(atPath: fixture.folder.path("saddle.h5")))
    let written = try fixture.sweep("data", try fixture.write(Self.experiment), "deep.h5")
    #expect(written.status == 0 && FileManager.default.fileExists(atPath: fixture.folder.path("deep.h5")))
  }

  /// Of several problems there is no best configuration, but a profile.
  @Test func severalProblemsAreNotCompared() throws {
    let fixture = try SweepFixture()
    let file = try fixture.write(
      """
      name: several
      training: {epochs: 30}
      grid:
        problem: [rosenbrock, {kind: quadratic, eigenvalues: [4, 1]}, {kind: quadratic, eigenvalues: [9, 1]}]
        optimizer: [{name: gradient_descent, learning_rate: [0.001, 0.1]}, newton]

      """)
    #expect(try fixture.sweep("run", file, "--output", "r").status == 0)
    func summary(_ arguments: String...) throws -> Command.Result {
      try Command("summary", directory: fixture.folder.url).run(arguments)
    }
    #expect(try summary("r/several").standardOutput.contains("whose losses cannot be compared"))
    for question in ["target", "budget", "sensitivity", "pairs"] {
      let refused = try summary(question, "r/several")
      #expect(refused.status == 64 && refused.standardOutput.isEmpty)
      #expect(refused.standardError.contains("the runs are of 3 problems, whose losses cannot be compared"))
      #expect(try summary(question, "r/several", "--where", "problem=rosenbrock").status == 0)
    }
    #expect(try summary("r/several", "--x", "gradients").status == 64)
    let profile = try ParsedJSON(try summary("profile", "r/several", "--unit", "steps", "--json").standardOutput)
    #expect(
      profile["problems"].elements.compactMap { $0["problem"].text } == [
        "several: quadratic (eigenvalues 4/1)", "several: quadratic (eigenvalues 9/1)", "several: rosenbrock",
      ])
    // One Newton step ends on a quadratic.
    let newton = profile["optimizers"].first("optimizer", "newton")
    #expect(newton["problems"].elements.prefix(2).compactMap { $0["time"].number } == [1, 1])
  }

  /// In the file and afterwards, of a run of the grid and of one that the grid has lost.
  @Test func theirCurvatureIsMeasured() throws {
    let fixture = try SweepFixture()
    let text = """
      name: curved
      training: {epochs: 40}
      CURVATURE
      grid:
        problem: [rosenbrock, {kind: saddle, eigenvalues: [2, -1], start: 0}]
        optimizer: {name: newton, regularization: raised}

      """
    let file = try fixture.write(text.replacing("CURVATURE", with: "curvature: {at: [start, final]}"))
    let run = try fixture.sweep("run", file, "--output", "r", "--weights", "all")
    #expect(run.status == 0, "\(run.standardError)")
    let folder = fixture.folder
    func summary(_ arguments: String...) throws -> String {
      let result = try Command("summary", directory: folder.url).run(arguments)
      #expect(result.status == 0, "\(result.standardError)")
      return result.standardOutput
    }
    let records = try fixture.records("r/curved")
    func identity(_ problem: String) throws -> String {
      try #require(records.first { $0.hyperparameters.contains(.init("problem", .text(problem))) }).identity.short
    }
    let saddle = try summary("spectrum", "r/curved", "--run", try identity("saddle"))
    #expect(saddle.contains("    0  start") && saddle.contains("saddle") && saddle.contains("-1.0000"))
    let rosenbrock = try summary("spectrum", "r/curved", "--run", try identity("rosenbrock"))
    #expect(rosenbrock.contains("  1001.6  ") && rosenbrock.contains("positive definite"))
    #expect(!rosenbrock.contains("Layers"))

    let plain = try fixture.write(text.replacing("CURVATURE", with: "precision: double"), to: "plain.yaml")
    #expect(try fixture.sweep("run", plain, "--output", "s", "--weights", "all").status == 0)
    let lost = try fixture.records("s/curved").first { $0.hyperparameters.contains(.init("problem", .text("saddle"))) }
    let digits = try #require(lost).identity.short
    #expect(
      try fixture.sweep("run", plain, "--output", "s", "--weights", "all", "--set", "problem=rosenbrock").status == 0)
    let probe = try fixture.sweep("probe", "s/curved", "--run", digits, "--set", "at=start")
    #expect(probe.status == 0, "\(probe.standardError)")
    #expect(probe.standardOutput.contains("saddle") && probe.standardOutput.contains("-1.0000"))
    #expect(try summary("spectrum", "s/curved", "--run", digits).contains("All 2 eigenvalues"))
  }

  @Test func thereIsNoNetworkToExport() throws {
    let fixture = try SweepFixture()
    let file = try fixture.write(Self.experiment)
    let run = try fixture.sweep("run", file, "--set", "seed=0", "--output", "r")
    #expect(run.status == 0, "\(run.standardError)")
    let result = try Command("summary", directory: fixture.folder.url).run(
      ["export", "--keras", "r/problems", "a.weights.h5"])
    #expect(result.status != 0 && result.standardError.contains("it descends the problem quadratic_deep"))
    #expect(!fixture.exists("a.weights.h5"))
  }
}
