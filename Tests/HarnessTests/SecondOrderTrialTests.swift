import Experiments
import Foundation
import Learning
import Settings
import TestSupport
import Testing

@testable import Harness

/// Trials of second-order optimizers, from the file to the record.
@Suite struct SecondOrderTrialTests {
  private func run(_ text: String) throws -> [TrialRecord] {
    let experiment = try ExperimentFile.parse(text: text, file: "e.yaml", parts: .standard)
    let sweep = try PreparedSweep(experiment, keeping: .none)
    return try experiment.trials.map { trial in
      let run = TrialRun(trial, selection: experiment.selection, keeping: .all)
      return try #require(sweep.library.run(run) { false })
    }
  }

  private func file(
    _ optimizer: String, batch: String = "full", epochs: Int = 30, precision: String = "double", more: String = ""
  ) -> String {
    """
    name: second
    data: {source: {two_gaussians: {samples: 200, deviation: 0.6}}}
    network: {hidden: [3], activation: tanh}
    loss: squared_error
    l2: 0.01
    precision: \(precision)
    training: {epochs: \(epochs)}
    grid:
      optimizer: \(optimizer)
      batch_size: \(batch)
    \(more)
    """
  }

  /// A network of more weights than a function needs, taught by one of fewer: the least loss is 0. From α = 0 five of the six
  /// starts end above 1e-6, on matrices that are singular but for rounding; levenberg_marquardt finds the minimum from all.
  @Test func gaussNewtonIsDamped() throws {
    let text = """
      name: damped
      data: {source: {teacher: {samples: 400, features: 4, hidden: 5, outputs: 1, noise: 0, seed: 1}}}
      network: {hidden: [8], activation: tanh}
      loss: squared_error
      precision: double
      training: {epochs: 200}
      grid:
        optimizer: [gauss_newton, levenberg_marquardt]
        batch_size: full
        seed: [0, 1, 2, 3, 4, 5]
      """
    for record in try run(text) {
      #expect(record.outcome == .converged)
      #expect(record.trace.trainLoss.last! < 1e-9)
    }
  }

  @Test func everyBatchMethodTrains() throws {
    let kinds = Parts.standard.optimizers.filter { $0.type.isBatchMethod }
    for precision in Precision.allCases {
      let names = kinds.map(\.name).joined(separator: ", ")
      for record in try run(file("[\(names)]", precision: precision.rawValue)) {
        let trace = record.trace
        let name = record.hyperparameters[0].value
        #expect(record.outcome.isRankable, "\(name)")
        #expect(trace.trainLoss.last! < 0.6 * trace.trainLoss[0], "\(name)")
        #expect(zip(trace.batchLoss.dropFirst(), trace.batchLoss.dropFirst(2)).allSatisfy { $0 >= $1 }, "\(name)")
        #expect(trace.gradientNorm.last! < trace.gradientNorm[1], "\(name)")
      }
    }
  }

  /// Two runs of one trial leave the same bits.
  @Test func sameTrialSameBits() throws {
    let text = file("[newton, lbfgs, {name: truncated_newton, matrix: gauss_newton}]", epochs: 8)
    let (first, second) = (try run(text), try run(text))
    for (left, right) in zip(first, second) {
      #expect(left.weights.final == right.weights.final)
      #expect(left.trace.trainLoss.map(\.bitPattern) == right.trace.trainLoss.map(\.bitPattern))
      #expect(left.trace.damping.map(\.bitPattern) == right.trace.damping.map(\.bitPattern))
    }
  }

  // MARK: What ends a run

  @Test func theRecordSaysWhatEndedTheRun() throws {
    let budget = try run(file("lbfgs", epochs: 5))[0]
    #expect(budget.outcome == .completed && budget.trace.count == 6)

    let gradient = try run(file("{name: newton, gradient_tolerance: 1e-6}", epochs: 200))[0]
    #expect(gradient.outcome == .converged)
    #expect(gradient.trace.count < 100 && gradient.cost.steps == gradient.trace.count - 1)

    let step = try run(file("{name: bfgs, gradient_tolerance: 0, step_tolerance: 1e-3}", epochs: 500))[0]
    #expect(step.outcome == .stalled && step.trace.count < 300)

    // In single precision the loss cannot be lowered for ever.
    let rounding = try run(file("{name: lbfgs, gradient_tolerance: 0}", epochs: 2000, precision: "float"))[0]
    #expect(rounding.outcome == .stalled && rounding.trace.count < 1000)
  }

  @Test func aStartThatIsStationaryEndsAtOnce() throws {
    let record = try run(file("{name: bfgs, gradient_tolerance: 100}"))[0]
    #expect(record.outcome == .converged && record.trace.count == 2)
    #expect(record.trace.trainLoss[0] == record.trace.trainLoss[1])
  }

  // MARK: Costs

  /// Newton with 3 × 2 + 3 + 3 × 2 + 2 = 17 parameters: a gradient and a matrix a step, and the search's losses. The matrix
  /// takes 307 multiplications a sample where a product takes 48: see CurvatureWorkTests.
  @Test func costsAreCounted() throws {
    let newton = try run(file("newton", epochs: 4))[0]
    #expect(newton.cost.steps == 4 && newton.cost.products == 4 * 6)
    // One gradient at the start, one at the end of every step; losses of the search count as a third.
    let values = newton.trace.evaluations.dropFirst().reduce(0, +) - 4
    #expect(newton.cost.gradients == 5)
    #expect(abs(newton.trace.gradientPasses.last! - (5 + values / 3)) < 1e-12)
    #expect(newton.trace.productPasses == [0, 6, 12, 18, 24])
    #expect(newton.trace.productCost.count == 5 && newton.trace.productCost[0].isNaN)
    #expect(newton.trace.productCost.dropFirst().allSatisfy { $0 > 0 })
    #expect(newton.trace.damping.count == 5 && newton.trace.damping[0].isNaN && newton.trace.damping[1] >= 0)
    #expect(newton.trace.stepLength.dropFirst().allSatisfy { $0 > 0 && $0 <= 1 })

    let bfgs = try run(file("bfgs", epochs: 6))[0]
    #expect(bfgs.cost.products == 0 && bfgs.trace.damping.isEmpty && bfgs.trace.productCost.isEmpty)
    #expect(Double(bfgs.cost.gradients) == 1 + bfgs.trace.evaluations.dropFirst().reduce(0, +))
    #expect(bfgs.trace.gradientPasses.last! == Double(bfgs.cost.gradients))

    let truncated = try run(file("truncated_newton", epochs: 6))[0]
    #expect(Double(truncated.cost.products) == truncated.trace.innerIterations.dropFirst().reduce(0, +))

    // 120 training samples in batches of 50: three gradients an epoch, one pass.
    let adam = try run(file("{name: adam, learning_rate: 0.01}", batch: "50", epochs: 3))[0]
    #expect(adam.cost.gradients == 9 && adam.cost.products == 0)
    #expect(zip(adam.trace.gradientPasses, [0, 1, 2, 3]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(adam.trace.productPasses == [0, 0, 0, 0])
    #expect(adam.trace.stepLength.isEmpty && adam.trace.evaluations.isEmpty)
  }

  // MARK: Batches and masks

  /// On mini-batches a method takes them for what they are not, where the file says so, and does not stop.
  @Test func stochasticBatchMethods() throws {
    let record = try run(file("{name: lbfgs, stochastic: true}", batch: "40", epochs: 10))[0]
    #expect(record.outcome == .completed && record.cost.steps == 30)
    #expect(record.trace.trainLoss.last! < 0.8 * record.trace.trainLoss[0])
    let diagonal = try run(
      file("{name: stochastic_diagonal_lm, learning_rate: 0.1}", batch: "10", epochs: 10))[0]
    #expect(diagonal.cost.steps == 120 && diagonal.cost.gradients == 120 && diagonal.cost.products == 120)
    #expect(diagonal.trace.trainLoss.last! < 0.5 * diagonal.trace.trainLoss[0])
  }

  /// With frozen masks a step's search sees one loss, so that the loss of the step's own masks never rises.
  @Test func frozenMasks() throws {
    let record = try run(
      file("{name: bfgs, frozen_masks: true}", epochs: 20, more: "  dropout: {keep_probability: 0.7}"))[0]
    #expect(record.outcome == .completed)
    #expect(record.trace.trainLoss.last! < 0.8 * record.trace.trainLoss[0])
    // Each step starts with a gradient under its own masks.
    #expect(Double(record.cost.gradients) == 20 + record.trace.evaluations.dropFirst().reduce(0, +))
  }

  @Test func divergenceIsAResult() throws {
    let record = try run(
      file("{name: newton, regularization: none, line_search: none, learning_rate: 1e9}", epochs: 20))[0]
    guard case .diverged = record.outcome else {
      Issue.record("\(record.outcome)")
      return
    }
    #expect(!record.outcome.isRankable)
  }
}
