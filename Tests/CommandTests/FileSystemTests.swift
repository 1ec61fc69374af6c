import Foundation
import Store
import TestSupport
import Testing

/// File systems that are no local disk: their rules in front of the system's calls, and a real one where it can be mounted.
@Suite struct FileSystemTests {
  private let faults: FaultFixture

  init() throws { faults = try FaultFixture(seeds: 4) }

  private static let nfs = "lock-needs-write,no-noreplace,lost-answers"

  private func under(_ rules: String) throws -> [String: String?] {
    ["LD_PRELOAD": try Shim.library("filesystem"), "RAVINE_FILE_SYSTEM": rules]
  }

  /// A sweep that is killed and goes on, and everything that looks at its results or changes them.
  private func expectAllWorks(in folder: URL, _ environment: [String: String?], _ comment: String) throws {
    func sweep(_ arguments: [String], status: Int32 = 0, fault: String? = nil) throws -> Command.Result {
      let environment = environment.merging(fault.map { ["RAVINE_FAULT": $0] } ?? [:]) { $1 }
      let result = try faults.fixture.command(environment).run(arguments)
      #expect(result.status == status, "\(comment): \(arguments): \(result.standardError)")
      return result
    }
    let results = folder.appendingPathComponent("results").path
    let run = ["run", "spirals.yaml", "--workers", "2", "--output", results]
    _ = try sweep(run, status: 137, fault: "journal-written:13")
    _ = try sweep(["verify", "\(results)/spirals"])
    _ = try sweep(["status", "\(results)/spirals"])
    _ = try sweep(run, status: 137, fault: "journal-written:9")
    let resumed = try sweep(run)
    #expect(resumed.standardError.contains("recorded already"), "\(comment)")
    try faults.compare(comment, at: "\(results)/spirals")
    let ranked = try Command("summary", environment: environment, directory: folder)
      .run(["\(results)/spirals", "--json"])
    #expect(ranked.status == 0, "\(comment): \(ranked.standardError)")
    #expect(try sweep(["verify", "\(results)/spirals", "--repair"]).standardOutput.contains("Nothing is damaged."))
    _ = try sweep(["merge", "\(results)/spirals", "--output", "\(results)/merged.h5"])
    _ = try sweep(["merge", "\(results)/spirals", "--output", "\(results)/merged.h5"], status: 73)
    _ = try sweep(["merge", "\(results)/spirals", "--output", "\(results)/merged.h5", "--force"])
    #expect(try ResultReader(path: "\(results)/merged.h5").summaries().count == faults.runs, "\(comment)")
    _ = try sweep(["merge", "--compact", "\(results)/spirals"])
    try faults.compare(comment, at: "\(results)/spirals")
  }

  @Test(arguments: [
    nfs, "lock-needs-write", "no-links", "no-links,no-noreplace", "no-links,no-noreplace,no-directory-sync",
    "journals-are-locked",
  ])
  func aSweepIsKeptUnderTheRules(of rules: String) throws {
    try expectAllWorks(in: faults.fixture.folder.url, try under(rules), rules)
  }

  /// Both have no links, and exFAT's server for FUSE has no rename that replaces nothing. Where one cannot be mounted its
  /// rules stand for it.
  @Test(arguments: [
    ("exFAT over FUSE", "mkfs.exfat", "mount.exfat-fuse", "no-links,no-noreplace"),
    ("vfat", "mkfs.vfat", "mount -t vfat", "no-links"),
  ])
  func aSweepIsKeptOnADiskImage(name: String, make: String, mount: String, rules: String) throws {
    let folder = faults.fixture.folder
    let (image, mounted) = (folder.path("image"), folder.path("mounted"))
    let script = """
      set -e
      truncate --size 64M '\(image)'
      \(make) '\(image)'
      mkdir '\(mounted)'
      device=$(losetup --find --show '\(image)')
      \(mount) "$device" '\(mounted)' || { losetup --detach "$device"; exit 1; }
      """
    guard shell(script) == 0 else {
      return try expectAllWorks(in: folder.url, under(rules), "in the place of \(name)")
    }
    defer {
      _ = shell("umount '\(mounted)'; losetup --detach \"$(losetup --associated '\(image)' | cut -d : -f 1)\"")
    }
    try Data().write(to: URL(fileURLWithPath: "\(mounted)/first"))
    #expect(link("\(mounted)/first", "\(mounted)/second") != 0 && errno == EPERM)
    try expectAllWorks(in: URL(fileURLWithPath: mounted), [:], name)
  }

  /// Runs a line of shell by the C library: Foundation's `Process` waits for every child that has its descriptors, and a
  /// file system's server has them as long as it is mounted.
  private func shell(_ line: String) -> Int32 { system("(\(line)\n) >/dev/null 2>&1") }

  @Test(arguments: [
    ("no-locks", "flock: No locks available"), ("no-links,no-rename", "rename: Operation not permitted"),
  ])
  func whatCannotKeepASweepIsRefusedBeforeItTrains(rules: String, reason: String) throws {
    let refused = try faults.start(under(rules)).wait()
    #expect(refused.status == 73)
    #expect(
      refused.standardError.contains("no sweep can be kept there: its file system refuses \(reason)"),
      "\(refused.standardError)")
    #expect(faults.identities.isEmpty && !faults.fixture.exists("results/spirals/sweep.json"))
    let shards = faults.fixture.folder.path("results/spirals/shards")
    #expect(try FileManager.default.contentsOfDirectory(atPath: shards) == [])
    try faults.finishAndCompare(rules)
  }

  @Test func resultsAreReadWithoutLocks() throws {
    #expect(try faults.start(["RAVINE_FAULT": "journal-written:13"]).wait().status == 137)
    for arguments in [["verify", "results/spirals"], ["status", "results/spirals"], ["merge", "results/spirals"]] {
      let result = try faults.fixture.command(under("no-locks")).run(arguments)
      #expect(result.status == 0, "\(arguments): \(result.standardError)")
    }
    let ranked = try Command("summary", environment: under("no-locks"), directory: faults.fixture.folder.url)
      .run(["results/spirals"])
    #expect(ranked.status == 0, "\(ranked.standardError)")
  }

  @Test func verifyGoesOnWhereAJournalBecomesAShard() throws {
    #expect(try faults.start(["RAVINE_FAULT": "journal-written:13"]).wait().status == 137)
    let verified = try faults.fixture.command(under("journals-vanish")).run(["verify", "results/spirals"])
    #expect(verified.status == 0, "\(verified.standardError)")
    #expect(verified.standardOutput.hasPrefix("results/spirals: 13 runs\n"))
  }
}
