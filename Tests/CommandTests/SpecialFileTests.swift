import Foundation
import Store
import TestSupport
import Testing

/// Files that are not what they seem: links and pipes, temporaries of the living and of users; and folders that are shared.
@Suite struct SpecialFileTests {
  private let fixture: SweepFixture

  init() throws {
    fixture = try SweepFixture()
    _ = try fixture.write(SweepFixture.experiment(seeds: 1).replacing("epochs: 20", with: "epochs: 2"))
  }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: fixture.folder.url.appendingPathComponent(name))
  }

  private func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: fixture.folder.path(name))
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test func aLinkInThePlaceOfTheLockIsRefused() throws {
    #expect(try fixture.sweep("run", "spirals.yaml").status == 0)
    try write("a letter", "letter")
    let lock = fixture.folder.path("results/spirals/lock")
    try FileManager.default.removeItem(atPath: lock)
    #expect(symlink(fixture.folder.path("letter"), lock) == 0)
    let commands = [
      ["run", "spirals.yaml"], ["verify", "results/spirals"], ["verify", "--repair", "results/spirals"],
    ]
    for arguments in commands {
      let result = try fixture.command().run(arguments)
      #expect(result.status == 65, "\(arguments)")
      #expect((result.standardError + result.standardOutput).contains("a symbolic link"), "\(arguments)")
    }
    #expect(try String(contentsOf: fixture.folder.url.appendingPathComponent("letter"), encoding: .utf8) == "a letter")
  }

  @Test func aPipeInThePlaceOfTheLockIsRefused() throws {
    #expect(try fixture.sweep("run", "spirals.yaml").status == 0)
    let lock = fixture.folder.path("results/spirals/lock")
    try FileManager.default.removeItem(atPath: lock)
    #expect(mkfifo(lock, 0o600) == 0)
    for arguments in [["run", "spirals.yaml"], ["verify", "results/spirals"], ["status", "results/spirals"]] {
      let result = try fixture.command().run(arguments)
      #expect(result.status == 65, "\(arguments)")
      #expect((result.standardError + result.standardOutput).contains("a pipe or a device"), "\(arguments)")
    }
    #expect(try Command("summary", directory: fixture.folder.url).run(["results/spirals"]).status == 0)
  }

  @Test(arguments: ["{csv: {path: data, target: y}}", "{idx: {images: data, labels: data}}"])
  func aPipeInThePlaceOfDataIsRefused(source: String) throws {
    #expect(mkfifo(fixture.folder.path("data"), 0o600) == 0)
    let text = SweepFixture.experiment(seeds: 1)
      .replacing("{spirals: {samples: 600, classes: 3}}", with: source)
    _ = try fixture.write(text, to: "piped.yaml")
    let result = try fixture.sweep("run", "piped.yaml")
    #expect(result.status == 66, "\(result.standardError)")
    #expect(result.standardError.contains("is not a regular file"), "\(result.standardError)")
  }

  /// Whatever it waits for while nothing is trained yet, a signal ends it.
  @Test func aSignalEndsASweepThatReadsItsExperiment() throws {
    #expect(mkfifo(fixture.folder.path("pipe.yaml"), 0o600) == 0)
    let running = try fixture.command().start(["run", "pipe.yaml"])
    running.send(signal: SIGTERM)
    #expect(try running.wait().status == 128 + SIGTERM)
  }

  @Test func onlyTemporariesThatNobodyHoldsAreRemoved() throws {
    #expect(try fixture.sweep("run", "spirals.yaml").status == 0)
    let abandoned = [
      "shards/x.h5.host-1-2-3.tmp", "journal/a-1-b-2.journal.host-1-2-3.tmp", "report.html.host-12-ab-3.tmp",
      "../.ravine.host-1-2-3.tmp",
    ].map { "results/spirals/\($0)" }
    let kept = [
      "mine.tmp", "notes.txt.tmp", "shards/copy.h5.tmp", "x.host-1-2.tmp", "../other.h5.host-1-2-3.tmp",
      "report.html.host-9-9-9.tmp",
    ].map { "results/spirals/\($0)" }
    for name in abandoned + kept { try write("half", name) }
    // A report that is being written.
    let living = open(fixture.folder.path("results/spirals/report.html.host-9-9-9.tmp"), O_RDWR | O_CLOEXEC)
    defer { close(living) }
    #expect(living >= 0 && flock(living, LOCK_EX | LOCK_NB) == 0)
    let verified = try fixture.sweep("verify", "results/spirals").standardOutput
    #expect(verified.contains(/temporary +4 .* 1 in use, 3 left over/), "\(verified)")

    #expect(try fixture.sweep("run", "spirals.yaml").status == 0)
    for name in abandoned { #expect(!fixture.exists(name), "\(name)") }
    for name in kept { #expect(fixture.exists(name), "\(name)") }
  }

  @Test func whatAKilledMergeLeavesTheNextOneRemoves() throws {
    #expect(try fixture.command(["RAVINE_FAULT": "journal-written:5"]).run(["run", "spirals.yaml"]).status == 137)
    func temporaries() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("results"))
        .filter { $0.hasSuffix(".tmp") }
    }
    let merge = ["merge", "results/spirals"]
    #expect(try fixture.command(["RAVINE_FAULT": "output-synced"]).run(merge).status == 137)
    // The merged file, and the runs of the journal as a shard.
    #expect(try temporaries().count == 2)
    #expect(try fixture.command().run(merge).status == 0)
    #expect(try temporaries() == [])
    #expect(try fixture.command(["RAVINE_FAULT": "output-synced"]).run(merge + ["--force"]).status == 137)
    #expect(try temporaries().count == 2)
    #expect(try fixture.sweep("run", "spirals.yaml").status == 0)
    #expect(try temporaries() == [])
  }

  @Test(arguments: [("002", 0o664, 0o775), ("077", 0o600, 0o700)])
  func theUmaskSaysWhoMayRead(umask: String, file: Int, folder: Int) throws {
    let shell = "umask \(umask); exec \"$0\" \"$@\""
    let killed = fixture.command(["RAVINE_FAULT": "journal-written:3"])
    #expect(try killed.start(["run", "spirals.yaml"], through: shell).wait().status == 137)
    let journals = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("results/spirals/journal"))
    for name in journals { #expect(try mode("results/spirals/journal/\(name)") == file) }
    #expect(journals.count == 1)
    #expect(try fixture.command().start(["run", "spirals.yaml"], through: shell).wait().status == 0)
    #expect(try fixture.command().start(["merge", "results/spirals"], through: shell).wait().status == 0)
    for name in ["sweep.json", "test.json", "lock", "../spirals.h5"] {
      #expect(try mode("results/spirals/\(name)") == file, "\(name)")
    }
    let shards = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("results/spirals/shards"))
    for name in shards { #expect(try mode("results/spirals/shards/\(name)") == file) }
    for name in ["results", "results/spirals", "results/spirals/shards", "results/spirals/journal"] {
      #expect(try mode(name) == folder, "\(name)")
    }
  }
}
