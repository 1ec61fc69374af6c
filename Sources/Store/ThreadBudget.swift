import Glibc

/// Threads that the system lets this process have.
///
/// A queue that gets no thread waits for one for ever, without a word: RLIMIT_NPROC and a container's limit on processes do
/// that. So whoever needs threads asks here first.
public enum ThreadBudget {
  /// How many threads, up to `wanted`, can be started beside those that there are: starts them, all at once, and lets them
  /// end.
  public static func available(upTo wanted: Int) -> Int {
    let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    defer { gate.deallocate() }
    pthread_mutex_init(gate, nil)
    defer { pthread_mutex_destroy(gate) }
    var threads: [pthread_t] = []
    pthread_mutex_lock(gate)
    while threads.count < wanted {
      var thread = pthread_t()
      let status = pthread_create(&thread, nil, waitAtGate, gate)
      guard status == 0 else { break }
      threads.append(thread)
    }
    pthread_mutex_unlock(gate)
    for thread in threads { pthread_join(thread, nil) }
    return threads.count
  }
}

private func waitAtGate(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let gate = argument?.assumingMemoryBound(to: pthread_mutex_t.self) else { return nil }
  pthread_mutex_lock(gate)
  pthread_mutex_unlock(gate)
  return nil
}
