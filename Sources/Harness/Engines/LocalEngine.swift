import Experiments
import Foundation
import Kernels
import Store

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
    try run(trials, of: sweep, keeping: keeping, limits: TrialLimits(), running: nil, settle: {}, monitor, stop, record)
  }

  /// As above; keeps in `running` what is under way, and refuses what the limits refuse. Where memory is short, `settle` is to
  /// wait until what was recorded takes none.
  func run(
    _ trials: TrialList, of sweep: PreparedSweep, keeping: KeptWeights, limits: TrialLimits, running: RunningTrials?,
    settle: @escaping @Sendable () -> Void, _ monitor: ProgressMonitor, _ stop: StopFlag,
    _ record: @escaping @Sendable (TrialRecord) throws -> Void
  ) throws -> Scheduler.Outcome {
    let plan = sweep.plan
    let dataBytes = plan.dataBytes
    let queue = TrialQueue(
      heaviestFirst: trials, demand: { TrialDemand(of: $0, plan, dataBytes: dataBytes, limits) })
    let atATime = min(workers, trials.count)
    let library = sweep.library
    let budget = MemoryBudget(limits.memory - dataBytes) {
      library.releaseEngines()
      settle()
    }
    monitor.planned(queue.costs)
    return try scheduler.run(queue, stop: stop) { next in
      monitor.started(RunningRun(next))
      func refuse(_ reason: String) -> TrialRecord {
        TrialRecord(identity: next.identity, hyperparameters: next.hyperparameters, outcome: .failed(message: reason))
      }
      if let reason = next.demand.refusal ?? limits.refusal(of: next.identity) { return refuse(reason) }
      var run = TrialRun(next, selection: sweep.experiment.selection, keeping: keeping)
      run.report = { monitor.advanced(next.identity, to: $0) }
      guard budget.take(next.demand.reservedBytes, for: next.identity) else {
        return refuse(TrialLimits.refusal(missingBytes: next.demand.reservedBytes))
      }
      func train() -> TrialRecord? { stop.isRaised ? nil : library.run(run) { stop.isRaised } }
      var result = running.map { $0.during(next.identity, train) } ?? train()
      result?.cost.workers = atATime
      if result == nil { monitor.abandoned(next.identity) }
      return result
    } deliver: { next, result in
      try record(result)
      monitor.finished(result, cost: next.cost)
    } finished: { next in
      // Its record takes memory until it is written.
      budget.giveBack(by: next.identity)
    }
  }

  /// What the test share says about each trial, in the order given, from the weights that its run left or by training
  /// it again.
  ///
  /// - Throws: ``TooLittleMemory`` where the system has none for it.
  public func testEvaluation(
    of trials: [(trial: Trial, stored: Weights)], in sweep: PreparedSweep
  ) throws -> [TestEvaluation.Run] {
    let results = Collector<TestEvaluation.Run>()
    let (library, plan) = (sweep.library, sweep.plan)
    let budget = MemoryBudget(MachineMemory.available - plan.dataBytes, release: { library.releaseEngines() })
    let outcome = try scheduler.run(Array(trials.enumerated()), stop: StopFlag()) { _, item in
      budget.with(plan.workerBytes(of: item.trial)) {
        library.testEvaluation(
          TrialRun(item.trial, selection: sweep.experiment.selection, keeping: .none), stored: item.stored)
      }
    } deliver: { item, result in
      results.add(result, at: item.offset)
    }
    guard outcome.remaining == 0 else {
      throw TooLittleMemory(bytes: trials.map { plan.workerBytes(of: $0.trial) }.max() ?? 0)
    }
    return results.inOrder
  }

  private var scheduler: Scheduler { Scheduler(workers: workers) }
}

extension LocalEngine {
  /// Cores that this process may run on.
  public static var coreCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// As many workers as there are threads for, `wanted` at most. Before anything else starts a thread.
  ///
  /// Throws ``TooFewThreads`` where not even one can work.
  public static func workersWithThreads(upTo wanted: Int) throws -> Int {
    let threads = ThreadBudget.available(upTo: wanted + TooFewThreads.besideWorkers)
    let workers = threads - TooFewThreads.besideWorkers
    guard workers > 0 else { throw TooFewThreads(threads: threads) }
    return workers
  }
}

/// The system lets this process start so few threads that a sweep would wait for one for ever.
public struct TooFewThreads: Error, Hashable, Sendable, CustomStringConvertible {
  /// Those for signals, of which one waits and one acts, for the display and for shards.
  static let besideWorkers = 4

  public var threads: Int

  public var description: String {
    "only \(Quantity.count(threads, "thread")) can be started, and a sweep needs \(Self.besideWorkers + 1): one that trains"
      + " and \(Self.besideWorkers) beside it. The limit is `ulimit -u`, or the container's on processes (--pids-limit)"
  }
}

extension RunningRun {
  /// A run that is about to be trained.
  init(_ next: TrialQueue.Element) {
    self.init(
      next.identity, next.hyperparameters, cost: next.cost, plannedEpochs: next.trial.training.epochs,
      plannedProbes: next.demand.probes, probeShare: next.demand.probeShare, began: 0)
  }
}
