import Experiments
import Kernels
import Learning
import Settings
import TestSupport
import Testing

@testable import Harness

/// A trial computes the same on an engine, and with the memory for an optimizer's state, that others have used.
@Suite struct EnginePoolTests {
  /// A learning rate of 1e30 leaves infinities and NaNs behind; the last batch of an epoch is a short one.
  private static let experiment = """
    name: pool
    data: {source: {spirals: {samples: 230, classes: 3}}, split: {train: 0.8, validation: 0.2, test: 0}}
    network: {hidden: [70, 40]}
    loss: softmax_cross_entropy
    input_noise: 0.1
    training: {epochs: 3, divergence_bound: 1e300}
    grid:
      optimizer:
        - {name: momentum, learning_rate: [0.1, 1e30]}
        - {name: adam, learning_rate: 0.01}
        - {name: adagrad, learning_rate: 0.1, initial_accumulator: 0.5}
        - {name: adadelta, learning_rate: 1}
      batch_size: 32
      dropout: {input: {keep_probability: 0.9}, hidden: {keep_probability: 0.5}}
      seed: [1, 2, 3]
    """

  @Test func whatAnEngineComputedBeforeDoesNotMatter() throws {
    let experiment = try ExperimentFile.parse(text: Self.experiment, file: "pool.yaml", parts: .standard)
    let shared = try SampleLibrary(for: experiment.trials)
    var diverged = 0
    for trial in Array(experiment.trials) + experiment.trials.reversed() {
      let run = TrialRun(trial, selection: .standard, keeping: .all)
      let alone = try SampleLibrary(for: experiment.trials)
      let expected = try #require(alone.run(run, shouldStop: { false }))
      let record = try #require(shared.run(run, shouldStop: { false }))
      #expect(record.outcome == expected.outcome)
      for column in [\Trace.batchLoss, \.trainLoss, \.validationLoss, \.gradientNorm] {
        #expect(record.trace[keyPath: column].map(\.bitPattern) == expected.trace[keyPath: column].map(\.bitPattern))
      }
      #expect(bits(record.weights.final) == bits(expected.weights.final))
      if case .diverged = record.outcome { diverged += 1 }
    }
    #expect(diverged == 6)
  }

  @Test func onlyTheSameKindIsUsedAgain() {
    let first = fakeTrials(2)[0]
    // Seed, optimizer and initial weights are not the engine's.
    var second = fakeTrials(2)[1]
    second.optimizer = .init(.momentum, learningRate: 0.1)
    second.network.initialization = .init(.lecun)
    var other = first
    other.dropout.hidden = [0.5]
    let pool = EnginePool()
    func take<S: Scalar>(_ trial: Trial) -> Backpropagation<S> {
      pool.take(.init(trial)) {
        let network = Network(inputs: 3, hidden: [4], outputs: 2, activation: .relu)
        return Backpropagation(network: network, loss: .softmaxCrossEntropy, dropout: .none(layers: 2))
      }
    }
    let engine: Backpropagation<Float> = take(first)
    pool.give(engine, .init(first))
    #expect((take(second) as Backpropagation<Float>) === engine)
    // In use: a second one is made.
    #expect((take(first) as Backpropagation<Float>) !== engine)
    pool.give(engine, .init(second))
    #expect((take(other) as Backpropagation<Float>) !== engine)
    // Another precision is no less another kind.
    #expect((take(first) as Backpropagation<Double>).l2 == 0)
  }

  private func bits(_ weights: WeightVector) -> [UInt32] {
    if case .float(let values) = weights { values.map(\.bitPattern) } else { [] }
  }
}
