/// Which weights of a run are written to disk.
public enum KeptWeights: String, Hashable, Sendable, CaseIterable, Codable {
  case none
  case best
  /// Initial, best and final.
  case all

  /// Parameter vectors a run leaves.
  public var count: Int {
    switch self {
    case .none: 0
    case .best: 1
    case .all: 3
    }
  }
}

/// What an experiment will take, estimated without running it.
///
/// Early stopping is not foreseen: every figure is for training to the last epoch, so an upper estimate.
public struct Plan: Sendable {
  public let experiment: Experiment
  public let inputs: Int
  public let outputs: Int
  public let trainSamples: Int
  public let validationSamples: Int
  public let weightsKept: KeptWeights
  /// Memory of the data, test share included, which the workers share.
  public let dataBytes: Double
  /// What the engine says that it keeps.
  private let memory: any EngineMemory
  /// Each hyperparameter and its values, in the order of the results' columns.
  public let axes: [PlanAxis]

  /// - Parameters:
  ///   - inputs: Features of a sample.
  ///   - outputs: Outputs of the network: classes, or columns of the targets.
  ///   - dataBytes: Memory of the data, as whoever holds them counts it.
  ///   - memory: The engine's answer to what it keeps.
  public init(
    experiment: Experiment, inputs: Int, outputs: Int, trainSamples: Int, validationSamples: Int,
    weightsKept: KeptWeights = .best, dataBytes: Double = 0, memory: any EngineMemory
  ) {
    self.experiment = experiment
    self.inputs = inputs
    self.outputs = outputs
    self.trainSamples = trainSamples
    self.validationSamples = validationSamples
    self.weightsKept = weightsKept
    self.dataBytes = dataBytes
    self.memory = memory
    axes = PlanAxis.axes(of: experiment.trials)
  }

  public var trialCount: Int { experiment.trials.count }

  /// The networks of the grid, in its order, each once.
  public var networks: [NetworkSize] {
    var distinct = DistinctValues<NetworkSize>()
    for (trial, _) in experiment.trials.configurations { distinct.insert(size(of: trial)) }
    return distinct.values
  }

  // MARK: Operations

  /// Operations of one trial: what the scheduler sorts by, heaviest first.
  public func cost(of trial: Trial) -> Double { costs(of: trial).total }

  public func costs(of trial: Trial) -> TrialCost {
    let size = size(of: trial)
    let epochs = Double(trial.training.epochs)
    let steps = saturatingProduct([trial.training.epochs, trial.stepsPerEpoch(trainingSamples: trainSamples)])
    let shares = (validationSamples > 0 ? 1.0 : 0) + (trial.training.evaluatesTraining ? 1 : 0)
    let evaluated = validationSamples + (trial.training.evaluatesTraining ? trainSamples : 0)
    let (optimizer, work) = (trial.optimizer.kind.type, size.stepWork)
    let probes = probeWork(of: trial).map { Double(probeCount(of: trial)) * $0.operations }
    return TrialCost(
      steps: steps,
      training: epochs * Double(trainSamples) * size.gradientOperations
        * optimizer.gradients(of: work) + Double(steps) * optimizer.matrixOperations(of: work),
      evaluation: (epochs + 1) * (Double(evaluated) * size.forwardOperations + shares * size.fixedOperations),
      updates: Double(steps) * Double(size.parameters) * optimizer.updateOperations(of: work),
      probes: probes ?? 0)
  }

  /// Probes of the curvature in a run that trains to its last epoch.
  public func probeCount(of trial: Trial) -> Int { trial.curvature?.probes(epochs: trial.training.epochs) ?? 0 }

  /// What one probe of the curvature takes; nil where there are none.
  public func probeWork(of trial: Trial) -> ProbeWork? {
    trial.curvature.map { curvature in
      curvature.work(
        size(of: trial), isLayered: trial.problem == nil,
        samples: curvature.part == .training ? trainSamples : validationSamples)
    }
  }

  /// Steps of all trials; `Int.max` where there are more.
  public var steps: Int {
    experiment.trials.configurations.reduce(0) { sum, configuration in
      let steps = saturatingProduct([costs(of: configuration.trial).steps, configuration.indices.count])
      let (value, overflow) = sum.addingReportingOverflow(steps)
      return overflow ? .max : value
    }
  }

  /// Operations of all trials.
  public var operations: Double {
    experiment.trials.configurations.reduce(0) { $0 + cost(of: $1.trial) * Double($1.indices.count) }
  }

  /// Wall-clock seconds on this many workers: no less than an even share of the work, nor than the longest trial.
  ///
  /// - Parameters:
  ///   - rate: The GFLOP/s at which one worker trains a trial, as measured by the caller.
  ///   - probe: The seconds of one of a trial's probes of the curvature.
  public func seconds(
    workers: Int, rate: (Trial) -> Double, probe: (Trial) -> Double = { _ in 0 }
  ) -> Double {
    var total = 0.0
    var longest = 0.0
    for (trial, indices) in experiment.trials.configurations {
      let costs = costs(of: trial)
      let probes = probeCount(of: trial)
      let seconds =
        (costs.total - costs.probes) / (rate(trial) * 1e9)
        + (probes > 0 ? Double(probes) * probe(trial) : 0)
      total += seconds * Double(indices.count)
      longest = max(longest, seconds)
    }
    return max(total / Double(max(1, workers)), longest)
  }

  // MARK: Bytes

  /// Memory of the worker that runs the largest trial, its share of the data left out.
  ///
  /// Parameters, gradient, optimizer state, kept copies, the activations of a block of samples, and the vectors of a probe
  /// of the curvature.
  public var workerBytes: Double {
    experiment.trials.configurations.reduce(0) { max($0, workerBytes(of: $1.trial)) }
  }

  /// Memory of the worker that runs a trial, its share of the data left out: as ``workerBytes``.
  public func workerBytes(of trial: Trial) -> Double {
    let size = size(of: trial)
    let vectors = 2 + max(1, weightsKept.count)
    let rows = memory.blockRows(of: trial, inputs: inputs, outputs: outputs)
    let numbers =
      Double(vectors) * Double(size.parameters) + Double(rows) * Double(size.activations)
      + Double(size.windows)
    let optimizer = memory.kept(by: trial.optimizer, trial.precision)
    let probe = probeWork(of: trial)
    let samples = max(optimizer.linearizes ? samplesAStep(of: trial) : 0, probe?.samples ?? 0)
    return numbers * trial.precision.bytes + optimizer.bytes(parameters: size.parameters, trial.precision)
      + linearizationBytes(of: trial, samples: samples) + (probe?.bytes ?? 0)
  }

  /// What is kept of a network that is linearised over so many samples, at most, and the passes of a product.
  private func linearizationBytes(of trial: Trial, samples: Int) -> Double {
    guard trial.problem == nil, samples > 0 else { return 0 }
    let sample = Double(size(of: trial).activations) * trial.precision.bytes
    let rows = memory.blockRows(of: trial, inputs: inputs, outputs: outputs)
    return min(Double(memory.linearization), Double(samples) * sample) + Double(rows) * sample
  }

  /// What a trial's record takes, without the vectors that probes may keep.
  public func recordBytes(of trial: Trial) -> Double {
    let columns = Trace.columns.count - (trial.optimizer.kind.type.isSecondOrder ? 0 : Trace.secondOrderColumns)
    let trace = Double(trial.training.epochs + 1) * Double(columns) * 8
    let weights = Double(weightsKept.count) * Double(size(of: trial).parameters) * trial.precision.bytes
    return 400 + trace + weights
  }

  /// What all runs leave on disk, before compression: traces, about 400 bytes of description each, and kept weights.
  public var diskBytes: Double {
    experiment.trials.configurations.reduce(0) { sum, configuration in
      sum + recordBytes(of: configuration.trial) * Double(configuration.indices.count)
    }
  }

  // MARK: Trials

  public func size(of trial: Trial) -> NetworkSize { trial.size(inputs: inputs, outputs: outputs) }

  /// Samples in one step, the last of an epoch aside.
  public func samplesAStep(of trial: Trial) -> Int { trial.samplesAStep(trainingSamples: trainSamples) }
}

extension Trial {
  /// Of its network; or of its problem, as of a linear unit with as many weights.
  func size(inputs: Int, outputs: Int) -> NetworkSize {
    problem.map { NetworkSize($0) } ?? NetworkSize(network, inputs: inputs, outputs: outputs)
  }

  /// Samples in one step, the last of an epoch aside.
  func samplesAStep(trainingSamples: Int) -> Int {
    switch batchSize {
    case .samples(let count): max(1, count)
    case .full: max(1, trainingSamples)
    }
  }

  /// Steps in one epoch; the last holds what is left, unless that is dropped.
  public func stepsPerEpoch(trainingSamples: Int) -> Int {
    let batch = samplesAStep(trainingSamples: trainingSamples)
    return training.dropRemainder ? trainingSamples / batch : (trainingSamples + batch - 1) / batch
  }
}

extension Precision {
  var bytes: Double { self == .float ? 4 : 8 }
}
