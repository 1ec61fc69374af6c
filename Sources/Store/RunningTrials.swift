import Experiments
import Glibc
import Synchronization

/// Which trials a process is training now, kept where it outlives the process: after a crash the next sweep knows which
/// trials were under way.
///
/// `running/NAME.slots` is mapped into memory, so that a trial that begins costs no call of the system. A process that
/// ends, or is killed, leaves nothing that counts; one that crashes has its signal written by the handler of that signal.
/// All of the trials that were under way are suspects then: they are trained after all others, one at a time, and the one
/// that was alone in another crash is set aside.
public final class RunningTrials: Sendable {
  /// How many crashes a trial may be in before it is not tried any more.
  public static let maximumCrashes = 2

  private let map: Map
  private let free: Mutex<[Int]>
  private let descriptor: FileDescriptor

  /// Bytes of the mapped file: a magic number, the signal of a crash, then an identity for each worker, zero where idle.
  private struct Map: @unchecked Sendable {
    // @unchecked: each slot has one owner, the mutex hands them out.
    let start: UnsafeMutableRawPointer
    let length: Int
  }

  static let magic = Array("RVNRUN1\0".utf8)
  static let headerLength = 16
  static let slotLength = 16
  static let suffix = ".slots"

  /// Begins to keep what this process trains. Throws ``StoreError/system``.
  public init(directory path: String, workers: Int) throws {
    let directory = ResultDirectory(path)
    try Files.makeDirectory(directory.running)
    let file = try FileDescriptor(
      opening: "\(directory.running)/\(UniqueName.next())\(Self.suffix)", O_RDWR | O_CREAT | O_EXCL)
    guard try file.tryLock() else { throw StoreError.locked(directory: file.path, holder: "an unknown process") }
    let length = Self.headerLength + max(1, workers) * Self.slotLength
    try file.write(Self.magic + [UInt8](repeating: 0, count: length - Self.magic.count))
    map = Map(start: try file.map(length), length: length)
    free = Mutex(Array(0..<max(1, workers)))
    descriptor = file
    CrashHandler.install(noting: map.start + Self.magic.count)
  }

  deinit {
    CrashHandler.forget(map.start + Self.magic.count)
    munmap(map.start, map.length)
    // The process lives: nothing crashed.
    unlink(descriptor.path)
  }

  /// Notes that a trial is under way while `body` runs.
  public func during<Value>(_ identity: TrialIdentity, _ body: () -> Value) -> Value {
    guard let slot = free.withLock({ $0.popLast() }) else { return body() }
    let place = map.start + Self.headerLength + slot * Self.slotLength
    place.storeBytes(of: identity.high, as: UInt64.self)
    place.storeBytes(of: identity.low, toByteOffset: 8, as: UInt64.self)
    FaultPoint.trialCrash.crash()
    defer {
      memset(place, 0, Self.slotLength)
      free.withLock { $0.append(slot) }
    }
    return body()
  }
}

extension RunningTrials {
  /// What crashes left.
  public struct Crashes: Sendable {
    /// Of each trial that was under way in a crash.
    public fileprivate(set) var trials: [TrialIdentity: Trial] = [:]

    public struct Trial: Hashable, Sendable {
      /// Crashes in which it was under way.
      public var count = 0
      /// Those of them in which no other was.
      public var alone = 0
      /// Of the last one.
      public var signal: Int32 = 0

      /// Whether it is not tried any more.
      public var isSetAside: Bool { alone > 0 && count >= RunningTrials.maximumCrashes }
    }
  }

  /// Reads what earlier processes left, and removes what says nothing any more: of processes that did not crash, and of
  /// trials that are done since.
  public static func crashes(directory path: String, done: Set<TrialIdentity>) throws -> Crashes {
    let directory = ResultDirectory(path)
    var crashes = Crashes()
    for name in try Files.names(in: directory.running, suffix: suffix) {
      let path = "\(directory.running)/\(name)"
      let file: FileDescriptor
      do {
        // For writing, since NFS locks nothing else.
        file = try FileDescriptor(opening: path, O_RDWR | O_NONBLOCK)
      } catch StoreError.system("open", _, ENOENT) {
        continue
      }
      // Its process lives.
      guard try file.isRegularFile(), try file.tryLock() else { continue }
      let (signal, running) = parse(try file.read(1 << 20, at: 0))
      guard signal != 0, running.contains(where: { !done.contains($0) }) else {
        try Files.remove(path)
        continue
      }
      for identity in running {
        var trial = crashes.trials[identity] ?? .init()
        trial.count += 1
        trial.alone += running.count == 1 ? 1 : 0
        trial.signal = signal
        crashes.trials[identity] = trial
      }
    }
    return crashes
  }

  private static func parse(_ bytes: [UInt8]) -> (signal: Int32, running: [TrialIdentity]) {
    guard bytes.starts(with: magic), bytes.count >= headerLength else { return (0, []) }
    return bytes.withUnsafeBytes { bytes in
      let identities = stride(from: headerLength, through: bytes.count - slotLength, by: slotLength).map { offset in
        TrialIdentity(
          high: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
          low: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
      }
      return (
        bytes.loadUnaligned(fromByteOffset: magic.count, as: Int32.self),
        identities.filter { $0.high != 0 || $0.low != 0 }
      )
    }
  }
}

extension ResultDirectory {
  /// What processes are training, or were when they crashed.
  var running: String { path + "/running" }
}

/// Notes the signal of a crash at an address, and lets the process end as it would have.
private enum CrashHandler {
  // nonisolated(unsafe): a handler of a signal can take no lock; it reads words that were set before.
  nonisolated(unsafe) private static var place: UnsafeMutableRawPointer?
  nonisolated(unsafe) private static var owner: pid_t = 0
  nonisolated(unsafe) private static let earlier = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
  private static let isInstalled = Mutex(false)

  static func install(noting place: UnsafeMutableRawPointer) {
    self.place = place
    owner = getpid()
    let isFirst = isInstalled.withLock { installed in
      defer { installed = true }
      return !installed
    }
    guard isFirst else { return }
    for number in [SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP] {
      var action = sigaction()
      action.sa_flags = SA_SIGINFO | SA_NODEFER
      action.__sigaction_handler.sa_sigaction = { number, information, _ in
        let code = information?.pointee.si_code ?? 0
        // What another process sends says nothing of the trial, and a copy of this process is not it.
        let isOwn = code > 0 || information?.pointee._sifields._kill.si_pid == CrashHandler.owner
        if isOwn, getpid() == CrashHandler.owner { CrashHandler.place?.storeBytes(of: number, as: Int32.self) }
        sigaction(number, CrashHandler.earlier + Int(number), nil)
        // A fault comes again by itself, as the instruction is tried again; a signal that was sent does not.
        guard code <= 0 else { return }
        raise(number)
        // Swift's backtrace leaves the end to the fault, which a signal that was sent is not.
        signal(number, SIG_DFL)
        raise(number)
      }
      sigaction(number, &action, earlier + Int(number))
    }
  }

  static func forget(_ place: UnsafeMutableRawPointer) {
    if self.place == place { self.place = nil }
  }
}
