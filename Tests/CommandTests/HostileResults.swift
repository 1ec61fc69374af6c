import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// A sweep's results among which someone has put shards that were changed, and files made to harm.
struct HostileResults {
  let fixture: SweepFixture
  let results = "results/spirals"
  /// The shard that the sweep wrote.
  let sound: String
  /// Names of the others in `shards/`, control characters left out.
  let forged: [String]
  /// Those of them with a seal that says that all is well.
  let sealed: [String]
  let identity: TrialIdentity

  init() throws {
    fixture = try SweepFixture()
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    try #require(try fixture.sweep("run", file).status == 0)
    identity = try #require(
      try ResultReader(path: fixture.folder.path(results)).summaries().first { $0.outcome.isRankable }?.identity)
    let shards = fixture.folder.url.appendingPathComponent("\(results)/shards")
    sound = try #require(try FileManager.default.contentsOfDirectory(atPath: shards.path).first)
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../StoreTests/Fixtures")
    let shard = shards.appendingPathComponent(sound).path
    func forge(_ arguments: String...) throws -> [String] {
      let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
      let forging = try Command("env", at: URL(fileURLWithPath: "/usr/bin/env")).run(
        [interpreter, fixtures.appendingPathComponent("forge_shards.py").path, shard] + arguments)
      try #require(forging.status == 0, "\(forging.standardError)")
      return forging.standardOutput.split(separator: "\n").map { "\($0).h5" }
    }
    sealed = try forge(shards.path, "sealed_")
    // Links, external storage, virtual data, huge extents, wrong types, deep nesting, names with control characters.
    let hostile = fixtures.appendingPathComponent("hostile.h5")
    try FileManager.default.copyItem(at: hostile, to: shards.appendingPathComponent("hostile.h5"))
    try Data([0x89] + "HDF\r\n\u{1a}\n".utf8).write(to: shards.appendingPathComponent("\u{1b}[31mred.h5"))
    forged = try forge(shards.path) + sealed + ["hostile.h5", "[31mred.h5"]
  }

  /// An answer or a reason, never a signal; and nothing that drives a terminal.
  func expectCalm(_ result: Command.Result, _ statuses: Int32..., sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(statuses.contains(result.status), "\(result.standardError)", sourceLocation: sourceLocation)
    let text = result.standardOutput + result.standardError
    let driving = text.unicodeScalars.filter { $0.properties.generalCategory == .control && !"\n\t".contains("\($0)") }
    #expect(driving.isEmpty, "\(text.debugDescription)", sourceLocation: sourceLocation)
    #expect(!text.contains("root:"), sourceLocation: sourceLocation)
  }

  func summary(_ arguments: String...) throws -> Command.Result { try summary(arguments) }

  func summary(_ arguments: [String]) throws -> Command.Result {
    try Command("summary", directory: fixture.folder.url).run(arguments)
  }
}
