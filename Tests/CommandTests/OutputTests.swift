import Foundation
import TestSupport
import Testing

/// Files that users name for results: what is there stays what it is, and what cannot be written is said.
@Suite struct OutputTests {
  private let fixture: SweepFixture
  private let results = "results/spirals"

  init() throws {
    fixture = try SweepFixture()
    let file = try fixture.write(SweepFixture.experiment(seeds: 2))
    #expect(try fixture.sweep("run", file).status == 0)
  }

  private func program(_ name: String) -> Command { Command(name, directory: fixture.folder.url) }

  /// Every command that writes a file, by its arguments for one.
  private static let writers: [(program: String, arguments: [String])] = [
    ("sweep", ["merge", "results/spirals", "--force", "--output"]), ("sweep", ["data", "spirals.yaml"]),
    ("summary", ["export", "--csv", "results/spirals"]), ("summary", ["export", "--torch", "results/spirals"]),
    ("summary", ["export", "--onnx", "results/spirals"]),
  ]

  private var temporaries: [String] {
    get throws {
      try FileManager.default.subpathsOfDirectory(atPath: fixture.folder.url.path).filter { $0.hasSuffix(".tmp") }
    }
  }

  private func type(_ path: String) throws -> FileAttributeType? {
    try FileManager.default.attributesOfItem(atPath: fixture.folder.path(path))[.type] as? FileAttributeType
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: fixture.folder.path(path)))
  }

  @Test(arguments: writers.indices)
  func aLinkStaysAndItsTargetIsReplaced(writer: Int) throws {
    let (name, arguments) = Self.writers[writer]
    #expect(try program(name).run(arguments + ["whole"]).status == 0)
    try FileManager.default.createDirectory(atPath: fixture.folder.path("there"), withIntermediateDirectories: true)
    try Data("old".utf8).write(to: URL(fileURLWithPath: fixture.folder.path("there/target")))
    #expect(chmod(fixture.folder.path("there/target"), 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: fixture.folder.path("link"), withDestinationPath: "there/target")
    #expect(try program(name).run(arguments + ["link"]).status == 0)
    #expect(try type("link") == .typeSymbolicLink)
    #expect(try bytes("there/target") == bytes("whole"))
    let mode = try FileManager.default.attributesOfItem(atPath: fixture.folder.path("there/target"))[.posixPermissions]
    #expect(mode as? Int == 0o600)
    #expect(try temporaries.isEmpty)
  }

  @Test(arguments: writers.indices)
  func aFIFOIsWrittenTo(writer: Int) throws {
    let (name, arguments) = Self.writers[writer]
    #expect(try program(name).run(arguments + ["whole"]).status == 0)
    #expect(mkfifo(fixture.folder.path("pipe"), 0o600) == 0)
    let reader = try Command("cat", at: URL(fileURLWithPath: "/bin/sh"), directory: fixture.folder.url)
      .start(["-c", "cat pipe > got"])
    #expect(try program(name).run(arguments + ["pipe"], timeout: 60).status == 0)
    #expect(try reader.wait(timeout: 60).status == 0)
    #expect(try bytes("got") == bytes("whole"))
    var status = stat()
    #expect(lstat(fixture.folder.path("pipe"), &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFIFO)
    #expect(try temporaries.isEmpty)
  }

  @Test(arguments: writers.indices)
  func aDeviceStaysAndAFullOneIsAnError(writer: Int) throws {
    let (name, arguments) = Self.writers[writer]
    let full = try program(name).run(arguments + ["/dev/full"])
    #expect(full.status == 74)
    #expect(full.standardError == "Error: /dev/full: cannot be written: No space left on device\n")
    #expect(try program(name).run(arguments + ["/dev/null"]).status == 0)
    for device in ["/dev/full", "/dev/null"] {
      var status = stat()
      #expect(lstat(device, &status) == 0)
      #expect(status.st_mode & S_IFMT == S_IFCHR)
    }
    #expect(try temporaries.isEmpty)
  }

  @Test(arguments: writers.indices)
  func aLimitOnFilesIsAnErrorAndLeavesNothing(writer: Int) throws {
    let (name, arguments) = Self.writers[writer]
    let result = try program(name).start(arguments + ["file"], through: "ulimit -f 1; exec \"$0\" \"$@\"").wait()
    #expect(result.status == 74)
    #expect(result.standardError == "Error: file: cannot be written: File too large\n")
    #expect(!fixture.exists("file"))
    #expect(try temporaries.isEmpty)
  }

  @Test(arguments: [
    ["merge", "results/spirals"], ["reference"], ["--help"], ["--version"], ["verify", "results/spirals"],
    ["status", "results/spirals"], ["run", "spirals.yaml"],
  ])
  func aFullStandardOutputOfSweep(arguments: [String]) throws {
    let result = try program("sweep").start(arguments, through: "exec \"$0\" \"$@\" > /dev/full").wait()
    #expect(result.status == 74)
    #expect(result.standardError.contains("Error: standard output cannot be written"))
  }

  @Test(arguments: [
    ["results/spirals"], ["--help"], ["--version"], ["results/spirals", "--json"], ["results/spirals", "--csv"],
    ["effects", "results/spirals"], ["results"],
  ])
  func aFullStandardOutputOfSummary(arguments: [String]) throws {
    let result = try program("summary").start(arguments, through: "exec \"$0\" \"$@\" > /dev/full").wait()
    #expect(result.status == 74)
    #expect(result.standardError.contains("No space left on device"))
  }

  @Test(arguments: [
    ("sweep", ["run", "spirals.yaml", "--output", ""]), ("sweep", ["merge", "results/spirals", "--output", ""]),
    ("sweep", ["data", "spirals.yaml", ""]), ("sweep", ["doctor", "--output", ""]),
    ("summary", ["report", "results/spirals", "--output", ""]),
    ("summary", ["report", "results/spirals", "--svg", ""]), ("summary", ["export", "--csv", "results/spirals", ""]),
  ])
  func anEmptyNameIsRefused(name: String, arguments: [String]) throws {
    let result = try program(name).run(arguments)
    #expect(result.status == 64)
    #expect(result.standardError.contains("is empty; accepted: a"))
  }

  @Test func initWhereNothingCanBeMade() throws {
    // A folder that is gone takes no files, whoever asks.
    let shell = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \"$@\""
    let result = try program("sweep").start(["init", "mine"], through: shell).wait()
    #expect(result.status == 73)
    #expect(result.standardError == "Error: mine.yaml: cannot be written: No such file or directory\n")
  }

  @Test func aMergedFileThatIsThereIsKept() throws {
    try Data("mine".utf8).write(to: URL(fileURLWithPath: fixture.folder.path("taken")))
    let result = try fixture.sweep("merge", results, "--output", "taken")
    #expect(result.status == 73)
    #expect(try bytes("taken") == Data("mine".utf8))
    #expect(try temporaries.isEmpty)
  }
}
