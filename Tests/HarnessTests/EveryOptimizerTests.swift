import Experiments
import Learning
import Settings
import TestSupport
import Testing

@testable import Harness

/// One table of problems, every optimizer there is: each has to get where the problem can be got to.
@Suite struct EveryOptimizerTests {
  struct Problem: Sendable, CustomTestStringConvertible {
    var name: String
    var data: String
    var hidden: String
    var loss: String
    var epochs: Int
    /// Training loss over that before training, at the best of the optimizer's rates.
    var reduction: Double
    var testDescription: String { name }
  }

  static let problems = [
    Problem(
      name: "linear least squares", data: "{linear_regression: {samples: 200, features: 5, condition_number: 10}}",
      hidden: "[]", loss: "squared_error", epochs: 60, reduction: 0.1),
    Problem(
      name: "ill-conditioned least squares",
      data: "{linear_regression: {samples: 200, features: 5, condition_number: 1000}}", hidden: "[]",
      loss: "squared_error", epochs: 60, reduction: 0.6),
    Problem(
      name: "softmax regression", data: "{two_gaussians: {samples: 200, deviation: 0.5}}", hidden: "[]",
      loss: "softmax_cross_entropy", epochs: 60, reduction: 0.5),
    Problem(
      name: "a network's regression", data: "{teacher: {samples: 200, features: 4, hidden: [3]}}", hidden: "[6]",
      loss: "squared_error", epochs: 60, reduction: 0.35),
    Problem(
      name: "a network's classes", data: "{spirals: {samples: 200, classes: 2, turns: 0.6, noise: 0.05}}",
      hidden: "[8]", loss: "binary_cross_entropy", epochs: 60, reduction: 0.75),
  ]

  private static let rates: [OptimizerKind: String] = [
    .gradientDescent: "[0.03, 0.3]", .momentum: "[0.01, 0.1]", .nesterov: "[0.01, 0.1]", .adagrad: "[0.1, 0.5]",
    .adadelta: "[1, 10]", .rmsprop: "[0.003, 0.03]", .adam: "[0.01, 0.1]", .adamw: "[0.01, 0.1]",
    .named("amsgrad"): "[0.01, 0.1]",
    .nadam: "[0.01, 0.1]", .lion: "[0.003, 0.03]", .stochasticDiagonalLM: "[0.01, 0.1]",
  ]

  @Test(arguments: problems, Parts.standard.optimizers)
  func getsThere(problem: Problem, kind: OptimizerKind) throws {
    let matrix = kind.settings.contains { $0.domain.contains("generalized") } ? ", matrix: generalized" : ""
    let rate = Self.rates[kind].map { ", learning_rate: \($0)" } ?? ""
    let text = """
      name: table
      data: {source: \(problem.data), split: {train: 0.6, validation: 0.2, test: 0.2, stratified: false}}
      network: {hidden: \(problem.hidden), activation: tanh}
      loss: \(problem.loss)
      precision: double
      training: {epochs: \(problem.epochs)}
      grid:
        optimizer: {name: \(kind.name)\(rate)\(matrix)}
        batch_size: \(kind.type.isBatchMethod ? "full" : "10")
      """
    let experiment = try ExperimentFile.parse(text: text, file: "table.yaml", parts: .standard)
    let sweep = try PreparedSweep(experiment, keeping: .none)
    var best = Double.infinity
    for trial in experiment.trials {
      let run = TrialRun(trial, selection: experiment.selection, keeping: .none)
      let record = try #require(sweep.library.run(run) { false })
      let trace = record.trace
      #expect(trace.gradientPasses.count == trace.count && trace.gradientPasses.last! > 0)
      #expect(zip(trace.gradientPasses, trace.gradientPasses.dropFirst()).allSatisfy { $0 < $1 })
      #expect(trace.productPasses.count == trace.count && trace.seconds.count == trace.count)
      #expect(record.cost.gradients > 0 && (record.cost.products > 0) == (trace.productPasses.last! > 0))
      #expect(trace.evaluations.isEmpty == !kind.type.isSecondOrder)
      #expect(trace.productCost.count == (record.cost.products > 0 ? trace.count : 0))
      #expect(trace.productCost.allSatisfy { $0.isNaN || $0 > 0 && $0.isFinite })
      guard record.outcome.isRankable else { continue }
      best = min(best, trace.trainLoss.last! / trace.trainLoss[0])
    }
    #expect(best < problem.reduction)
  }
}
