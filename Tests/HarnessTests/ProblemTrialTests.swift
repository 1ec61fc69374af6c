import Experiments
import Foundation
import Learning
import Settings
import TestSupport
import Testing

@testable import Harness

/// Trials of problems, from the file to the record.
@Suite struct ProblemTrialTests {
  private func run(_ text: String) throws -> [(trial: Trial, record: TrialRecord)] {
    let experiment = try ExperimentFile.parse(text: text, file: "e.yaml", parts: .standard)
    let sweep = try PreparedSweep(experiment, keeping: .none)
    return try experiment.trials.map { trial in
      let run = TrialRun(trial, selection: experiment.selection, keeping: .all)
      return (trial, try #require(sweep.library.run(run) { false }))
    }
  }

  private func file(
    _ problem: String, _ optimizer: String, epochs: Int = 100, precision: String = "double", more: String = ""
  ) -> String {
    """
    name: p
    problem: \(problem)
    precision: \(precision)
    training: {epochs: \(epochs)\(more)}
    selection: {metric: validation_loss, epoch: final}
    grid:
      optimizer: \(optimizer)
    """
  }

  // MARK: What others have published

  private static let experiment =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("experiments/quadratic-deep.yaml")

  /// The table of DeepOBS' baselines: means over ten seeds within the deviations published for ten seeds.
  @Test func quadraticDeep() throws {
    let text = try String(contentsOf: Self.experiment, encoding: .utf8)
    let runs = try run(text)
    func losses(_ optimizer: OptimizerKind, _ rate: Double) -> [Double] {
      runs.filter { $0.trial.optimizer.kind == optimizer && $0.trial.optimizer.learningRate == rate }
        .filter(\.record.outcome.isRankable).map { $0.record.trace.validationLoss[100] }
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let published: [(OptimizerKind, Double, loss: Double, deviation: Double)] = [
      (.gradientDescent, 0.0158489, 87.3975, 0.169), (.momentum, 0.00251189, 87.0450, 0.0252),
      (.adam, 0.0398107, 87.1119, 0.0242),
    ]
    for (optimizer, rate, loss, deviation) in published {
      let found = losses(optimizer, rate)
      #expect(found.count == 10 && Set(found).count == 10)
      #expect(abs(mean(found) - loss) < deviation, "\(optimizer): \(mean(found))")
    }
    // Single seeds, which lie as far apart as batches are drawn differently.
    for (rate, loss, scatter) in [(1e-4, 106.628, 0.06), (1e-3, 95.853, 0.03), (1e-2, 87.282, 0.06)] {
      #expect(abs(mean(losses(.gradientDescent, rate)) - loss) < 3 * scatter, "\(rate)")
    }
    #expect(losses(.gradientDescent, 0.0251189).count == 10)
    let diverged = runs.filter { $0.trial.optimizer.learningRate == 0.0398107 && $0.trial.optimizer.kind != .adam }
    #expect(diverged.count == 10)
    for (_, record) in diverged {
      guard case .diverged(let step) = record.outcome else {
        Issue.record("\(record.outcome)")
        continue
      }
      #expect(step > 10 && step < 700 && record.cost.steps == step)
    }
    #expect(runs.allSatisfy { abs($0.record.trace.validationLoss[0] - 353.446764) < 1e-5 })
  }

  /// Momentum remembers the batch order: reshuffled it ends 1.5 higher.
  @Test func batchOrder() throws {
    let text =
      file(
        "quadratic_deep", "{name: momentum, momentum: 0.99, learning_rate: 0.00251189}",
        more: ", drop_remainder: true, order: ORDER") + "\n  batch_size: 128\n  seed: [0, 1, 2]\n"
    func losses(_ order: String) throws -> [Double] {
      try run(text.replacing("ORDER", with: order)).map { $0.record.trace.validationLoss.last! }
    }
    let shuffled = try losses("shuffled")
    let once = try losses("shuffled_once")
    #expect(once.allSatisfy { $0 < 87.2 } && shuffled.allSatisfy { $0 > 87.3 })
    // The order of the data is no matter of the seed.
    let fixed = try losses("fixed")
    #expect(Set(fixed).count == 1)
  }

  // MARK: Steps

  /// Of the error along an eigenvector with eigenvalue λ a step of gradient descent leaves 1 − ηλ.
  @Test func gradientDescentOnAQuadratic() throws {
    let (_, record) = try run(
      file("{kind: quadratic, eigenvalues: [4, 1, 0.1]}", "{name: gradient_descent, learning_rate: 0.3}"))[0]
    let expected = [4.0, 1, 0.1].reduce(0.0) { $0 + 0.5 * $1 * Foundation.pow(1 - 0.3 * $1, 200.0) }
    #expect(abs(record.trace.trainLoss[100] / expected - 1) < 1e-12)
    #expect(record.trace.trainLoss[0] == 2.55 && record.trace.validationLoss == record.trace.trainLoss)
    #expect(record.trace.trainAccuracy.allSatisfy { $0.isNaN })
    #expect(record.cost.steps == 100 && record.cost.gradients == 100)
    #expect(abs(record.trace.gradientPasses[100] - 100) < 1e-9)
    #expect(abs(record.trace.gradientNorm[1] - (16 + 1 + 0.01).squareRoot()) < 1e-12)
    #expect(record.weights.initial == .double([1, 1, 1]) && record.weights.final.count == 3)
    #expect(record.weights.slices == [ParameterSlice(layer: 0, role: "point", offset: 0, shape: [3])])
    let text = record.hyperparameters.map { "\($0.name)=\($0.value)\n" }.joined()
    #expect(record.identity == TrialIdentity(hashing: text))
  }

  /// η just below 2/λ_max converges and just above diverges, whatever the basis.
  @Test(arguments: ["", ", rotation_seed: 3"])
  func theBoundOfTheLearningRate(rotation: String) throws {
    let runs = try run(
      file(
        "{kind: quadratic, eigenvalues: [50, 2, 0.5]\(rotation)}",
        "{name: gradient_descent, learning_rate: [0.039, 0.041]}", epochs: 2000))
    #expect(runs[0].record.outcome == .completed && runs[0].record.trace.trainLoss.last! < 1e-20)
    guard case .diverged = runs[1].record.outcome else {
      Issue.record("\(runs[1].record.outcome)")
      return
    }
  }

  /// The run ends with the step that is over the bound: 5·4⁹ = 1.3e6. One step before, 3e5 is not.
  @Test func theLastStepMayDiverge() throws {
    let runs = try [8, 9].flatMap { epochs in
      try run(
        file("{kind: quadratic, eigenvalues: [1, 10]}", "{name: gradient_descent, learning_rate: 0.3}", epochs: epochs))
    }
    #expect(runs.map(\.record.outcome) == [.completed, .diverged(step: 9)])
  }

  @Test func newtonTakesOneStep() throws {
    let newton = "{name: newton, regularization: none, line_search: none}"
    let (_, record) = try run(
      file("{kind: quadratic, eigenvalues: [1000, 10, 0.1], rotation_seed: 1, start: [3, -2, 5]}", newton))[0]
    #expect(record.outcome == .converged && record.cost.steps == 1)
    #expect(record.trace.trainLoss.last! < 1e-20 * record.trace.trainLoss[0])
  }

  /// Plain Newton goes to the saddle, where the gradient is 0 too; with H + αI to the minimum.
  @Test func saddle() throws {
    let runs = try run(
      file(
        "{kind: saddle, eigenvalues: [1, -1], start: [1, 0.1]}",
        "[{name: newton, regularization: none, line_search: none}, newton]"))
    #expect(runs.map(\.record.outcome) == [.converged, .converged])
    #expect(abs(runs[0].record.trace.trainLoss.last! - 0.25) < 1e-12)
    #expect(runs[1].record.trace.trainLoss.last! < 1e-12)
    #expect(
      abs(runs[0].record.weights.final.doubles[1]) < 1e-6 && abs(runs[1].record.weights.final.doubles[1] - 1) < 1e-6)
  }

  /// Every optimizer there is, in both precisions, where the minimum is at the end of a curved valley.
  @Test(arguments: Parts.standard.optimizers, Precision.allCases)
  func everyOptimizerDescends(kind: OptimizerKind, precision: Precision) throws {
    let rates: [OptimizerKind: String] = [
      .gradientDescent: "[5e-4, 1e-3]", .momentum: "[1e-4, 3e-4]", .nesterov: "[1e-4, 3e-4]", .adagrad: "[0.1, 0.5]",
      .adadelta: "[1, 10]", .rmsprop: "[0.003, 0.01]", .adam: "[0.03, 0.1]", .adamw: "[0.03, 0.1]",
      .named("amsgrad"): "[0.03, 0.1]",
      .nadam: "[0.03, 0.1]", .lion: "[0.003, 0.01]", .stochasticDiagonalLM: "[0.1, 0.3]",
    ]
    let rate = rates[kind].map { ", learning_rate: \($0)" } ?? ""
    let runs = try run(
      file("rosenbrock", "{name: \(kind.name)\(rate)}", epochs: 2000, precision: precision.rawValue))
    let best = runs.filter(\.record.outcome.isRankable).map { $0.record.trace.trainLoss.last! }.min()
    #expect((best ?? .infinity) < (kind.type.isBatchMethod && kind != .diagonalNewton ? 1e-6 : 1))
  }

  @Test func sameTrialSameBits() throws {
    let text = file("{kind: rosenbrock, dimension: 6}", "[adam, lbfgs, newton]", epochs: 50)
      .replacing("  optimizer:", with: "  learning_rate: 0.01\n  optimizer:")
    for (left, right) in zip(try run(text), try run(text)) {
      #expect(left.record.weights.final == right.record.weights.final)
      #expect(left.record.trace.trainLoss.map(\.bitPattern) == right.record.trace.trainLoss.map(\.bitPattern))
    }
  }

  /// The published spectrum on mini-batches with a method that takes curvature.
  @Test func secondOrderOnPoints() throws {
    let text = file("quadratic_deep", "[newton, {name: lbfgs, stochastic: true}]", epochs: 20)
    let full = try run(text)
    // One step to the mean of the points, where the loss is what they are apart.
    #expect(full[0].record.outcome == .converged && full[0].record.cost.steps == 1)
    #expect(full[0].record.trace.trainLoss[1] <= full[1].record.trace.trainLoss.last! + 1e-9)
    let batches = try run(text.replacing("newton, ", with: "") + "\n  batch_size: 500\n")
    #expect(batches[0].record.outcome == .completed && batches[0].record.cost.steps == 40)
  }
}
