import Experiments
import Foundation
import Kernels

/// Runs trials in this process, one thread a worker.
public struct LocalEngine: Sendable {
  public var workers: Int

  public init(workers: Int) { self.workers = workers }

  /// Runs the trials, the heaviest first, and hands each finished record to `record`, one at a time.
  ///
  /// - Throws: The first error of `record`, after which nothing more is recorded.
  @discardableResult
  public func run(
    _ trials: TrialList, of sweep: PreparedSweep, keeping: KeptWeights, monitor: ProgressMonitor, stop: StopFlag,
    record: @escaping @Sendable (TrialRecord) throws -> Void
  ) throws -> Scheduler.Outcome {
    let queue = TrialQueue(heaviestFirst: trials, cost: sweep.cost)
    let atATime = min(workers, trials.count)
    return try scheduler.run(queue, stop: stop) { next in
      monitor.started()
      let run = TrialRun(next, selection: sweep.experiment.selection, keeping: keeping)
      var result = sweep.library.run(run) { stop.isRaised }
      result?.cost.workers = atATime
      if result == nil { monitor.abandoned() }
      return result
    } deliver: { next, result in
      try record(result)
      monitor.finished(result, cost: next.cost)
    }
  }

  /// What the test share says about each trial, in the order given, from the weights that its run left or by training
  /// it again.
  public func testEvaluation(
    of trials: [(trial: Trial, stored: Weights)], in sweep: PreparedSweep
  ) throws -> [TestEvaluation.Run] {
    let results = Collector<TestEvaluation.Run>()
    try scheduler.run(Array(trials.enumerated()), stop: StopFlag()) { _, item in
      let run = TrialRun(item.trial, selection: sweep.experiment.selection, keeping: .none)
      return sweep.library.testEvaluation(run, stored: item.stored)
    } deliver: { item, result in
      results.add(result, at: item.offset)
    }
    return results.inOrder
  }

  private var scheduler: Scheduler { Scheduler(workers: workers) }
}

extension LocalEngine {
  /// Cores that this process may run on.
  public static var coreCount: Int { ProcessInfo.processInfo.activeProcessorCount }
}
