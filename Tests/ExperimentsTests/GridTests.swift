import Foundation
import Testing

@testable import Experiments

/// How axes become trials.
@Suite struct GridTests {
  private func rates(_ text: String) throws -> [Double] {
    let file = SampleFile.text(("  optimizer", "  optimizer: {name: adam, learning_rate: \(text)}"))
    return try parse(file).trials.map(\.optimizer.learningRate)
  }

  /// Expected: numpy.geomspace and numpy.linspace, rounded to 12 significant digits (`f"{v:.12g}"`).
  @Test func rangesAgreeWithNumPy() throws {
    #expect(
      try rates("{log: {from: 1e-4, to: 1e-2, count: 5}}")
        == [0.0001, 0.000316227766017, 0.001, 0.00316227766017, 0.01])
    #expect(try rates("{log: {from: 3, to: 0.07, count: 4}}") == [3.0, 0.857261888231, 0.244965981671, 0.07])
    #expect(try rates("{linear: {from: 0.1, to: 0.5, count: 5}}") == [0.1, 0.2, 0.3, 0.4, 0.5])
    #expect(try rates("[5, {linear: {from: 1, to: 3, count: 3}}, 4]") == [5, 1, 2, 3, 4])
  }

  @Test(arguments: [2, 3, 7, 100])
  func rangesAgreeWithTheirFormula(count: Int) throws {
    let from = 1.7e-5
    let to = 0.31
    let log = try rates("{log: {from: \(from), to: \(to), count: \(count)}}")
    let linear = try rates("{linear: {from: \(from), to: \(to), count: \(count)}}")
    #expect(log.count == count && linear.count == count)
    #expect(log.first == from && log.last == to && linear.first == from && linear.last == to)
    for index in 0..<count {
      let share = Double(index) / Double(count - 1)
      let ratio = from * pow(to / from, share)
      #expect(abs(log[index] - ratio) <= 1e-11 * ratio)
      let sum = from + (to - from) * share
      #expect(abs(linear[index] - sum) <= 1e-11 * sum)
    }
  }

  @Test func batchSizesMayBeARange() throws {
    let file = SampleFile.text(("  batch_size", "  batch_size: [{log: {from: 16, to: 256, count: 5}}, 1, full]"))
    #expect(
      try parse(file).trials.map(\.batchSize)
        == [.samples(16), .samples(32), .samples(64), .samples(128), .samples(256), .samples(1), .full])
  }

  /// Nested loops, written out, in the documented order.
  @Test func order() throws {
    let experiment = try parse(
      """
      name: order
      data: digits
      network: {}
      loss: softmax_cross_entropy
      training: {epochs: 2}
      grid:
        seed: [3, 1]
        dropout: {form: [inverted, weight_scaling], input: {keep_probability: [0.9, 0.8]}, hidden: {keep_probability: [0.5]}}
        batch_size: [8, full]
        learning_rate: [0.1, 0.2]
        optimizer: [{name: momentum, momentum: [0.5, 0.9]}, gradient_descent]
        schedule: [constant, cosine]
        l2: [0, 1]
        initialization: [he, lecun]
        activation: [relu, tanh]
        hidden: [[8], []]
      """)
    var expected: [String] = []
    for hidden in ["8", ""] {
      for activation in ["relu", "tanh"] {
        for initialization in ["he", "lecun"] {
          for l2 in ["0", "1"] {
            for schedule in ["constant", "cosine"] {
              for optimizer in ["momentum 0.5", "momentum 0.9", "gradient_descent -"] {
                for rate in ["0.1", "0.2"] {
                  for batch in ["8", "0"] {
                    for form in ["inverted", "weight_scaling"] {
                      for keep in ["0.9", "0.8"] {
                        for seed in ["3", "1"] {
                          let layers = hidden.isEmpty ? keep : "\(keep) 0.5"
                          expected.append(
                            "\(hidden)|\(activation)|\(initialization)|\(l2)|\(schedule)|\(optimizer)|\(rate)|\(batch)"
                              + "|\(form)|\(layers)|\(seed)")
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    let found = experiment.trials.map { trial in
      let values = Dictionary(uniqueKeysWithValues: trial.hyperparameters.map { ($0.name, $0.value.description) })
      let optimizer = "\(values["optimizer"]!) \(values["momentum"] ?? "-")"
      return [
        values["hidden"]!, values["activation"]!, values["initialization"]!, values["l2"]!, values["schedule"]!,
        optimizer, values["learning_rate"]!, values["batch_size"]!, values["dropout_form"]!,
        values["keep_probability"]!, values["seed"]!,
      ].joined(separator: "|")
    }
    #expect(found.count == 3072)
    #expect(found == expected)
  }

  @Test func inputNoiseIsInsideDropout() throws {
    let experiment = try parse(
      SampleFile.text(
        ("  dropout", "  dropout: {keep_probability: [1, 0.5]}"), ("  seed", "  seed: [0, 1]"),
        ("  input_noise", "  input_noise: [0, {linear: {from: 0.25, to: 0.5, count: 2}}]")))
    let found = experiment.trials.map { "\($0.dropout.hidden[0]) \($0.inputNoise) \($0.seed)" }
    #expect(
      found
        == ["1.0", "0.5"].flatMap { keep in
          ["0.0", "0.25", "0.5"].flatMap { noise in ["0", "1"].map { "\(keep) \(noise) \($0)" } }
        })
    #expect(try parse(SampleFile.text(("input_noise", "input_noise: 0.5"))).trials.map(\.inputNoise) == [0.5])
    let searched = try parse(
      SampleFile.text(("  input_noise", "  input_noise: [0, 0.25, 0.5]"), ("search", "search: {halton: 3}")))
    #expect(Set(searched.trials.map(\.inputNoise)) == [0, 0.25, 0.5])
  }

  /// A trial without noise lists none, and a rule or a plan still knows that it is 0.
  @Test func noNoiseIsZero() throws {
    let lines = [("  input_noise", "  input_noise: [0, 0.25]"), ("  batch_size", "  batch_size: [1, 8]")]
    let text = SampleFile.text(lines[0], lines[1], ("exclude", "exclude: [{input_noise: 0, batch_size: 1}]"))
    let trials = try parse(text).trials
    #expect(trials.map { "\($0.batchSize.storedValue) \($0.inputNoise)" } == ["1 0.25", "8 0.0", "8 0.25"])
    let axes = PlanAxis.axes(of: trials)
    #expect(axes.first { $0.name == "input_noise" }?.values == [.number(0.25), .number(0)])
    #expect(!PlanAxis.axes(of: try parse(SampleFile.text).trials).contains { $0.name == "input_noise" })
  }

  // MARK: Dropout

  private func keepProbabilities(_ dropout: String) throws -> [[Double]] {
    try parse(SampleFile.text(("  dropout", "  dropout: \(dropout)"))).trials.map {
      $0.dropout.keepProbabilities(hiddenLayers: $0.network.hidden.count)
    }
  }

  @Test func dropoutByLayer() throws {
    #expect(try keepProbabilities("none") == [[1, 1, 1]])
    #expect(try keepProbabilities("{keep_probability: [1, 0.5]}") == [[1, 1, 1], [1, 0.5, 0.5]])
    #expect(
      try keepProbabilities("{hidden: {keep_probability: [0.9, [0.5, 0.6]]}}") == [[1, 0.9, 0.9], [1, 0.5, 0.6]])
    #expect(try keepProbabilities("{hidden: {dropout_rate: [[0.2, 0.5]]}}") == [[1, 0.8, 0.5]])
    #expect(
      try keepProbabilities("{input: {dropout_rate: [0, 0.2]}, keep_probability: 0.5}")
        == [[1, 0.5, 0.5], [0.8, 0.5, 0.5]])
    #expect(
      try keepProbabilities("{dropout_rate: {linear: {from: 0, to: 0.5, count: 6}}}").map { $0[1] }
        == [1, 0.9, 0.8, 0.7, 0.6, 0.5])
  }

  @Test func aRateAndItsKeepProbabilityAreOneTrial() throws {
    for rate in 0...99 {
      let byRate = try parse(SampleFile.text(("  dropout", "  dropout: {dropout_rate: \(Double(rate) / 100)}")))
      let byKeep = try parse(
        SampleFile.text(("  dropout", "  dropout: {keep_probability: \(Double(100 - rate) / 100)}")))
      #expect(byRate.trials == byKeep.trials)
      let values = byKeep.trials[0].hyperparameters.first { $0.name == "dropout_rate" }
      #expect(values?.value == .list([0, Double(rate) / 100, Double(rate) / 100]))
    }
  }

  @Test func noDropoutComesOnceWhateverTheForm() throws {
    let experiment = try parse(
      SampleFile.text(("  dropout", "  dropout: {form: [weight_scaling, inverted], keep_probability: [1, 0.5]}")))
    #expect(experiment.trials.map(\.dropout.form) == [.inverted, .weightScaling, .inverted])
    #expect(experiment.trials.map(\.dropout.hidden) == [[1], [0.5], [0.5]])
  }

  // MARK: Exclusion

  private func trials(excluding rules: String, dropout: String = "none") throws -> [String] {
    let file = SampleFile.text(
      ("  optimizer", "  optimizer: [{name: adam, learning_rate: [0.1, 0.2]}, {name: lion, learning_rate: 0.1}]"),
      ("  batch_size", "  batch_size: [1, full]"), ("  dropout", "  dropout: \(dropout)"),
      ("exclude", "exclude: \(rules)"))
    return try parse(file).trials.map { trial in
      "\(trial.optimizer.kind) \(trial.optimizer.learningRate) \(trial.batchSize.storedValue) "
        + "\(HyperparameterValue.list(trial.dropout.hidden))"
    }
  }

  @Test func rulesLeaveOutWhatMatchesAllTheirEntries() throws {
    #expect(
      try trials(excluding: "[{optimizer: adam, batch_size: 1}]")
        == ["adam 0.1 0 ", "adam 0.2 0 ", "lion 0.1 1 ", "lion 0.1 0 "])
    #expect(try trials(excluding: "{optimizer: [adam, lion], batch_size: full, learning_rate: 0.1}").count == 4)
    #expect(try trials(excluding: "[{learning_rate: [0.1]}, {batch_size: full}]") == ["adam 0.2 1 "])
    #expect(try trials(excluding: "{beta1: 0.9, bias: true, optimizer: adam}") == ["lion 0.1 1 ", "lion 0.1 0 "])
    #expect(try trials(excluding: "{hidden: [8, 4], optimizer: adam}").count == 2)
    #expect(try trials(excluding: "{hidden: [[8, 4], [8]], optimizer: adam}").count == 2)
  }

  /// Every hyperparameter can be named, and a rule that names the trial's own values matches it.
  @Test func rulesMayNameEveryHyperparameter() throws {
    for entry in try parse(SampleFile.text).trials[0].hyperparameters where entry.name != "split" {
      let value: String
      switch entry.value {
      case .list(let values): value = "[[\(values.map { "\($0)" }.joined(separator: ", "))]]"
      default: value = entry.value.description
      }
      let text = SampleFile.text(
        ("  batch_size", "  batch_size: [32, 8]\n  seed: [0, 1]"),
        ("exclude", "exclude: {\(entry.name): \(value), batch_size: 32, seed: 0}"))
      if ["batch_size", "seed"].contains(entry.name) { continue }
      #expect(try parse(text).trials.count == 3, "\(entry.name)")
    }
  }

  @Test func rulesOnDropout() throws {
    let dropout = "{hidden: {keep_probability: [0.5, 0.7, [0.5, 0.7]]}}"
    func kept(_ rule: String) throws -> Set<String> {
      Set(
        try trials(excluding: rule, dropout: dropout).map {
          $0.split(separator: " ").dropFirst(3).joined(separator: " ")
        })
    }
    #expect(try kept("{keep_probability: 0.5}") == ["0.7", "0.5 0.7"])
    #expect(try kept("{dropout_rate: [0.3, 0.5]}") == ["0.5 0.7"])
    #expect(try kept("{keep_probability: [[1, 0.5, 0.7]]}") == ["0.5", "0.7"])
  }

  @Test func aRuleWithoutMatchIsAWarning() throws {
    let experiment = try parse(SampleFile.text(("exclude", "exclude:\n  - {optimizer: lion}\n  - {batch_size: 64}")))
    #expect(
      experiment.warnings == ["e.yaml:10: exclude[0]: matches no trial", "e.yaml:11: exclude[1]: matches no trial"])
  }

  @Test func anUnusedLearningRateIsAWarning() throws {
    let experiment = try parse(SampleFile.text(("  learning_rate", "  learning_rate: 0.1")))
    #expect(
      experiment.warnings
        == ["e.yaml:9: grid.learning_rate: unused: every optimizer has a learning_rate of its own"])
  }
}
