import Experiments
import Learning
import Settings
import TestSupport

@testable import Store

/// Records with every kind of content, a function of their index alone.
enum Sample {
  static let slices = [
    ParameterSlice(layer: 0, role: "kernel", offset: 0, shape: [4, 3]),
    ParameterSlice(layer: 0, role: "bias", offset: 12, shape: [3]),
    ParameterSlice(layer: 1, role: "kernel", offset: 15, shape: [3, 2]),
    ParameterSlice(layer: 1, role: "bias", offset: 21, shape: [2]),
  ]

  static func record(
    _ index: Int, weights: Bool = true, epochs: Int = 5, probes: Bool = true, workers: Bool = true,
    validation: Bool = true
  ) -> TrialRecord {
    let trial = trial(index)
    var record = TrialRecord(
      identity: trial.identity, hyperparameters: trial.hyperparameters, outcome: outcome(index),
      trace: trace(index, epochs: epochs))
    let count = record.trace.count
    record.bestEpoch = index % 4 == 2 || count == 0 ? nil : index % count
    record.cost.steps = 1000 + index
    record.cost.gradients = 2000 + index
    record.cost.products = index
    record.cost.trainingSeconds = 0.125 * Double(index)
    record.cost.totalSeconds = 0.25 * Double(index) + 1e-9
    record.cost.workers = workers ? [0, 3, 1][index % 3] : 0
    // Some with both variances, some with one, one and none.
    if validation && index % 4 != 0 {
      record.validation = ValidationSpread(
        samples: 360 + index, finalVariance: 0.5 + Double(index) / 3, bestVariance: index % 4 == 1 ? 0.125 : nil)
    }
    if weights { record.weights = self.weights(index, count: 23) }
    // A few dozen have what there is to have; more would be the same again.
    let probeCount = probes && index < 24 ? [0, 2, 1, 3][index % 4] : 0
    record.curvature = (0..<probeCount).map { curvature(index, probe: $0, vectors: weights) }
    return record
  }

  /// The record with columns that follow from its trace, as those of a sweep do.
  static func coherent(_ sample: TrialRecord) -> TrialRecord {
    var record = sample
    // Validation losses of the samples ascend.
    record.bestEpoch = record.trace.count > 0 ? 0 : nil
    record.cost.trainingSeconds = record.trace.seconds.last ?? 0
    record.cost.totalSeconds = record.cost.trainingSeconds + 1
    if !record.weights.initial.isEmpty, !record.weights.best.isEmpty { record.weights.best = record.weights.initial }
    if record.trace.count == 0 { record.curvature = [] }
    for index in record.curvature.indices { record.curvature[index].epoch = 0 }
    for index in record.hyperparameters.indices where record.hyperparameters[index].name == "epochs_planned" {
      let trained = max(0, record.trace.count - 1)
      record.hyperparameters[index].value = .integer(record.outcome == .completed ? trained : max(5, trained))
    }
    record.identity = TrialIdentity(of: record.hyperparameters)
    return record
  }

  /// Every column of a probe with a value of its own; lists of different lengths, some of them empty.
  static func curvature(_ index: Int, probe: Int, vectors: Bool) -> CurvatureMeasurement {
    var result = CurvatureMeasurement(moments: .init(rawValue: UInt8(1 + (index + probe) % 15)), epoch: 0)
    let base = 1000 * Double(index) + 100 * Double(probe)
    for (position, column) in CurvatureMeasurement.integers.enumerated() {
      result[keyPath: column.value] = 50 * index + 10 * probe + position
    }
    for (position, column) in CurvatureMeasurement.numbers.enumerated() where (index + position) % 5 != 0 {
      result[keyPath: column.value] = base + Double(position)
    }
    for (position, category) in CurvatureMeasurement.categories.enumerated() {
      let code = (index + probe + position) % (category.names.count + 1) - 1
      category.setCode(&result, code < 0 ? nil : code)
    }
    for (position, list) in CurvatureMeasurement.lists.enumerated() {
      let length = list.dimension == "direction" ? 3 : (index + 2 * probe + position) % 5
      for (row, column) in list.columns.enumerated() {
        result[keyPath: column.value] = (0..<length).map { $0 == 2 ? .nan : base + Double($0 + 10 * row) }
      }
      for flag in list.flags { result[keyPath: flag.value] = (0..<length).map { Double($0 % 2) } }
      for column in list.byDirection { result[keyPath: column.value] = (0..<3 * length).map { base - Double($0) } }
    }
    for (position, vector) in CurvatureMeasurement.vectors.enumerated() where vectors && (index + probe) % 2 == 0 {
      result[keyPath: vector.value] = (0..<23).map { base + Double($0) / 7 + Double(position) }
    }
    return result
  }

  /// Named one by one: a record's identity is not to change with the optimizers that there are.
  private static let optimizers: [OptimizerKind] = [
    .gradientDescent, .momentum, .nesterov, .adagrad, .adadelta, .rmsprop, .adam, .adamw, .nadam, .lion, .newton,
    .gaussNewton, .levenbergMarquardt, .truncatedNewton, .conjugateGradient, .bfgs, .lbfgs, .diagonalNewton,
    .stochasticDiagonalLM,
  ]

  static func trial(_ index: Int) -> Trial {
    Trial(
      data: DataSpecification(source: .digits),
      network: NetworkSpecification(hidden: index % 3 == 0 ? [3] : [3, 5]), loss: .softmaxCrossEntropy,
      optimizer: OptimizerSpecification(
        optimizers[index % optimizers.count], learningRate: 0.1 / Double(index % 7 + 1)),
      batchSize: index % 5 == 0 ? .full : .samples(32),
      dropout: DropoutSpecification(form: .inverted, input: 0.9, hidden: [0.5]),
      training: TrainingSpecification(epochs: 5), seed: index % 2 == 0 ? UInt64(index) : UInt64.max - UInt64(index))
  }

  static func outcome(_ index: Int) -> TrialOutcome {
    switch index % 4 {
    case 0: index % 8 == 4 ? .converged : .completed
    case 1: index % 8 == 5 ? .stalled : .stoppedEarly
    case 2: .diverged(step: 17 + index)
    default: .failed(message: "no such file: “data \(index)\n”")
    }
  }

  static func trace(_ index: Int, epochs: Int) -> Trace {
    var trace = Trace()
    // Runs of different lengths, one of them empty.
    let count = index % 11 == 10 ? 0 : epochs + 1 - index % 2
    for (position, column) in Trace.columns.enumerated() where !column.isOptional || index % 3 != 1 {
      trace[keyPath: column.values] = (0..<count).map { Double(index) + Double($0) / 3 + Double(position) * 100 }
    }
    if count > 0 {
      trace.batchLoss[0] = .nan
      trace.gradientNorm[0] = .nan
    }
    return trace
  }

  static func weights(_ index: Int, count: Int) -> Weights {
    func vector(_ base: Float) -> [Float] { (0..<count).map { base + Float(index) + Float($0) * 0.0625 } }
    var last = vector(50)
    if index % 4 == 2 { last[3] = .nan }
    var weights = Weights()
    if index % 3 != 1 { weights.initial = .float(vector(-50)) }
    if index % 4 != 2 { weights.best = .float(vector(0)) }
    weights.final = .float(last)
    if count == 23 { weights.slices = slices }
    return weights
  }

  /// Traces and weights large enough to lie in chunks, each with a checksum of its own.
  static func chunkedRecords() -> [TrialRecord] {
    (0..<8).map { index in
      var record = record(index, weights: false, epochs: 900)
      record.weights = weights(index, count: 40_000)
      return record
    }
  }

  /// The same kinds of vectors, with digits that Float has not.
  static func doubleWeights(_ index: Int) -> Weights {
    var weights = weights(index, count: 23)
    for path in [\Weights.initial, \.best, \.final] where !weights[keyPath: path].isEmpty {
      weights[keyPath: path] = .double(weights[keyPath: path].doubles.map { $0 + 1.0 / 3 })
    }
    return weights
  }

  static func manifest(compatibility: String = "data=digits\n", text: String = "name: sample\n") -> SweepManifest {
    SweepManifest(
      name: "sample", summary: "A sweep that tests the store", experimentText: text, experimentHash: "0011",
      compatibility: compatibility,
      provenance: Provenance(version: "0.1", cpu: "model", libraries: ["hdf5": "1.10.8"]),
      created: "2024-02-29T12:00:00Z", arguments: ["run", "experiments/sample.yaml"])
  }
}

/// A record's content as bytes, so that NaN equals NaN and −0 differs from 0.
func bytes(of record: TrialRecord) -> [UInt8] {
  var writer = ByteWriter()
  RecordCoding.encode(record, into: &writer)
  return writer.bytes
}

/// Length and checksum of ``bytes(of:)``: what a failed comparison prints stays short.
func fingerprint(_ record: TrialRecord) -> String {
  let bytes = bytes(of: record)
  return "\(bytes.count) bytes \(String(bytes.withUnsafeBytes { Checksum(of: $0).value }, radix: 16))"
}

/// A shard of the records, in their order, under its seal.
func writeShard(_ records: [TrialRecord], to path: String) throws {
  let image = try ShardImage(ShardContent(records, manifest: Sample.manifest()), name: path)
  guard
    try Files.create(
      path,
      write: { file in
        try file.write(image.bytes)
        try file.write(image.seal.bytes)
      })
  else { throw StoreError.damaged(path: path, reason: "is there already") }
}
