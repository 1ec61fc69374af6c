import Experiments
import Foundation
import Store
import TestSupport

/// A folder in which `sweep` is run as a user runs it.
struct SweepFixture {
  let folder: TemporaryDirectory
  /// The build of `sweep` to run; nil for the tests' own.
  let program: URL?

  init(program: URL? = nil) throws {
    folder = try TemporaryDirectory()
    self.program = program
  }

  /// `count` seeds of eight configurations, two of which diverge; a run takes some milliseconds.
  static func experiment(seeds: Int) -> String {
    """
    name: spirals
    data: {source: {spirals: {samples: 600, classes: 3}}}
    network: {hidden: [32, 16]}
    loss: softmax_cross_entropy
    training: {epochs: 20, divergence_bound: 1e3}
    grid:
      optimizer:
        - {name: adam, learning_rate: [0.003, 0.03]}
        - {name: gradient_descent, learning_rate: [0.1, 1e6]}
      batch_size: [32]
      dropout: {keep_probability: [0.8, 1]}
      seed: {from: 0, count: \(seeds)}

    """
  }

  /// Writes a file and gives its name.
  func write(_ text: String, to name: String = "spirals.yaml") throws -> String {
    try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    return name
  }

  func command(_ environment: [String: String?] = [:]) -> Command {
    Command("sweep", at: program, environment: environment, directory: folder.url)
  }

  func sweep(_ arguments: String...) throws -> Command.Result { try command().run(arguments) }

  /// Runs in the order of identity, without what depends on the clock or says how many ran at a time.
  func records(_ directory: String) throws -> [TrialRecord] {
    let reader = try ResultReader(path: folder.path(directory))
    return try reader.summaries().map { summary in
      var record = try reader.record(summary.identity)
      record.cost.trainingSeconds = 0
      record.cost.totalSeconds = 0
      record.cost.workers = 0
      record.trace.seconds = []
      record.trace.productCost = []
      return record
    }
  }

  /// The number of runs on disk, which a sweep may be writing to; 0 before there are any.
  func recordedRuns(_ directory: String) -> Int {
    (try? ResultReader(path: folder.path(directory)).summaries().count) ?? 0
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.path(name)) }
}
