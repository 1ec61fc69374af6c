import Dispatch
import Experiments
import Synchronization

/// Makes summaries of what was read while more is read: the library takes half of the time, this the other.
final class SummaryAssembly: Sendable {
  private let queue = DispatchQueue(label: "ravine.store.summaries")
  private let state = Mutex(State())

  private struct State {
    var summaries: [RunSummary] = []
    var shared = SharedValues()
    var failures: [any Error] = []
  }

  func add(_ stored: StoredSummaries) {
    queue.async { [self] in
      state.withLock { state in
        do {
          state.summaries += try stored.summaries(sharing: &state.shared)
        } catch {
          state.failures.append(error)
        }
      }
    }
  }

  /// Waits for all that was added. Throws the first failure where `isStrict`, otherwise each is a notice.
  func finish(isStrict: Bool) throws -> (summaries: [RunSummary], notices: [String]) {
    queue.sync {}
    return try state.withLock { state in
      if isStrict, let failure = state.failures.first { throw failure }
      return (state.summaries, state.failures.map { "\($0); its runs are left out" })
    }
  }
}
