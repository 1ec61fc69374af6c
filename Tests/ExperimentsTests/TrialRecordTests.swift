import Experiments
import Learning
import Settings
import TestSupport
import Testing

/// Trials read back from their hyperparameters.
@Suite struct TrialRecordTests {
  private func record(_ trial: Trial) -> TrialRecord {
    TrialRecord(identity: trial.identity, hyperparameters: trial.hyperparameters, outcome: .completed)
  }

  private func trials(_ text: String) throws -> TrialList {
    try ExperimentFile.parse(text: text, file: "e.yaml", parts: .standard).trials
  }

  private func expectComeBack(_ trials: TrialList, like relative: Trial) throws {
    #expect(!trials.isEmpty)
    for trial in trials {
      let read = try #require(Trial(record(trial), like: relative, among: .standard))
      #expect(read.canonicalText == trial.canonicalText)
    }
  }

  /// Every optimizer with its settings, schedules, networks and dropout.
  @Test(arguments: Parts.standard.optimizers) func everyOptimizer(kind: OptimizerKind) throws {
    let settings = kind.settings.compactMap { setting in
      switch setting.domain {
      case .choice(let options): "\(setting.name): \(options[options.count - 1])"
      case .truth: "\(setting.name): true"
      case .number: nil
      }
    }.joined(separator: ", ")
    let rate = kind.type.hasLearningRate ? ", learning_rate: 0.3" : ""
    let text = """
      name: e
      data: digits
      network: {hidden: [5]}
      loss: squared_error
      curvature: {at: start}
      training: {epochs: 3}
      grid:
        optimizer: {name: \(kind.name)\(rate)\(settings.isEmpty ? "" : ", " + settings)}
        batch_size: [full, 7]
        seed: [0, 9223372036854775807]

      """
    let found = try trials(text)
    try expectComeBack(found, like: found[0])
  }

  @Test func initializationsWithSettings() throws {
    let found = try trials(
      SampleFile.text(
        ("network", "network: {}"),
        (
          "  seed",
          "  hidden: [[3]]\n  initialization: [he, {kind: truncated_normal, deviation: 0.1}, {kind: he, bias: -0.5}]"
        )))
    #expect(
      found.map(\.network.initialization)
        == [.init(.he), .init(.truncatedNormal(deviation: 0.1)), .init(.he, bias: -0.5)])
    try expectComeBack(found, like: found[0])
  }

  @Test func everyNetworkAndSchedule() throws {
    let file = """
      name: e
      data: digits
      network: {bias: false}
      loss: softmax_cross_entropy
      training: {epochs: 3, drop_remainder: true}
      grid:
        hidden: [[], [5], [7, 3]]
        activation: [tanh, gelu]
        initialization: [he, uniform]
        l2: [0, 1e-3]
        input_noise: [0, 0.3]
        schedule:
          [constant, {step: {every: 2, gamma: 0.5, warmup_epochs: 1}}, {exponential: {gamma: 0.9}},
            {inverse_time: {decay: 0.1}}, {cosine: {floor: 0.01}}]
        optimizer: {name: adam, learning_rate: [1e-3, 0.1]}
        batch_size: 7
        dropout: {keep_probability: [0.7, 1], form: weight_scaling}

      """
    let found = try trials(file)
    // Of a grid that has none of them.
    let other = try trials(
      file.replacing("name: adam", with: "name: lion").replacing("hidden: [[], [5], [7, 3]]", with: "hidden: [[9]]"))
    try expectComeBack(found, like: other[0])
    var altered = record(found[0])
    altered.hyperparameters[1].value = .number(7)
    #expect(Trial(altered, like: found[0], among: .standard) == nil)
    let elsewhere = try trials(file.replacing("data: digits", with: "data: {source: digits, split: {seed: 1}}"))
    #expect(Trial(record(found[0]), like: elsewhere[0], among: .standard) == nil)
  }

  @Test func convolutions() throws {
    let found = try trials(
      """
      name: e
      data: digits
      network: {image: [8, 8], hidden: [6], convolutions: [{channels: 4, kernel: 3, pool: 2}, {channels: 2, kernel: 2}]}
      loss: softmax_cross_entropy
      training: {epochs: 3}
      grid:
        optimizer: {name: adam, learning_rate: 1e-3}
        batch_size: 7
        dropout: {keep_probability: [0.7, 1], channels: true}

      """)
    try expectComeBack(found, like: found[1])
  }

  @Test func problems() throws {
    let found = try trials(
      """
      name: e
      training: {epochs: 3}
      grid:
        problem:
          - {kind: quadratic, eigenvalues: [3, 2, 0.5], rotation_seed: 4, start: [1, 2, 3]}
          - {kind: quadratic, eigenvalues: [3, {log: {from: 1e-3, to: 1, count: 4}}]}
          - {kind: saddle, eigenvalues: [1, -2], quartic: 0.5}
          - {kind: rosenbrock, dimension: 5}
        optimizer: {name: adam, learning_rate: 1e-3}

      """)
    try expectComeBack(found, like: found[3])
    let deep = try trials(
      """
      name: e
      problem: quadratic_deep
      training: {epochs: 3}
      grid: {optimizer: {name: adam, learning_rate: 1e-3}, batch_size: 9}

      """)
    try expectComeBack(deep, like: deep[0])
  }
}
