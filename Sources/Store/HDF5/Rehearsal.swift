import CLinux
import Glibc

/// Reads a file from elsewhere in a copy of the process first.
///
/// HDF5 1.10 trusts what a file says of itself: a few changed bytes of metadata can make it read or write outside of its
/// memory (about every tenth such file ends the process). What the guards of this module check comes after that. So the
/// same calls are made in a forked child: where the child dies or does not end, the file is refused. Files under a seal
/// (``Seal``) need no rehearsal: their metadata are what the library itself wrote.
enum Rehearsal {
  /// Seconds of processor time, and more for large files.
  private static let baseSeconds = 5
  private static let bytesPerSecond = 20 << 20
  /// A child that sleeps waits for a lock some other thread held when it was made: a new one is made then. One that is
  /// stopped, waits for its device or gets no processor is left alone: how busy a machine is decides nothing.
  private static let attempts = 3
  /// Some locks are not slept on: a global that another thread was just making when the child was made is never made in the
  /// child, which asks for it until its processor time is over. A new child has that time once more.
  private static let busyAttempts = 2

  /// Runs `body` in a child, and says what became of the child by throwing ``HDF5Error``. Errors of `body` are not
  /// thrown: it will be run again here. On the library's queue; `body` uses no other queue.
  ///
  /// - Parameter patience: Seconds that a child may sleep without any use of the processor.
  static func run(_ path: String, patience: Double = 15, _ body: () throws -> Void) throws {
    HDF5.requireQueue()
    let seconds = rlim_t(baseSeconds + ((try? Files.size(path)) ?? 0) / bytesPerSecond)
    for attempt in 1...attempts {
      let child = fork()
      guard child >= 0 else { throw StoreError.system(operation: "fork", path: path, code: errno) }
      if child == 0 { rehearse(seconds, body) }
      switch wait(for: child, patience) {
      case .ended: return
      case .died(let reason): throw refusal(path, reason)
      case .asleep where attempt < attempts, .busy where attempt < busyAttempts: continue
      case .asleep, .busy: throw refusal(path, "reading it does not end")
      }
    }
  }

  private static func refusal(_ path: String, _ reason: String) -> HDF5Error {
    HDF5Error(file: path, operation: "reading", reason: "\(reason): it is damaged, or made to do harm")
  }

  /// The child: reads, and ends without any clean-up, which belongs to the parent.
  ///
  /// Until its limits are set it makes calls of the system and nothing else, no array and no string: the language's runtime
  /// may be as another thread left it in the middle of something, and nothing would end a child that waits for that.
  private static func rehearse(_ seconds: rlim_t, _ body: () throws -> Void) -> Never {
    var limit = rlimit(rlim_cur: seconds, rlim_max: seconds)
    setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
    var number: Int32 = 1
    while number <= SIGSYS {
      signal(number, SIG_DFL)
      number += 1
    }
    // Threads of a queue have most signals blocked.
    var mask = sigset_t()
    sigemptyset(&mask)
    sigprocmask(SIG_SETMASK, &mask, nil)
    closeDescriptors()
    // What the C library prints as it aborts is nobody's message, and no image of memory is wanted.
    let null = open("/dev/null", O_WRONLY)
    if null >= 0 { dup2(null, STDERR_FILENO) }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    try? body()
    _exit(0)
  }

  /// A lock lives as long as any copy of its descriptor: the child must keep none of a sweep's.
  private static func closeDescriptors() {
    guard close_range(UInt32(STDERR_FILENO) + 1, .max, 0) != 0 else { return }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var descriptor = STDERR_FILENO + 1
    while rlim_t(descriptor) < limit.rlim_cur {
      close(descriptor)
      descriptor += 1
    }
  }

  private enum End {
    case ended
    case died(String)
    case asleep
    /// Its processor time is over.
    case busy
  }

  private static func wait(for child: pid_t, _ patience: Double) -> End {
    var (status, pause, slept, used) = (0 as Int32, 50 as UInt32, 0.0, -1)
    while true {
      let ended = retrying { waitpid(child, &status, WNOHANG) }
      if ended == child { break }
      if ended < 0 { return .died("its reader was lost") }
      usleep(pause)
      slept += Double(pause) * 1e-6
      pause = min(2 * pause, 5_000)
      guard slept > patience else { continue }
      let (isSleeping, now) = activity(of: child)
      if isSleeping, now == used {
        kill(child, SIGKILL)
        _ = retrying { waitpid(child, &status, 0) }
        return .asleep
      }
      (used, slept) = (now, 0)
    }
    let signal = status & 0x7F
    if signal == 0 { return status >> 8 == 0 ? .ended : .died("its reader failed") }
    return signal == SIGXCPU || signal == SIGKILL ? .busy : .died("reading it crashes HDF5")
  }

  /// Whether a process sleeps, and its processor time in ticks: fields 3, 14 and 15 of `/proc/PID/stat`, counted behind
  /// the name's bracket.
  private static func activity(of process: pid_t) -> (isSleeping: Bool, ticks: Int) {
    guard let file = try? FileDescriptor(opening: "/proc/\(process)/stat", O_RDONLY),
      let bytes = try? file.read(4096, at: 0)
    else { return (false, -1) }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 13 else { return (false, -1) }
    return (fields[0] == "S", (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0))
  }
}

extension HDF5 {
  /// Runs `body` on the library's queue after a ``Rehearsal`` of it: for files that nobody vouches for.
  static func runUntrusted<Result>(
    _ path: String, isSealed: Bool = false, _ body: () throws -> Result
  ) throws -> Result {
    try run {
      if !isSealed { try Rehearsal.run(path) { _ = try body() } }
      return try body()
    }
  }
}
