import Dispatch
import Experiments
import Synchronization

/// Makes summaries of what was read while more is read: the library takes half of the time, this the other. Where no thread
/// can be had, one follows the other.
final class SummaryAssembly: Sendable {
  private let queue = DispatchQueue(label: "ravine.store.summaries")
  private let isConcurrent = ThreadBudget.available(upTo: 1) == 1
  private let state = Mutex(State())

  private struct State {
    var summaries: [RunSummary] = []
    var shared = SharedValues()
    var failures: [Failure] = []
  }

  /// A shard whose columns make no runs.
  struct Failure {
    var path: String
    var error: any Error
  }

  func add(_ stored: StoredSummaries) {
    if isConcurrent {
      queue.async { [self] in assemble(stored) }
    } else {
      assemble(stored)
    }
  }

  private func assemble(_ stored: StoredSummaries) {
    state.withLock { state in
      do {
        state.summaries += try stored.summaries(sharing: &state.shared)
      } catch {
        state.failures.append(Failure(path: stored.hyperparameters.path, error: error))
      }
    }
  }

  /// Waits for all that was added, and gives it away.
  func finish() -> (summaries: [RunSummary], failures: [Failure]) {
    queue.sync {}
    return state.withLock { state in
      defer { state = State() }
      return (state.summaries, state.failures)
    }
  }
}

extension [RunSummary] {
  /// Each identity once, in their order: a run that was done rather than one that failed.
  func sortedOnce() -> [RunSummary] {
    let order = indices.sorted { left, right in
      let (first, second) = (self[left].identity, self[right].identity)
      if first != second { return first < second }
      if self[left].outcome.isFailure != self[right].outcome.isFailure { return self[right].outcome.isFailure }
      return left < right
    }
    var result: [RunSummary] = []
    result.reserveCapacity(order.count)
    for index in order where result.last?.identity != self[index].identity { result.append(self[index]) }
    return result
  }
}
