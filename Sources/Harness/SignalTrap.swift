import Dispatch
import Foundation
import Synchronization

/// Turns the signals that ask a process to end into a request to stop; a second one ends the process at once.
///
/// A SIGHUP that was already ignored (`nohup`) stays ignored.
public final class SignalTrap: Sendable {
  private let received = Atomic<Int32>(0)
  // nonisolated(unsafe): written in the initialiser only, to keep the sources alive.
  private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

  /// - Parameter onStop: Called with the signal's number when the first one arrives, on a queue of the trap's own.
  public init(onStop: @escaping @Sendable (Int32) -> Void) {
    Self.prepare()
    let queue = DispatchQueue(label: "signals", qos: .userInteractive)
    for number in [SIGINT, SIGTERM, SIGHUP] where !(number == SIGHUP && Self.isIgnored(number)) {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [self] in
        let first = received.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged
        if first { onStop(number) } else { _exit(128 + number) }
      }
      source.resume()
      sources.append(source)
    }
  }

  /// What signals do until there is a trap: those that ask a process to end do so, whatever its parent had blocked. SIGPIPE
  /// and SIGXFSZ are ignored: a reader that goes away must not end a sweep, and a file over the limit is an error of that
  /// write, like a full disk.
  public static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var asking = sigset_t()
    sigemptyset(&asking)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&asking, number) }
    pthread_sigmask(SIG_UNBLOCK, &asking, nil)
  }

  /// The exit status by which shells say that a signal ended a program, 128 + its number; nil where none arrived.
  public var exitStatus: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : 128 + number
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
