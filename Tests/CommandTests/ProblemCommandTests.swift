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
