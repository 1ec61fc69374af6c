import Foundation
import Store
import TestSupport
import Testing

/// The commands on a sweep's results among which someone has put shards that were changed, and files made to harm.
@Suite struct HostileResultsTests {
  private let fixture: SweepFixture
  private let results = "results/spirals"
  private let sound: String
  private let forged: [String]

  init() throws {
    fixture = try SweepFixture()
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    try #require(try fixture.sweep("run", file).status == 0)
    let shards = fixture.folder.url.appendingPathComponent("\(results)/shards")
    sound = try #require(try FileManager.default.contentsOfDirectory(atPath: shards.path).first)
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../StoreTests/Fixtures")
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    let forging = try Command("env", at: URL(fileURLWithPath: "/usr/bin/env")).run([
      interpreter, fixtures.appendingPathComponent("forge_shards.py").path,
      shards.appendingPathComponent(sound).path, shards.path,
    ])
    try #require(forging.status == 0, "\(forging.standardError)")
    // Links, external storage, virtual data, huge extents, wrong types, deep nesting, names with control characters.
    try FileManager.default.copyItem(
      at: fixtures.appendingPathComponent("hostile.h5"), to: shards.appendingPathComponent("hostile.h5"))
    try Data([0x89] + "HDF\r\n\u{1a}\n".utf8).write(to: shards.appendingPathComponent("\u{1b}[31mred.h5"))
    forged = forging.standardOutput.split(separator: "\n").map { "\($0).h5" } + ["hostile.h5", "[31mred.h5"]
  }

  /// An answer or a reason, never a signal; and nothing that drives a terminal.
  private func expectCalm(_ result: Command.Result, _ statuses: Int32...) {
    #expect(statuses.contains(result.status), "\(result.standardError)")
    let text = result.standardOutput + result.standardError
    #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" })
    #expect(!text.contains("root:"))
  }

  private func summary(_ arguments: String...) throws -> Command.Result {
    try Command("summary", directory: fixture.folder.url).run(arguments)
  }

  @Test func soundRunsAreRanked() throws {
    let ranking = try summary(results)
    expectCalm(ranking, 0)
    #expect(ranking.standardOutput.contains("8 runs"))
    for name in forged { #expect(ranking.standardError.contains(name), "\(name)") }
    expectCalm(try summary("report", results, "--output", "report.html"), 0)
    expectCalm(try summary("effects", results), 0, 65)
  }

  @Test func everyForgeryIsNamed() throws {
    let verification = try fixture.sweep("verify", results)
    expectCalm(verification, 65)
    for name in forged { #expect((verification.standardOutput + verification.standardError).contains(name), "\(name)") }
    let merging = try fixture.sweep("merge", results)
    expectCalm(merging, 65)
    #expect(!fixture.exists("\(results).h5"))
  }

  @Test func theyAreSetAside() throws {
    expectCalm(try fixture.sweep("verify", results, "--repair"), 0, 65)
    expectCalm(try fixture.sweep("verify", results), 0)
    #expect(try fixture.records(results).count == 8)
  }

  @Test func theSweepGoesOnWithoutThem() throws {
    let path = "\(results)/shards/\(sound)"
    let before = try Data(contentsOf: fixture.folder.url.appendingPathComponent(path))
    let resumed = try fixture.sweep("run", "spirals.yaml")
    expectCalm(resumed, 0)
    #expect(try Data(contentsOf: fixture.folder.url.appendingPathComponent(path)) == before)
    let kept = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("\(results)/quarantine"))
    #expect(kept.count == forged.count)
    #expect(try fixture.records(results).count == 8)
    let whole = try fixture.sweep("verify", results)
    expectCalm(whole, 0)
    #expect(whole.standardOutput.hasSuffix("Nothing is damaged.\n"))
  }
}
