import Settings

/// A hyperparameter and the values it takes in an experiment, in the order they first occur.
public struct PlanAxis: Hashable, Sendable {
  public var name: String
  public var values: [HyperparameterValue]

  /// Whether trials differ in it; otherwise it is fixed wherever it occurs.
  public var varies: Bool { values.count > 1 }

  public init(name: String, values: [HyperparameterValue]) {
    self.name = name
    self.values = values
  }
}

extension PlanAxis {
  /// Every hyperparameter of the trials.
  ///
  /// Trials share their parts, so the parts that differ are found first and only those are described.
  static func axes(of trials: TrialList) -> [PlanAxis] {
    var optimizers = DistinctValues<OptimizerSpecification>()
    var schedules = DistinctValues<ScheduleSpecification>()
    var networks = DistinctValues<NetworkAndDropout>()
    var trainings = DistinctValues<TrainingSpecification>()
    var data = DistinctValues<DataSpecification>()
    var batchSizes = DistinctValues<BatchSize>()
    var losses = DistinctValues<PartChoice>()
    var penalties = DistinctValues<Double>()
    var noises = DistinctValues<Double>()
    var precisions = DistinctValues<Precision>()
    var probes = DistinctValues<CurvatureSpecification?>()
    var problems = DistinctValues<ProblemSpecification>()
    for (trial, _) in trials.configurations {
      optimizers.insert(trial.optimizer)
      schedules.insert(trial.schedule)
      trainings.insert(trial.training)
      batchSizes.insert(trial.batchSize)
      if let problem = trial.problem {
        problems.insert(problem)
      } else {
        networks.insert(NetworkAndDropout(network: trial.network, dropout: trial.dropout))
        data.insert(trial.data)
        losses.insert(trial.loss)
        penalties.insert(trial.l2)
        noises.insert(trial.inputNoise)
      }
      precisions.insert(trial.precision)
      probes.insert(trial.curvature)
    }
    var table = Table()
    for value in optimizers.values { table.add(value.hyperparameters) }
    for value in schedules.values { table.add(value.hyperparameters) }
    for value in batchSizes.values { table.add([.init("batch_size", .integer(value.storedValue))]) }
    for value in networks.values { table.add(value.network.hyperparameters(with: value.dropout)) }
    for value in losses.values { table.add(value.hyperparameters(of: .loss)) }
    for value in penalties.values { table.add([.init("l2", .number(value))]) }
    if noises.values.contains(where: { $0 != 0 }) {
      for value in noises.values { table.add([.init("input_noise", .number(value))]) }
    }
    for value in trainings.values { table.add(value.hyperparameters) }
    for value in precisions.values { table.add([.init("precision", .text(value.rawValue))]) }
    for value in trials.seeds { table.add([.init("seed", .integer(Int(bitPattern: UInt(value))))]) }
    for value in data.values { table.add(value.hyperparameters) }
    for value in problems.values { table.add(value.hyperparameters) }
    for value in probes.values { table.add(value?.hyperparameters ?? []) }
    return table.axes
  }

  private struct NetworkAndDropout: Hashable {
    var network: NetworkSpecification
    var dropout: DropoutSpecification
  }

  private struct Table {
    private var names: [String] = []
    private var values: [String: DistinctValues<HyperparameterValue>] = [:]

    mutating func add(_ entries: [Hyperparameter]) {
      for entry in entries {
        if values[entry.name] == nil { names.append(entry.name) }
        values[entry.name, default: .init()].insert(entry.value)
      }
    }

    var axes: [PlanAxis] { names.map { PlanAxis(name: $0, values: values[$0]!.values) } }
  }
}

/// Values in the order they first came, each once.
struct DistinctValues<Value: Hashable> {
  private(set) var values: [Value] = []
  private var seen: Set<Value> = []
  private var last: Value?

  mutating func insert(_ value: Value) {
    // in a grid most neighbours are equal, which is cheaper to see than to hash
    if value == last { return }
    last = value
    if seen.insert(value).inserted { values.append(value) }
  }
}
