import Synchronization
import Testing

@testable import Harness

@Suite struct MemoryBudgetTests {
  /// Never more than the budget at a time, whatever the sizes; one that is larger than all of it runs alone.
  @Test func whatDoesNotFitWaits() throws {
    let budget = MemoryBudget(10)
    let used = Mutex((now: 0.0, count: 0))
    let sizes = (0..<400).map { [1.0, 4, 7, 25][$0 % 4] }
    let outcome = try Scheduler(workers: 6).run(sizes, stop: StopFlag()) { size in
      budget.with(size) {
        used.withLock { used in
          used.now += size
          used.count += 1
          #expect(used.now <= 10 || used.now == size)
        }
        defer { used.withLock { $0.now -= size } }
        return size
      }
    } deliver: { _, _ in
    }
    #expect(outcome.delivered == 400 && used.withLock { $0.count } == 400)
  }

  @Test func theMachineHasMemory() {
    #expect(MachineMemory.available > 1e6 && MachineMemory.available.isFinite)
  }
}
