import Datasets
import Experiments

/// An experiment with its data loaded and everything checked that can be, before anything is written.
public struct PreparedSweep: Sendable {
  public let experiment: Experiment
  public let library: SampleLibrary
  /// What it will take; also the costs that trials are ordered by.
  public let plan: Plan

  /// - Parameter memory: What reading a data file may take.
  /// - Throws: `DatasetError` for data that cannot be read or split, `ExperimentFileError` for a batch size or an
  ///   optimizer's matrices that are too large, or probes that the data cannot serve.
  public init(
    _ experiment: Experiment, keeping weights: KeptWeights, within memory: MemoryLimit = .halfOfMachine
  ) throws {
    precondition(!experiment.trials.isEmpty, "an experiment has at least one trial")
    self.experiment = experiment
    library = try SampleLibrary(for: experiment.trials, directory: experiment.directory, within: memory)
    let size = library.size(for: experiment.trials[0])
    let engine = TrainingMemory()
    try experiment.validate(
      trainingSamples: size.train, features: size.features, outputs: size.outputs, memory: engine)
    try experiment.validateCurvature(
      trainingSamples: size.train, validationSamples: size.validation, inputs: size.features, outputs: size.outputs)
    try experiment.validate(features: size.features, shape: library.shape(for: experiment.trials[0]))
    plan = Plan(
      experiment: experiment, inputs: size.features, outputs: size.outputs, trainSamples: size.train,
      validationSamples: size.validation, weightsKept: weights, dataBytes: library.bytes, memory: engine)
  }

  public func cost(of trial: Trial) -> Double { plan.cost(of: trial) }

  public func label(_ wording: RunLabel.Wording) -> RunLabel { RunLabel(plan.axes, wording: wording) }
}
