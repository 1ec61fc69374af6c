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
    _ trials: [Trial], of sweep: PreparedSweep, keeping: KeptWeights, monitor: ProgressMonitor, stop: StopFlag,
    record: @escaping @Sendable (TrialRecord) throws -> Void
  ) throws -> Scheduler.Outcome {
    let ordered = Scheduler.heaviestFirst(trials, cost: sweep.cost)
    return try scheduler.run(ordered, stop: stop) { trial in
      monitor.started()
      let run = TrialRun(trial, selection: sweep.experiment.selection, keeping: keeping)
      let result = sweep.library.run(run) { stop.isRaised }
      if result == nil { monitor.abandoned() }
      return result
    } deliver: { trial, result in
      try record(result)
      monitor.finished(result, cost: sweep.cost(of: trial))
    }
  }

  /// What the test share says about each trial, in the order given. Trials are trained again, which gives the same bits.
  public func testEvaluation(of trials: [Trial], in sweep: PreparedSweep) throws -> [TestEvaluation.Run] {
    let results = Collector<TestEvaluation.Run>()
    try scheduler.run(Array(trials.enumerated()), stop: StopFlag()) { _, trial in
      sweep.library.testEvaluation(TrialRun(trial, selection: sweep.experiment.selection, keeping: .none))
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
