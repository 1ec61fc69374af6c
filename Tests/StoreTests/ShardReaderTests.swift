import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// What other people's programs read in a shard is what was written: h5py, xarray through h5netcdf and netCDF4, h5dump.
@Suite struct ShardReaderTests {
  private let folder: TemporaryDirectory
  private let path: String
  private let records = (0..<40).map { Sample.record($0) }

  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("shard.h5")
    try writeShard(records, to: path)
  }

  private func dump() throws -> [String: Any] {
    let text = try Tool.python("dump_shard.py", path)
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func everyValueIsThere() throws {
    let runs = try #require(dump()["runs"] as? [String: [String: Any]])
    #expect(Set(runs.keys) == Set(records.map(\.identity.description)))
    for record in records {
      let run = try #require(runs[record.identity.description])
      for entry in record.hyperparameters { expect(run, entry) }
      expectOutcome(run, record)
      expectSummary(run, RunSummary(record))
      for column in Trace.columns {
        let values = record.trace[keyPath: column.values]
        expect(run, column.name, values + [Double](repeating: .nan, count: 6 - values.count))
      }
      expectWeights(run, record)
    }
  }

  /// Curvature, by run and probe: numbers, words, lists with their padding, and vectors.
  @Test func everyProbeIsThere() throws {
    let runs = try #require(dump()["runs"] as? [String: [String: Any]])
    for record in records {
      let probes = try #require(runs[record.identity.description]?["probes"] as? [[String: Any]])
      #expect(probes.count == record.curvature.count)
      for (probe, measurement) in zip(probes, record.curvature) { expect(probe, measurement) }
    }
  }

  private func expect(_ probe: [String: Any], _ measurement: CurvatureMeasurement) {
    #expect(probe["probe_moment"] as? [String] == measurement.moments.names)
    for column in CurvatureMeasurement.integers {
      #expect(probe[column.name] as? Int == measurement[keyPath: column.value], "\(column.name)")
    }
    for column in CurvatureMeasurement.numbers {
      let read = (probe[column.name] as? String).flatMap(Double.init)
      #expect(read?.bitPattern == measurement[keyPath: column.value].bitPattern, "\(column.name)")
    }
    for category in CurvatureMeasurement.categories {
      let word = category.code(measurement).map { Schema.flagMeaning(category.names[$0]) }
      #expect(probe[category.name] as? String == word, "\(category.name)")
    }
    for list in CurvatureMeasurement.lists {
      let width = (probe[list.columns[0].name] as? [Any])?.count ?? 0
      #expect(probe[list.count] as? Int == measurement[keyPath: list.columns[0].value].count, "\(list.count)")
      for column in list.columns { expect(probe, column.name, measurement[keyPath: column.value].padded(to: width)) }
      for column in list.byDirection {
        let values = measurement[keyPath: column.value]
        let steps = values.count / 3
        var rows: [Double] = []
        for row in 0..<3 { rows += Array(values[(row * steps)..<(row * steps + steps)]).padded(to: width) }
        expect(probe, column.name, rows)
      }
      for flag in list.flags {
        let words = measurement[keyPath: flag.value].map { $0 == 1 ? "yes" : "no" }
        #expect((probe[flag.name] as? [Any])?.compactMap { $0 as? String } == words, "\(flag.name)")
      }
    }
    for vector in CurvatureMeasurement.vectors {
      let (name, values) = ("vector_\(vector.name)_4x3x2", measurement[keyPath: vector.value])
      #expect((probe[name] == nil) == values.isEmpty, "\(name)")
      if !values.isEmpty { expect(probe, name, values) }
    }
  }

  @Test func theFileSaysWhatItIs() throws {
    let dump = try dump()
    let attributes = try #require(dump["attributes"] as? [String: String])
    #expect(attributes["title"] == "A sweep that tests the store")
    #expect(attributes["experiment"] == "sample")
    #expect(attributes["selection_rule"] == "validation_loss at the best epoch")
    let provenance = try JSON.decode(
      Provenance.self, from: Array(try #require(attributes["provenance"]).utf8), path: path)
    #expect(provenance == Sample.manifest().provenance)
    let parameters = try #require(dump["parameters"] as? [String: [[String: Any]]])
    let names = ["weights_initial_4x3x2", "weights_best_4x3x2", "weights_final_4x3x2"]
    let vectors = CurvatureMeasurement.vectors.map { "vector_\($0.name)_4x3x2" }
    #expect(Set(parameters.keys) == Set(names + vectors))
    for slices in parameters.values {
      #expect(slices.map { $0["offset"] as? Int } == [0, 12, 15, 21])
      #expect(slices.map { $0["role"] as? String } == ["kernel", "bias", "kernel", "bias"])
      #expect(slices.map { $0["shape"] as? [Int] } == [[4, 3], [3], [3, 2], [2]])
    }
  }

  @Test func h5dumpReadsTheHeader() throws {
    let text = try Tool.run(["h5dump", "-H", path])
    for name in ["run", "epoch", "run_id", "val_loss", "weights_best_4x3x2", "keep_probability"] {
      #expect(text.contains("DATASET \"\(name)\""))
    }
  }

  /// h5repack makes a new file of the content; the seal is lost, the runs are not.
  @Test func aCopyByAnotherProgramIsRead() throws {
    let copy = folder.path("copy.h5")
    _ = try Tool.run(["h5repack", path, copy])
    let reader = try ResultReader(path: copy)
    #expect(reader.manifest == Sample.manifest())
    for record in records { #expect(fingerprint(try reader.record(record.identity)) == fingerprint(record)) }
    #expect(throws: StoreError.self) {
      try HDF5.run { try ShardFile.open(copy, requiresSeal: true).close() }
    }
  }
}

extension [Double] {
  fileprivate func padded(to width: Int) -> [Double] { self + repeatElement(.nan, count: Swift.max(0, width - count)) }
}

// MARK: - Comparison

extension ShardReaderTests {
  /// Floating-point numbers come as Python's repr, which reads back as the same bits.
  private func expect(_ run: [String: Any], _ name: String, _ expected: [Double]) {
    let values = (run[name] as? [String])?.map { Double($0)! } ?? []
    #expect(values.map(\.bitPattern) == expected.map(\.bitPattern), "\(name)")
  }

  private func expect(_ run: [String: Any], _ entry: Hyperparameter) {
    switch entry.value {
    case .integer(let value): #expect(run[entry.name] as? Int == value, "\(entry.name)")
    case .number(let value): #expect((run[entry.name] as? String).flatMap(Double.init) == value, "\(entry.name)")
    case .text(let value): #expect(run[entry.name] as? String == value, "\(entry.name)")
    case .list(let values):
      #expect(run["\(entry.name)_count"] as? Int == values.count)
      let read = (run[entry.name] as? [String])?.map { Double($0)! } ?? []
      #expect(Array(read.prefix(values.count)) == values && read.dropFirst(values.count).allSatisfy(\.isNaN))
    }
  }

  private func expectOutcome(_ run: [String: Any], _ record: TrialRecord) {
    #expect(run["outcome"] as? String == record.outcome.name)
    switch record.outcome {
    case .diverged(let step): #expect(run["diverged_step"] as? Int == step)
    case .failed(let message): #expect(run["failure_message"] as? String == message)
    case .completed, .stoppedEarly, .converged, .stalled:
      #expect(run["diverged_step"] as? Int == -1)
      #expect(run["failure_message"] as? String == "")
    }
  }

  private func expectSummary(_ run: [String: Any], _ summary: RunSummary) {
    #expect(run["epochs"] as? Int == summary.epochs)
    #expect(run["best_epoch"] as? Int == summary.bestEpoch ?? -1)
    #expect(run["steps"] as? Int == summary.cost.steps)
    #expect(run["gradients"] as? Int == summary.cost.gradients)
    #expect(run["products"] as? Int == summary.cost.products)
    #expect(run["workers"] as? Int == summary.cost.workers)
    #expect(run["validation_samples"] as? Int == summary.validationSamples)
    for (name, value) in [
      ("val_loss_variance_final", summary.final.validationLossVariance),
      ("val_loss_variance_best", summary.best.validationLossVariance),
      ("training_seconds", summary.cost.trainingSeconds), ("total_seconds", summary.cost.totalSeconds),
      ("train_loss_final", summary.final.trainLoss), ("train_loss_best", summary.best.trainLoss),
      ("train_accuracy_final", summary.final.trainAccuracy), ("train_accuracy_best", summary.best.trainAccuracy),
      ("val_loss_final", summary.final.validationLoss), ("val_loss_best", summary.best.validationLoss),
      ("val_accuracy_final", summary.final.validationAccuracy), ("val_accuracy_best", summary.best.validationAccuracy),
    ] {
      let read = (run[name] as? String).flatMap(Double.init)
      #expect(read?.bitPattern == value.bitPattern, "\(name)")
    }
  }

  private func expectWeights(_ run: [String: Any], _ record: TrialRecord) {
    for kind in Schema.weightKinds {
      let expected = record.weights[keyPath: kind.values]
      let name = "weights_\(kind.name)_4x3x2"
      #expect((run[name] == nil) == expected.isEmpty, "\(name)")
      if !expected.isEmpty { expect(run, name, expected.doubles) }
    }
  }
}
