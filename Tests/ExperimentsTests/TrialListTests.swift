import Testing

@testable import Experiments

/// Trials that are made as they are needed.
@Suite struct TrialListTests {
  private func experiment(_ changes: (String, String)...) throws -> Experiment {
    try parse(
      SampleFile.text(
        ("  batch_size", "  batch_size: [8, full]"),
        ("  optimizer", "  optimizer: [{name: adam, learning_rate: [0.1, 0.2]}, {name: lion, learning_rate: 0.1}]"),
        changes[0], changes.count > 1 ? changes[1] : ("\u{0}", "")))
  }

  /// Nine million trials, which as values would take some gigabytes.
  @Test func aGridOfMillionsIsReadWithoutMakingItsTrials() throws {
    let experiment = try experiment(("  dropout", "  dropout: {keep_probability: [0.5, 1]}\n  seed: {count: 750_000}"))
    let trials = experiment.trials
    #expect(trials.count == 9_000_000)
    #expect(trials.configurations.map(\.indices.count) == .init(repeating: 750_000, count: 12))
    for index in [0, 749_999, 750_000, 4_500_123, 8_999_999] {
      let trial = trials[index]
      #expect(trial.seed == UInt64(index % 750_000))
      #expect(trial.dropout.hidden == [index / 750_000 % 2 == 0 ? 0.5 : 1])
      #expect(trial.batchSize == (index / 1_500_000 % 2 == 0 ? .samples(8) : .full))
      #expect(trial.optimizer.kind == (index < 6_000_000 ? .adam : .lion))
    }
    #expect(trials.seeds.count == 750_000)
    let plan = Plan(
      experiment: experiment, inputs: 64, outputs: 10, trainSamples: 16, validationSamples: 5,
      memory: FixedMemory())
    let epochs = trials[0].training.epochs
    // Two steps an epoch in batches of 8, one in the whole.
    #expect(plan.steps == 4_500_000 * epochs * 3)
  }

  @Test func rulesOnSeedsAndOthersLeaveWhatOneByOneTheyWould() throws {
    let seeds = ("  dropout", "  dropout: none\n  seed: [3, 1, 2]")
    let all = try experiment(seeds).trials
    let left = try experiment(
      seeds,
      ("exclude", "exclude: [{seed: [1, 3], optimizer: adam, batch_size: 8}, {optimizer: lion, batch_size: full}]")
    ).trials
    let expected = all.filter { trial in
      let first = trial.seed != 2 && trial.optimizer.kind == .adam && trial.batchSize == .samples(8)
      return !first && !(trial.optimizer.kind == .lion && trial.batchSize == .full)
    }
    #expect(Array(left) == Array(expected))
    #expect(left.configurations.map(\.indices.count) == [1, 3, 1, 3, 3])
    #expect(left.configurations.map(\.trial) == left.configurations.map { left[$0.indices.lowerBound] })
    #expect(left.seeds == [2, 3, 1])
    #expect(left.identities == left.map(\.identity))
    let backwards = left.selecting(left.indices.reversed())
    #expect(Array(backwards) == left.reversed())
    #expect(backwards.selecting([1]) == [left[left.count - 2]])
  }

  @Test func partsThatCannotBeHeldAreRefused() {
    let text = SampleFile.text(
      (
        "  optimizer",
        "  optimizer: {name: adam, learning_rate: {linear: {from: 0.1, to: 1, count: 2000}},"
          + " beta1: {linear: {from: 0.1, to: 0.9, count: 1000}}}"
      ))
    let error = #expect(throws: ExperimentFileError.self) { try parse(text) }
    #expect(
      "\(error!)".contains("grid.optimizer: 2000000 optimizers with their settings; accepted: at most 1000000"),
      "\(error!)")
  }
}
