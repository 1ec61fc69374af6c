import Dispatch
import Experiments
import Learning
import Settings
import Synchronization
import Testing

@testable import Harness

struct SchedulerTests {
  @Test func startsTheHeaviestFirstAndBreaksTiesByIdentity() {
    let trials = fakeTrials(6)
    let cost: (Trial) -> Double = { $0.seed < 3 ? 1 : Double($0.seed) }
    let queue = TrialQueue(heaviestFirst: TrialList(trials), cost: cost)
    #expect(queue.prefix(3).map(\.trial.seed) == [5, 4, 3])
    #expect(queue.suffix(3).map(\.identity) == trials.prefix(3).map(\.identity).sorted())
    #expect(queue.allSatisfy { $0.identity == $0.trial.identity && $0.cost == cost($0.trial) })
    #expect(queue.allSatisfy { $0.hyperparameters == $0.trial.hyperparameters })
    #expect(TrialQueue(heaviestFirst: TrialList(trials.reversed()), cost: cost).trials == queue.trials)
  }

  /// Seeds share what their configuration demands.
  @Test func demandsAreFoundOnceAConfiguration() throws {
    let experiment = try ExperimentFile.parse(
      text: """
        name: demands
        data: {source: digits}
        network: {hidden: [4]}
        loss: softmax_cross_entropy
        training: {epochs: 1}
        grid: {optimizer: adam, learning_rate: [0.1, 0.2, 0.3], batch_size: 8, seed: {from: 0, count: 50}}
        """, file: "demands", parts: .standard)
    var asked: [Double] = []
    let queue = TrialQueue(
      heaviestFirst: experiment.trials,
      demand: { trial in
        asked.append(trial.optimizer.learningRate)
        return TrialDemand(cost: trial.optimizer.learningRate, workerBytes: 7 * trial.optimizer.learningRate)
      })
    #expect(asked == [0.1, 0.2, 0.3])
    #expect(queue.count == 150 && queue.costs == queue.map(\.trial.optimizer.learningRate))
    #expect(queue.allSatisfy { $0.demand.workerBytes == 7 * $0.trial.optimizer.learningRate })
  }

  @Test(arguments: [1, 2, 7]) func deliversEachRecordOnceAndOneAtATime(workers: Int) throws {
    let trials = fakeTrials(200)
    let delivered = Mutex<[TrialIdentity]>([])
    let delivering = Atomic(0)
    let outcome = try Scheduler(workers: workers).run(trials, stop: StopFlag()) {
      fakeRecord($0)
    } deliver: { trial, record in
      #expect(delivering.wrappingAdd(1, ordering: .relaxed).oldValue == 0)
      #expect(record.identity == trial.identity)
      delivered.withLock { $0.append(record.identity) }
      delivering.wrappingSubtract(1, ordering: .relaxed)
    }
    #expect(outcome == .init(delivered: 200, remaining: 0))
    #expect(delivered.withLock { $0.sorted() } == trials.map(\.identity).sorted())
  }

  @Test func oneWorkerKeepsTheOrder() throws {
    let trials = fakeTrials(50)
    let order = Mutex<[UInt64]>([])
    try Scheduler(workers: 1).run(trials, stop: StopFlag()) { trial in
      order.withLock { $0.append(trial.seed) }
      return fakeRecord(trial)
    } deliver: { _, _ in
    }
    #expect(order.withLock { $0 } == trials.map(\.seed))
  }

  @Test func eachWorkerIsAThreadOfItsOwn() throws {
    // Five bodies wait for one another, which only ends if all five run at the same time.
    let present = Atomic(0)
    let release = DispatchSemaphore(value: 0)
    try Scheduler(workers: 5).run(fakeTrials(5), stop: StopFlag()) { trial in
      if present.wrappingAdd(1, ordering: .relaxed).newValue == 5 {
        for _ in 0..<5 { release.signal() }
      }
      return release.wait(timeout: .now() + 60) == .success ? fakeRecord(trial) : nil
    } deliver: { _, _ in
    }
    #expect(present.load(ordering: .relaxed) == 5)
  }

  @Test func aRunIsDeliveredBeforeItsWorkerStartsTheNext() throws {
    let events = Mutex<[String]>([])
    try Scheduler(workers: 1).run(fakeTrials(3), stop: StopFlag()) { trial in
      events.withLock { $0.append("run \(trial.seed)") }
      return fakeRecord(trial)
    } deliver: { trial, _ in
      events.withLock { $0.append("record \(trial.seed)") }
    }
    #expect(events.withLock { $0 } == ["run 0", "record 0", "run 1", "record 1", "run 2", "record 2"])
  }

  @Test func aStopStartsNothingMoreAndKeepsWhatFinished() throws {
    let stop = StopFlag()
    let started = Atomic(0)
    let delivered = Atomic(0)
    let outcome = try Scheduler(workers: 2).run(fakeTrials(100), stop: stop) { trial in
      started.wrappingAdd(1, ordering: .relaxed)
      return fakeRecord(trial)
    } deliver: { _, _ in
      if delivered.wrappingAdd(1, ordering: .relaxed).newValue == 10 { stop.raise() }
    }
    let deliveries = delivered.load(ordering: .relaxed)
    // Whoever was running when the flag went up is still delivered: one run at most, as one worker was delivering.
    #expect((10...11).contains(deliveries))
    #expect(started.load(ordering: .relaxed) == deliveries)
    #expect(outcome == .init(delivered: deliveries, remaining: 100 - deliveries))
  }

  @Test func aRunGivenUpIsNotDelivered() throws {
    let stop = StopFlag()
    let outcome = try Scheduler(workers: 1).run(fakeTrials(10), stop: stop) { trial -> TrialRecord? in
      if trial.seed == 4 {
        stop.raise()
        return nil
      }
      return fakeRecord(trial)
    } deliver: { trial, _ in
      #expect(trial.seed < 4)
    }
    #expect(outcome == .init(delivered: 4, remaining: 6))
  }

  @Test(arguments: [1, 3]) func anErrorOfTheOwnerStopsTheScheduleAndIsThrown(workers: Int) {
    struct DiskFull: Error, Equatable {}
    let stop = StopFlag()
    let attempts = Atomic(0)
    #expect(throws: DiskFull()) {
      try Scheduler(workers: workers).run(fakeTrials(100), stop: stop) {
        fakeRecord($0)
      } deliver: { _, _ in
        if attempts.wrappingAdd(1, ordering: .relaxed).newValue == 5 { throw DiskFull() }
      }
    }
    #expect(stop.isRaised)
    #expect(attempts.load(ordering: .relaxed) == 5)
  }

  @Test func nothingToRunIsNoError() throws {
    let outcome = try Scheduler(workers: 3).run([], stop: StopFlag()) {
      fakeRecord($0)
    } deliver: { _, _ in
    }
    #expect(outcome == .init(delivered: 0, remaining: 0))
  }
}
