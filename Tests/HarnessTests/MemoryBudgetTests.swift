import Store
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
      budget.with(size) { () -> Double in
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

  /// The system has 10 units, of which 4 are held until they are released: trials of 7 run after one another, since what one
  /// was promised is asked for a second time beside it, and one of 11 not at all.
  @Test func whatTheSystemDoesNotHaveIsNotRun() throws {
    let unit = Double(FreeMemory.smallestAsked)
    let held = Mutex(4 * unit)
    let budget = MemoryBudget(.infinity) { bytes in
      bytes + held.withLock { $0 } <= 10 * unit
    } release: {
      held.withLock { $0 = 0 }
    }
    let seen = Mutex((atOnce: 0, most: 0, ran: [Double: Int]()))
    try Scheduler(workers: 4).run((0..<40).map { [7.0, 11][$0 % 2] }, stop: StopFlag()) { size -> Double? in
      budget.with(size * unit) { () -> Double in
        seen.withLock { seen in
          seen.atOnce += 1
          seen.most = max(seen.most, seen.atOnce)
          seen.ran[size, default: 0] += 1
        }
        defer { seen.withLock { $0.atOnce -= 1 } }
        return size
      } ?? -size
    } deliver: { _, _ in
    }
    #expect(seen.withLock { $0.ran } == [7: 20] && seen.withLock { $0.most } == 1)
    // What is small is not asked for.
    let empty = MemoryBudget(.infinity, isThere: { _ in false })
    #expect(empty.with(unit / 2) { true } == true)
    #expect(empty.with(unit) { true } == nil)
  }

  /// What a trial has taken is there again once it is through, and once only.
  @Test func memoryIsGivenBackOnce() {
    let budget = MemoryBudget(.infinity, isThere: { $0 <= 3e6 })
    let trials = fakeTrials(3).map(\.identity)
    #expect(!budget.take(4e6, for: trials[0]))
    budget.giveBack(by: trials[0])
    #expect(budget.take(2e6, for: trials[1]) && budget.take(0.5e6, for: trials[0]))
    for _ in 0..<2 { budget.giveBack(by: trials[1]) }
    #expect(budget.take(2.5e6, for: trials[2]))
    budget.giveBack(by: trials[0])
    budget.giveBack(by: trials[2])
    #expect(budget.with(3e6) { true } == true)
  }

  @Test func theMachineHasMemory() {
    #expect(MachineMemory.available > 1e6 && MachineMemory.available.isFinite)
    #expect(FreeMemory.has(1e7))
    #expect(!FreeMemory.has(1e18) && !FreeMemory.has(.infinity))
  }
}
