import Experiments
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Reading that would end the process ends a copy of it.
@Suite struct RehearsalTests {
  private func rehearse(patience: Double = 15, _ body: @escaping @Sendable () throws -> Void) throws {
    try HDF5.run { try Rehearsal.run("some.h5", patience: patience, body) }
  }

  /// One byte more in a file, from whichever process.
  private static func leaveMark(_ path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    _ = write(file, "x", 1)
    close(file)
  }

  private func marks(_ path: String) -> Int { FileManager.default.contents(atPath: path)?.count ?? 0 }

  @Test func whatEndsWellIsRunAgainHere() throws {
    // The child's memory is its own.
    let counter = try TemporaryDirectory()
    try rehearse { try Data("x".utf8).write(to: URL(fileURLWithPath: counter.path("child"))) }
    #expect(FileManager.default.fileExists(atPath: counter.path("child")))
    try rehearse { throw StoreError.damaged(path: "", reason: "said again by the parent") }
    let value = try HDF5.runUntrusted("some.h5") { 7 }
    #expect(value == 7)
  }

  @Test(arguments: [SIGSEGV, SIGABRT, SIGBUS]) func aCrashIsARefusal(signal: Int32) throws {
    let error = #expect(throws: HDF5Error.self) { try rehearse { kill(getpid(), signal) } }
    #expect("\(error!)" == "some.h5: reading: reading it crashes HDF5: it is damaged, or made to do harm")
  }

  /// The limit on processor time ends it so, twice: a fork may leave one child with a global that is never made.
  @Test(arguments: [SIGXCPU, SIGKILL]) func whatDoesNotEndIsMadeAnewThenRefused(signal: Int32) throws {
    let folder = try TemporaryDirectory()
    let begun = folder.path("begun")
    let error = #expect(throws: HDF5Error.self) {
      try rehearse {
        Self.leaveMark(begun)
        kill(getpid(), signal)
      }
    }
    #expect("\(error!)".contains("reading it does not end"))
    #expect(marks(begun) == 2)
    // Only the first one.
    try rehearse {
      Self.leaveMark(begun)
      if FileManager.default.contents(atPath: begun)?.count == 3 { kill(getpid(), signal) }
    }
    #expect(marks(begun) == 4)
  }

  /// Another thread is making a global when the child is made, which needs it too: nobody makes it in the child, whose
  /// processor time ends, and the next child finds it made.
  @Test func aGlobalThatIsBeingMadeIsWaitedFor() throws {
    let folder = try TemporaryDirectory()
    let begun = folder.path("begun")
    SlowGlobal.begun.withLock { $0 = begun }
    Thread { _ = SlowGlobal.value }.start()
    while !SlowGlobal.isBeingMade.load(ordering: .acquiring) { usleep(100) }
    try rehearse {
      Self.leaveMark(begun)
      // Less than a reader has, which is the test's time too.
      var limit = rlimit(rlim_cur: 1, rlim_max: 1)
      setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
      if SlowGlobal.value != 7 { abort() }
    }
    #expect(marks(begun) == 2)
  }

  private enum SlowGlobal {
    static let isBeingMade = Atomic(false)
    /// The path of the first child's mark.
    static let begun = Mutex("")
    /// Is not made before there is a child.
    static let value: Int = {
      isBeingMade.store(true, ordering: .releasing)
      let path = begun.withLock { $0 }
      while !FileManager.default.fileExists(atPath: path) { usleep(100) }
      return 7
    }()
  }

  /// Whatever a sweep holds, its copy holds none of it.
  @Test func noDescriptorIsKept() throws {
    let folder = try TemporaryDirectory()
    let lock = open(folder.path("lock"), O_RDWR | O_CREAT, 0o600)
    defer { close(lock) }
    var held = stat()
    try #require(fstat(lock, &held) == 0)
    let inode = held.st_ino
    try rehearse {
      // The number may be that of another file by now.
      var kept = stat()
      if fstat(lock, &kept) == 0, kept.st_ino == inode { abort() }
    }
  }

  /// As someone stops a program, or a machine does for want of memory: five times as long as the reader may sleep.
  @Test func aReaderThatIsStoppedGoesOn() throws {
    let folder = try TemporaryDirectory()
    let (begun, done) = (folder.path("begun"), folder.path("done"))
    try rehearse(patience: 0.2) {
      Self.leaveMark(begun)
      let reader = getpid()
      if fork() == 0 {
        usleep(1_000_000)
        kill(reader, SIGCONT)
        _exit(0)
      }
      kill(reader, SIGSTOP)
      Self.leaveMark(done)
    }
    #expect(marks(begun) == 1 && marks(done) == 1)
  }

  @Test func aReaderThatSleepsIsMadeAnewThenRefused() throws {
    let folder = try TemporaryDirectory()
    let begun = folder.path("begun")
    let error = #expect(throws: HDF5Error.self) {
      try rehearse(patience: 0.2) {
        Self.leaveMark(begun)
        while true { pause() }
      }
    }
    #expect("\(error!)".contains("reading it does not end"))
    #expect(marks(begun) == 3)
    // Only the first one sleeps.
    try rehearse(patience: 0.2) {
      Self.leaveMark(begun)
      if FileManager.default.contents(atPath: begun)?.count == 4 { while true { pause() } }
    }
    #expect(marks(begun) == 5)
  }

  /// Metadata with changed bytes, under no seal: HDF5 1.10 itself does not survive some of them.
  @Test func changedMetadataNeverEndTheProcess() throws {
    let folder = try TemporaryDirectory()
    let shard = folder.path("shard.h5")
    try writeShard((0..<3).map { Sample.record($0, epochs: 1) }, to: shard)
    let whole = try Data(contentsOf: URL(fileURLWithPath: shard))
    let length = try #require(try Seal.verify(FileDescriptor(opening: shard, O_RDONLY))).length
    var refused = 0
    for index in 0..<60 {
      var data = whole.prefix(length)
      data[(index * 7919 + 96) % length] ^= 0xFF
      data[(index * 104_729 + 8) % length] = 0xFF
      let changed = folder.path("changed.h5")
      try data.write(to: URL(fileURLWithPath: changed))
      do {
        _ = try ResultReader(path: changed).summaries()
      } catch {
        refused += 1
      }
      do {
        for dataset in try HDF5File.open(path: changed).datasets() {
          _ = try? HDF5File.open(path: changed).readNumbers(name: dataset.name, as: Double.self)
          if index % 6 > 0 { break }
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }
}
