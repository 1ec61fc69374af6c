import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// What real data must reach, and that builds agree.
@Suite struct TrainingTests {
  private let folder: TemporaryDirectory
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  init() throws { folder = try TemporaryDirectory() }

  private func sweep(_ command: Command, _ experiment: String, _ arguments: String..., name: String) throws
    -> [TrialRecord]
  {
    let file = Self.repository.appendingPathComponent("experiments/\(experiment)").path
    let output = folder.path(name)
    let result = try command.run(["run", file, "--output", output] + arguments)
    #expect(result.status == 0, "\(result.standardError)")
    let directory = try #require(try FileManager.default.contentsOfDirectory(atPath: output).first)
    let reader = try ResultReader(path: "\(output)/\(directory)")
    return try reader.summaries().map { summary in
      var record = try reader.record(summary.identity)
      record.cost.trainingSeconds = 0
      record.cost.totalSeconds = 0
      record.trace.seconds = []
      record.trace.productCost = []
      return record
    }
  }

  @Test func digitsReachTheirAccuracy() throws {
    let records = try sweep(
      Command("sweep"), "default.yaml", "--set", "grid.optimizer=adam", "--set", "grid.learning_rate=0.003", "--set",
      "batch_size=32", "--set", "grid.dropout.keep_probability=0.8", "--set", "seed=0,1,2", name: "digits")
    let accuracies = records.map { $0.trace.validationAccuracy.max() ?? 0 }
    #expect(accuracies.count == 3)
    #expect(accuracies.reduce(0, +) / 3 >= 0.975, "\(accuracies)")
  }

  @Test func convolutionsReachTheirAccuracy() throws {
    let records = try sweep(
      Command("sweep"), "convolution.yaml", "--set", "grid.dropout.keep_probability=0.9",
      name: "images")
    let accuracies = records.map { $0.trace.validationAccuracy.max() ?? 0 }
    #expect(accuracies.count == 3)
    #expect(accuracies.reduce(0, +) / 3 >= 0.978, "\(accuracies)")
    let shapes = try #require(records.first).weights.slices.map(\.shape)
    #expect(shapes == [[3, 3, 1, 16], [16], [3, 3, 16, 32], [32], [128, 64], [64], [64, 10], [10]])
  }

  @Test func fashionImagesWithDropoutReachTheirAccuracy() throws {
    let records = try sweep(
      Command("sweep"), "fashion-mnist.yaml", "--set", "epochs=10", "--set", "seed=0", "--set",
      "grid.dropout.keep_probability=0.8", "--weights", "none", name: "fashion")
    #expect(records.count == 1)
    #expect(try #require(records.first?.trace.validationAccuracy.max()) >= 0.88)
  }

  /// The tests' own build has debug settings; `scripts/test` makes the release build first.
  @Test func debugAndReleaseGiveTheSameBits() throws {
    let release = Self.repository.appendingPathComponent(".build/release/sweep")
    try #require(
      FileManager.default.isExecutableFile(atPath: release.path), "make the release build first: scripts/build")
    func records(_ command: Command, _ name: String) throws -> [TrialRecord] {
      try sweep(command, "default.yaml", "--set", "epochs=3", "--set", "seed=0", "--weights", "all", name: name)
    }
    let debug = try records(Command("sweep"), "debug")
    let optimised = try records(Command("sweep", at: release), "release")
    #expect(debug.count == 90)
    // Said by identity: the records themselves would fill pages.
    let different = zip(debug, optimised).filter { BitPattern($0) != BitPattern($1) }
      .map { "\($0.identity) \(zip($0.trace.trainLoss, $1.trace.trainLoss).map { $0 - $1 })" }
    #expect(different.isEmpty)
  }
}
