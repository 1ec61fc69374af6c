import Experiments
import Reports
import TestSupport

@testable import Harness

/// Small distinct trials that nothing trains.
func fakeTrials(_ count: Int) -> [Trial] {
  (0..<count).map { index in
    Trial(
      data: .init(source: .digits), network: .init(hidden: [4]), loss: .softmaxCrossEntropy,
      optimizer: .init(.adam, learningRate: 0.1), batchSize: .samples(8), training: .init(epochs: 1),
      seed: UInt64(index))
  }
}

/// The record of a run that completed with the given validation losses, epoch 0 first.
func fakeRecord(
  _ trial: Trial, validationLoss: [Double] = [2, 1], outcome: TrialOutcome = .completed
) -> TrialRecord {
  var trace = Trace()
  for column in Trace.columns {
    trace[keyPath: column.values] = validationLoss.map { _ in .nan }
  }
  trace.validationLoss = validationLoss
  trace.validationAccuracy = validationLoss.map { 1 / (1 + $0) }
  let finite = validationLoss.indices.filter { validationLoss[$0].isFinite }
  return TrialRecord(
    identity: trial.identity, hyperparameters: trial.hyperparameters, outcome: outcome, trace: trace,
    bestEpoch: finite.min { validationLoss[$0] < validationLoss[$1] })
}

/// The label that names runs among these trials.
func label(_ trials: [Trial]) -> RunLabel {
  RunLabel(
    Plan(
      experiment: .init(name: "fake", trials: TrialList(trials)), inputs: 1, outputs: 1, trainSamples: 1,
      validationSamples: 1, memory: TrainingMemory()
    ).axes, wording: reportWording)
}

/// That of `sweep run`.
let reportWording: RunLabel.Wording = { name, values in
  let text = LevelText(name, values)
  return { text($0) }
}
