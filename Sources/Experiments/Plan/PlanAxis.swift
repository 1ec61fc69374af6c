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
  static func axes(of trials: [Trial]) -> [PlanAxis] {
    var optimizers = DistinctValues<OptimizerSpecification>()
    var schedules = DistinctValues<ScheduleSpecification>()
    var networks = DistinctValues<NetworkAndDropout>()
    var trainings = DistinctValues<TrainingSpecification>()
    var data = DistinctValues<DataSpecification>()
    var batchSizes = DistinctValues<BatchSize>()
    var losses = DistinctValues<LossKind>()
    var penalties = DistinctValues<Double>()
    var precisions = DistinctValues<Precision>()
    var seeds = DistinctValues<UInt64>()
    for trial in trials {
      optimizers.insert(trial.optimizer)
      schedules.insert(trial.schedule)
      networks.insert(NetworkAndDropout(network: trial.network, dropout: trial.dropout))
      trainings.insert(trial.training)
      data.insert(trial.data)
      batchSizes.insert(trial.batchSize)
      losses.insert(trial.loss)
      penalties.insert(trial.l2)
      precisions.insert(trial.precision)
      seeds.insert(trial.seed)
    }
    var table = Table()
    optimizers.values.forEach { table.add($0.hyperparameters) }
    schedules.values.forEach { table.add($0.hyperparameters) }
    batchSizes.values.forEach { table.add([.init("batch_size", .integer($0.storedValue))]) }
    networks.values.forEach { table.add($0.network.hyperparameters(with: $0.dropout)) }
    losses.values.forEach { table.add([.init("loss", .text($0.rawValue))]) }
    penalties.values.forEach { table.add([.init("l2", .number($0))]) }
    trainings.values.forEach { table.add($0.hyperparameters) }
    precisions.values.forEach { table.add([.init("precision", .text($0.rawValue))]) }
    seeds.values.forEach { table.add([.init("seed", .integer(Int(bitPattern: UInt($0))))]) }
    data.values.forEach { table.add($0.hyperparameters) }
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
