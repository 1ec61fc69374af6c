import Experiments
import Foundation
import Harness
import TestSupport
import Testing

/// Training gives the weights that it gave when `Fixtures/Golden` was recorded: to the bit on the processors it was recorded
/// on, and within rounding on others.
///
/// Recorded again only when training is meant to give other bits, never to make this suite pass: `scripts/record-golden`.
@Suite struct GoldenWeightsTests {
  /// The folder to write to, in place of comparing.
  private static let recording = ProcessInfo.processInfo.environment["RAVINE_RECORD_GOLDEN"]

  @Test(arguments: GoldenExperiment.all)
  func weightsAreThoseOfTheRecord(golden: GoldenExperiment) throws {
    let measured = try golden.variants().flatMap { try Self.train(golden, $0) }
    if let folder = Self.recording.map({ URL(fileURLWithPath: $0) }) {
      var record = (try? GoldenRecord.read(folder, golden.name)) ?? GoldenRecord()
      record.add(measured)
      try record.write(folder, golden.name)
      return
    }
    let record = try GoldenRecord.read(GoldenExperiment.folder, golden.name)
    try #require(measured.count == record.runs.count, "the trials of \(golden.name).yaml are others")
    let processor = record.processors.firstIndex(of: GoldenRecord.here)
    for (index, (run, bits)) in measured.enumerated() {
      let expected = record.runs[index]
      let trial = "\(golden.name).yaml, run \(index): \(run.overrides), \(run.trial)"
      #expect(run.outcome == expected.outcome, "\(trial)")
      let deviation = run.deviation(from: expected)
      #expect(deviation <= expected.tolerance, "\(trial)")
      // A part that came later may have been recorded on fewer processors than its file.
      guard let processor, let known = expected.bits.first(where: { $0.value.contains(processor) })?.key else {
        continue
      }
      let differences = bits.differences(from: GoldenBits(text: known))
      #expect(differences == [], "\(trial)")
    }
  }

  /// No record is without bits, and none allows so much that numbers could not fail.
  @Test(arguments: GoldenExperiment.all)
  func recordsAreTight(golden: GoldenExperiment) throws {
    let record = try GoldenRecord.read(GoldenExperiment.folder, golden.name)
    #expect(!record.processors.isEmpty && Set(record.processors).count == record.processors.count)
    for run in record.runs {
      let processors = run.bits.values.flatMap(\.self)
      #expect(!processors.isEmpty && Set(processors).count == processors.count)
      #expect(Set(processors).isSubset(of: record.processors.indices))
      #expect(run.tolerance < 0.05, "\(golden.name).yaml: \(run.overrides), \(run.trial)")
    }
  }

  /// The names that the recordings have, whatever reports call the values.
  private static let wording: RunLabel.Wording = { name, _ in
    { value in
      switch (name, value) {
      case ("batch_size", .integer(0)): "full"
      case (_, .number(let number)): String(format: "%.6g", number)
      default: "\(value)"
      }
    }
  }

  private static func train(_ golden: GoldenExperiment, _ overrides: [String]) throws -> [(GoldenRun, GoldenBits)] {
    let experiment = try golden.experiment(overrides)
    let sweep = try PreparedSweep(experiment, keeping: .all)
    return try experiment.trials.map { trial in
      let run = TrialRun(trial, selection: experiment.selection, keeping: .all)
      let record = try #require(sweep.library.run(run) { false })
      let weights = record.weights.final.doubles
      let seed = record.hyperparameters.first { $0.name == "seed" }.map { "seed=\($0.value)" }
      let label = [sweep.label(wording).text(record.hyperparameters), seed ?? ""].filter { !$0.isEmpty }
      return (
        GoldenRun(
          overrides: overrides.joined(separator: " "), trial: label.joined(separator: ", "),
          outcome: record.outcome.name,
          losses: [record.trace.trainLoss, record.trace.validationLoss].map { $0.last ?? .nan },
          sum: weights.reduce(0, +), norm: weights.reduce(0) { $0 + $1 * $1 }.squareRoot()),
        GoldenBits(record)
      )
    }
  }
}

extension GoldenRun {
  /// A few times what the recorded processors differ by, and at the least what rounding makes of itself in some hundred steps:
  /// all of these have BLIS' kernels for one family, of which the spread in Double says nothing.
  var tolerance: Double { max(8 * spread, overrides.contains("precision=double") ? 1e-6 : 1e-4) }
}
