import Experiments
import Foundation
import Learning
import Settings
import TestSupport
import Testing

/// Second-order optimizers in experiment files: their keys, and what they are not for.
@Suite struct SecondOrderFileTests {
  private func file(
    _ optimizer: String, batch: String = "full", loss: String = "softmax_cross_entropy", more: (String, String)...
  ) -> String {
    var lines = SampleFile.lines
    func set(_ key: String, _ line: String) {
      if let index = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) {
        lines[index] = line
      } else {
        lines.append(line)
      }
    }
    set("loss", "loss: \(loss)")
    set("  optimizer", "  optimizer: \(optimizer)")
    set("  batch_size", "  batch_size: \(batch)")
    for (key, line) in more { set(key, line) }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func everyOneIsReadByName() throws {
    let kinds = Parts.standard.optimizers.filter { $0.type.isBatchMethod }
    #expect(kinds.count == 8)
    let names = kinds.map(\.name).joined(separator: ", ")
    let experiment = try parse(file("[\(names)]", loss: "squared_error"))
    #expect(experiment.trials.map(\.optimizer.kind) == kinds)
    for trial in experiment.trials {
      #expect(trial.optimizer.learningRate == 1)
      let settings = trial.optimizer.kind.settings
      #expect(settings.map { trial.optimizer[$0.name] } == settings.map(\.standard))
    }
  }

  @Test func choicesAndNumbersAreAxes() throws {
    let experiment = try parse(
      file("{name: lbfgs, memory: [5, 20], line_search: [strong_wolfe, backtracking], c2: [0.5, 0.9]}"))
    #expect(experiment.trials.count == 8)
    #expect(Set(experiment.trials.map(\.identity)).count == 8)
    let last = experiment.trials[7].optimizer
    #expect(last["memory"] == 20 && last["c2"] == 0.9 && last["line_search"] == "backtracking")
    let text = experiment.trials[7].canonicalText
    #expect(text.contains("memory=20\n") && text.contains("line_search=backtracking\n"))
    #expect(text.contains("stochastic=0\n"))
  }

  /// A grid's learning rates are those of the optimizers that need one.
  @Test func gridLearningRatesAreNotForThem() throws {
    let experiment = try parse(
      file("[adam, lbfgs, stochastic_diagonal_lm]", more: ("  learning_rate", "  learning_rate: [0.1, 0.2]")))
    #expect(experiment.trials.map(\.optimizer.learningRate) == [0.1, 0.2, 1, 0.1, 0.2])
    #expect(
      errorText(file("stochastic_diagonal_lm"))
        == "e.yaml:7: grid.optimizer: stochastic_diagonal_lm has no learning rate;"
        + " accepted: learning_rate here, or grid.learning_rate")
    #expect(errorText(file("{name: levenberg_marquardt, learning_rate: 1}")).contains("unknown key"))
  }

  @Test(arguments: [
    ("{name: lbfgs, memory: 2.5}", "2.5 is not a whole number"), ("{name: lbfgs, memory: 0}", "0 is out of range"),
    ("{name: bfgs, c1: 0.2}", "0.2 is out of range"), ("{name: bfgs, c2: 1}", "1 is out of range"),
    ("{name: bfgs, line_search: wolfe}", "\"wolfe\" is not a line_search"),
    ("{name: bfgs, line_search: none}", "\"none\" is not a line_search"),
    ("{name: newton, stochastic: yes}", "is not a truth value"),
    ("{name: conjugate_gradient, formula: [polak_ribiere, polak_ribiere]}", "occurs twice"),
  ])
  func valuesOutsideTheirRange(optimizer: String, message: String) {
    let text = errorText(file(optimizer))
    #expect(text.contains(message), "\(text)")
    #expect(text.contains("e.yaml:7: grid.optimizer.") && text.contains("; accepted: "))
  }

  // MARK: Bad pairs

  @Test func batchMethodOnMiniBatches() throws {
    #expect(
      errorText(file("[{name: adam, learning_rate: 0.1}, lbfgs]", batch: "[32, full]"))
        == "e.yaml:7: grid.optimizer[1]: lbfgs is a batch method: with a batch size of 32 every step would see another"
        + " loss; accepted: batch_size: full, stochastic: true, or an exclude rule {optimizer: lbfgs, batch_size: 32}")
    #expect(try parse(file("{name: lbfgs, stochastic: true}", batch: "[32, full]")).trials.count == 2)
    let excluded = file(
      "[{name: adam, learning_rate: 0.1}, lbfgs]", batch: "[32, full]",
      more: ("exclude", "exclude: [{optimizer: lbfgs, batch_size: 32}]"))
    #expect(try parse(excluded).trials.count == 3)
    #expect(try parse(file("{name: stochastic_diagonal_lm, learning_rate: 0.1}", batch: "32")).trials.count == 1)
  }

  @Test func squareJacobianOnAnotherLoss() throws {
    for name in ["gauss_newton", "levenberg_marquardt"] {
      #expect(
        errorText(file("{name: \(name)}"))
          == "e.yaml:7: grid.optimizer: the square Jacobian is \(name)'s matrix for squared_error, and the loss is"
          + " softmax_cross_entropy; accepted: matrix: generalized, the generalised Gauss-Newton matrix, or loss:"
          + " squared_error")
      #expect(try parse(file("{name: \(name), matrix: generalized}")).trials.count == 1)
      #expect(try parse(file(name, loss: "squared_error")).trials.count == 1)
    }
  }

  @Test func noiseAndALossThatHasToStay() throws {
    let noise = ("  input_noise", "  input_noise: [0, 0.5]")
    #expect(
      errorText(file("bfgs", more: noise))
        == "e.yaml:7: grid.optimizer: bfgs needs a loss that gives the same value twice, and input_noise (0.5) draws"
        + " new numbers; accepted: frozen_masks: true, which keeps the noise for a step as well, input_noise: 0, or an"
        + " exclude rule")
    #expect(try parse(file("{name: bfgs, frozen_masks: true}", more: noise)).trials.count == 2)
  }

  @Test func dropoutAndALossThatHasToStay() throws {
    let dropout = ("  dropout", "  dropout: {keep_probability: [0.8, 1]}")
    #expect(
      errorText(file("bfgs", more: dropout))
        == "e.yaml:7: grid.optimizer: bfgs needs a loss that gives the same value twice, and dropout"
        + " (keep_probability 0.8) draws new masks; accepted: frozen_masks: true, which keeps the masks for a step,"
        + " keep_probability: 1, or an exclude rule")
    #expect(try parse(file("{name: bfgs, frozen_masks: true}", more: dropout)).trials.count == 2)
  }

  @Test func plainNewtonAndSchedules() throws {
    #expect(errorText(file("{name: newton, regularization: none}")).contains("lead uphill, where no line search"))
    #expect(try parse(file("{name: newton, regularization: none, line_search: none}")).trials.count == 1)
    #expect(
      errorText(
        file("levenberg_marquardt", loss: "squared_error", more: ("schedule", "schedule: cosine"))
      ).contains("levenberg_marquardt has no learning rate that a schedule could change; accepted: schedule: constant"))
  }

  /// Two matrices of some optimizers, one of BFGS.
  private struct Matrices: EngineMemory {
    var linearization: Int { 0 }
    func blockRows(of trial: Trial, inputs: Int, outputs: Int) -> Int { 64 }
    func kept(by optimizer: OptimizerSpecification, _ precision: Precision) -> OptimizerMemory {
      let count =
        switch optimizer.kind {
        case .newton: 2
        case .bfgs: 1
        default: 0
        }
      return OptimizerMemory(vectors: 2, matrices: count)
    }
  }

  /// 64 features, 400 and 100 units, 10 classes: 67,110 parameters.
  @Test func matricesThatDoNotFit() throws {
    let experiment = try parse(
      file("[newton, bfgs, lbfgs, truncated_newton]", more: ("network", "network: {hidden: [400, 100]}")))
    let error = #expect(throws: ExperimentFileError.self) {
      try experiment.validate(trainingSamples: 100, features: 64, outputs: 10, memory: Matrices())
    }
    func line(_ index: Int, _ name: String, _ size: String, _ limit: Int) -> String {
      "e.yaml:7: grid.optimizer[\(index)]: \(name) keeps matrices of 67110 × 67110 parameters, \(size) GiB a trial;"
        + " accepted: up to 1 GiB, which is \(limit) parameters, or truncated_newton, conjugate_gradient, lbfgs,"
        + " which keep no matrix"
    }
    let expected = [line(0, "newton", "67.1", 8192), line(1, "bfgs", "33.6", 11585)].joined(separator: "\n")
    #expect(error?.description == expected)
    try parse(file("newton")).validate(trainingSamples: 100, features: 64, outputs: 10, memory: Matrices())
  }

  /// What they are is not part of the content of trials without them: results stay valid.
  @Test func firstOrderIdentitiesAreAsTheyWere() throws {
    let trial = Trial(
      data: .init(
        source: .twoGaussians(samples: 60, mean: [0.4, 0.8], deviation: 0.2, seed: 0)),
      network: .init(hidden: [3], activation: .tanh), loss: .softmaxCrossEntropy,
      optimizer: .init(.momentum, learningRate: 0.1), batchSize: .samples(16), training: .init(epochs: 2), seed: 0)
    #expect(trial.identity.description == "91baf3a44640248c5badf2c04d87875d")
  }
}
