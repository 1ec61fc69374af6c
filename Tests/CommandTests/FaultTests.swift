import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// What the system refuses: full disks, folders that are read-only or vanish, clocks that step back.
@Suite struct FaultTests {
  private let faults: FaultFixture
  private var folder: URL { faults.fixture.folder.url }

  init() throws { faults = try FaultFixture(seeds: 66) }

  /// Files may have so many blocks of 512 bytes: first the manifest is too large, then journals, then shards.
  @Test func aFullDiskIsSaidAndLosesNothing() throws {
    for blocks in [1, 20, 100, 400, 700, 900] {
      faults.removeResults()
      let full = try faults.start(through: "ulimit -f \(blocks); exec \"$0\" \"$@\"").wait()
      #expect(full.status == 74, "\(blocks) blocks: \(full.standardError)")
      #expect(full.standardError.contains("File too large (errno 27)"), "\(blocks) blocks: \(full.standardError)")
      let kept = faults.identities.count
      #expect((kept > 0) == (blocks > 1), "\(blocks) blocks: \(kept)")
      try faults.finishAndCompare("\(blocks) blocks")
    }
  }

  /// Root may write anywhere, so it runs without that privilege.
  @Test func aReadOnlyFolderIsSaid() throws {
    let shell = """
      if [ "$(id -u)" = 0 ]; then
        exec setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-dac_override,-dac_read_search "$0" "$@"
      fi
      exec "$0" "$@"
      """
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("results"), withIntermediateDirectories: true)
    try setMode(0o555, "results")
    let fresh = try faults.start(through: shell).wait()
    #expect(fresh.status == 73)
    #expect(fresh.standardError == "Error: results/spirals: mkdir failed: Permission denied (errno 13)\n")
    try setMode(0o755, "results")

    for part in ["results/spirals/shards", "results/spirals/journal", "results/spirals"] {
      faults.removeResults()
      #expect(try faults.start(["RAVINE_FAULT": "journal-written:50"]).wait().status == 137)
      try setMode(0o555, part)
      let stopped = try faults.start(through: shell).wait()
      #expect(stopped.status == 74, "\(part): \(stopped.standardError)")
      #expect(stopped.standardError.contains("Permission denied"), "\(part): \(stopped.standardError)")
      #expect(faults.identities.count >= 50)
      // Reading asks for no more.
      let read = try Command("summary", directory: folder).start(["results/spirals"], through: shell).wait()
      #expect(read.status == 0, "\(read.standardError)")
      #expect(try faults.fixture.command().start(["verify", "results/spirals"], through: shell).wait().status == 0)
      try setMode(0o755, part)
      try faults.finishAndCompare(part)
    }
  }

  private func setMode(_ mode: Int, _ name: String) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: folder.appendingPathComponent(name).path)
  }

  @Test(arguments: ["results/spirals", "results/spirals/journal", "results/spirals/shards"])
  func aFolderThatVanishesIsSaid(part: String) throws {
    // Long enough that the folder goes in the middle of it.
    let running = try faults.start([:], "--set", "epochs=60")
    while running.isRunning, faults.fixture.recordedRuns("results/spirals") < 3 { usleep(500) }
    try FileManager.default.removeItem(at: folder.appendingPathComponent(part))
    let result = try running.wait()
    #expect(result.status == 74, "\(result.standardError)")
    #expect(result.standardError.contains("was removed while") || result.standardError.contains("No such file"))
    faults.removeResults()
    try faults.finishAndCompare()
  }

  /// A clock that each look at it finds earlier, by hours: preloaded before the system's.
  @Test func aClockThatStepsBackChangesNothing() throws {
    let source = folder.appendingPathComponent("clock.c")
    try """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <sys/time.h>
    #include <time.h>
    static long step(void) { static long hours; return 3600 * __atomic_add_fetch(&hours, 1, __ATOMIC_RELAXED); }
    int clock_gettime(clockid_t clock, struct timespec *now) {
      int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
      int status = real(clock, now);
      if (clock == CLOCK_REALTIME) now->tv_sec -= step();
      return status;
    }
    int gettimeofday(struct timeval *now, void *zone) {
      int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
      int status = real(now, zone);
      now->tv_sec -= step();
      return status;
    }
    """.write(to: source, atomically: true, encoding: .utf8)
    let library = folder.appendingPathComponent("clock.so").path
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["clang", "-shared", "-fPIC", "-o", library, source.path, "-ldl"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)

    let backwards = ["LD_PRELOAD": library]
    #expect(try faults.start(["LD_PRELOAD": library, "RAVINE_FAULT": "journal-written:40"]).wait().status == 137)
    let first = try ResultReader(path: faults.fixture.folder.path("results/spirals")).manifest.created
    #expect(first < Date().formatted(.iso8601))
    // And what is on disk comes from the future.
    for name in ["sweep.json", "lock"] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: 1e8)],
        ofItemAtPath: folder.appendingPathComponent("results/spirals/\(name)").path)
    }
    let result = try faults.start(backwards).wait()
    #expect(result.status == 0, "\(result.standardError)")
    try faults.compare()
  }
}
