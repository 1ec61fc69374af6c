import Experiments
import Foundation
import Harness
import Learning
import Settings
import Store

/// What the harness costs a trial beside its training: trials that do nothing, from the grid to records on disk.
///
/// `harness-benchmark [trials] [workers] [rounds]` prints milliseconds a trial for each part, with and without weights, and of
/// a whole sweep that trains next to nothing; with rounds only this and the records without weights, so often.
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
    if let rounds = arguments.dropFirst(2).first {
      let template = try template(of: sweep, keeping: .none)
      for _ in 0..<rounds {
        try report("record, weights none", ordered.count) { try record(ordered, template, sweep, workers, .never) }
        try wholeSweep(count, workers)
      }
      return
    }
    for weights in [KeptWeights.none, .best] {
      let template = try template(of: sweep, keeping: weights)
      try report("record, weights \(weights)", ordered.count) {
        try record(ordered, template, sweep, workers, .never)
      }
    }
    try wholeSweep(count, workers)
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
    var options = ResultStore.Options()
    options.synchronization = synchronization
    try withStore(of: sweep, options) { store, monitor in
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
    }
  }

  /// A step on a problem of two parameters, each trial on the way that real ones take.
  private static func wholeSweep(_ count: Int, _ workers: Int) throws {
    let experiment = try ExperimentFile.parse(
      text: """
        name: whole
        problem: rosenbrock
        training: {epochs: 1}
        grid: {optimizer: {name: gradient_descent, learning_rate: 1e-4}, seed: {from: 0, count: \(count)}}
        """, file: "benchmark", parts: .standard)
    let sweep = try PreparedSweep(experiment, keeping: .none)
    try report("whole sweep of a problem", count) {
      try withStore(of: sweep) { store, monitor in
        try LocalEngine(workers: workers).run(
          experiment.trials, of: sweep, keeping: .none, monitor: monitor, stop: StopFlag()
        ) { try store.append($0) }
      }
    }
  }

  /// Opens a store in a folder of its own, which is removed in the end.
  private static func withStore(
    of sweep: PreparedSweep, _ options: ResultStore.Options = .init(),
    _ body: (ResultStore, ProgressMonitor) throws -> Void
  ) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let store = try ResultStore.open(
      directory: directory.path, manifest: SweepManifest(sweep, arguments: []), options: options)
    let progress = SweepProgress(
      name: "benchmark", total: sweep.plan.trialCount, selection: .standard, plannedCost: sweep.plan.operations)
    let monitor = ProgressMonitor(progress, every: 0.1) { _, _ in }
    try body(store, monitor)
    monitor.end()
    try store.close()
  }

  private static func report(_ name: String, _ count: Int, _ body: () throws -> Void) rethrows {
    let before = processorSeconds
    let seconds = try ContinuousClock().measure(body) / .seconds(1)
    func milliseconds(_ seconds: Double) -> String { Quantity.fixed(seconds / Double(count) * 1e3, digits: 4) }
    print("  \(name): \(milliseconds(seconds)), of processors \(milliseconds(processorSeconds - before))")
  }

  /// What all threads of this process have taken of the processors so far: other processes leave it nearly alone.
  private static var processorSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
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
