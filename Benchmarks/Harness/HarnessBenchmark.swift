import Experiments
import Foundation
import Harness
import Learning
import Settings
import Store

/// What the harness costs a trial beside its training: trials that do nothing, from the grid to records on disk.
///
/// `harness-benchmark [trials] [workers]` prints milliseconds a trial for each part, with and without weights.
@main
struct HarnessBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let count = arguments.first ?? 10_000
    let workers = arguments.dropFirst().first ?? 2
    let sweep = try PreparedSweep(experiment(seeds: count), keeping: .best)
    print("\(count) trials, \(workers) workers, \(sweep.plan.networks[0].parameters) weights; milliseconds a trial")

    var ordered = TrialQueue(heaviestFirst: [], cost: sweep.cost)
    report("order", count) { ordered = TrialQueue(heaviestFirst: sweep.experiment.trials, cost: sweep.cost) }
    for weights in [KeptWeights.none, .best] {
      let template = try template(of: sweep, keeping: weights)
      try report("record, weights \(weights)", ordered.count) {
        try record(ordered, template, sweep, workers, .never)
      }
    }
    // A file system that waits for its disk takes milliseconds a record: fewer say enough.
    let some = TrialQueue(heaviestFirst: TrialList(ordered.trials.prefix(500)), cost: sweep.cost)
    let template = try template(of: sweep, keeping: .none)
    try report("record, weights none, fsync", some.count) {
      try record(some, template, sweep, workers, .everyRecord)
    }
  }

  /// Schedules, records and shows trials whose training is replaced by a ready-made record.
  private static func record(
    _ trials: TrialQueue, _ template: TrialRecord, _ sweep: PreparedSweep, _ workers: Int,
    _ synchronization: ResultStore.Synchronization
  ) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    var options = ResultStore.Options()
    options.synchronization = synchronization
    let store = try ResultStore.open(
      directory: directory.path, manifest: SweepManifest(sweep, arguments: []), options: options)
    let progress = SweepProgress(
      name: "benchmark", total: trials.count, selection: .standard, plannedCost: sweep.plan.operations)
    let monitor = ProgressMonitor(progress, every: 0.1) { _, _ in }
    try Scheduler(workers: workers).run(trials, stop: StopFlag()) { next in
      monitor.started(RunningRun(next.identity, cost: next.cost, began: 0))
      var record = template
      record.identity = next.identity
      record.hyperparameters = next.hyperparameters
      return record
    } deliver: { next, record in
      try store.append(record)
      monitor.finished(record, cost: next.cost)
    }
    monitor.end()
    try store.close()
  }

  private static func report(_ name: String, _ count: Int, _ body: () throws -> Void) rethrows {
    let seconds = try ContinuousClock().measure(body) / .seconds(1)
    print("  \(name): \(Quantity.fixed(seconds / Double(count) * 1e3, digits: 4))")
  }

  private static func experiment(seeds: Int) throws -> Experiment {
    try ExperimentFile.parse(
      text: """
        name: benchmark
        data: {source: digits}
        network: {hidden: [64, 32]}
        loss: softmax_cross_entropy
        training: {epochs: 30}
        grid:
          optimizer: adam
          learning_rate: 0.001
          batch_size: 64
          seed: {from: 0, count: \(seeds)}
        """, file: "benchmark", parts: .standard)
  }

  /// The record of a trial that was trained once.
  private static func template(of sweep: PreparedSweep, keeping weights: KeptWeights) throws -> TrialRecord {
    let run = TrialRun(sweep.experiment.trials[0], selection: .standard, keeping: weights)
    return sweep.library.run(run) { false }!
  }
}
