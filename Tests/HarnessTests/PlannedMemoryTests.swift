import Experiments
import Kernels
import Learning
import Testing

@testable import Harness

/// What `sweep plan` says of memory against the engine that takes it.
@Suite struct PlannedMemoryTests {
  /// Blocks are as large as the engine makes them.
  @Test(
    arguments: [
      "hidden: [8]", "hidden: []", "hidden: [300, 200]",
      "image: [8, 8], hidden: [], convolutions: [{channels: 4, kernel: 3}]",
      "image: [8, 8], hidden: [16], convolutions: [{channels: 256, kernel: 3, padding: same, pool: 2}]",
      "image: [8, 8], hidden: [], convolutions: [{channels: 64, kernel: 3}, {channels: 700, kernel: 3}]",
    ], ["1", "32", "100", "600", "full"])
  func blocksAreTheEngines(network: String, batch: String) throws {
    let text = """
      name: memory
      data: digits
      network: {\(network)}
      loss: softmax_cross_entropy
      training: {epochs: 1}
      grid:
        optimizer: {name: adam, learning_rate: 0.01}
        batch_size: \(batch)
      """
    let experiment = try ExperimentFile.parse(text: text, file: "e.yaml")
    let sweep = try PreparedSweep(experiment, keeping: .none)
    let trial = experiment.trials[0]
    let run = TrialRun(trial, selection: experiment.selection, keeping: .none)
    let engine = run.engine(for: sweep.library.samples(sweep.library.float, trial))
    #expect(sweep.plan.size(of: trial).blockRows(batchSize: trial.batchSize) == engine.blockRows)
  }

  /// First-order optimizers keep as many vectors as are planned.
  @Test(arguments: OptimizerKind.allCases.filter { !$0.isSecondOrder })
  func vectorsAreTheOptimizers(kind: OptimizerKind) {
    let specification = OptimizerSpecification(kind, learningRate: 0.1)
    let pool = BufferPool<Float>()
    let optimizer = specification.make(64, pool)
    withExtendedLifetime(optimizer) { #expect(pool.count == specification.stateVectors) }
  }
}
