import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// Drives the built `sweep merge` and `sweep verify` as a user does.
@Suite struct MergeVerifyTests {
  private let fixture: SweepFixture
  private let results = "results/spirals"

  init() throws {
    fixture = try SweepFixture()
    let file = try fixture.write(SweepFixture.experiment(seeds: 2))
    let result = try fixture.sweep("run", file, "--set", "seed=0")
    try #require(result.status == 0, "\(result.standardError)")
    #expect(try fixture.sweep("run", file).status == 0)
  }

  private func summary(_ path: String) throws -> Command.Result {
    try Command("summary", directory: fixture.folder.url).run([path])
  }

  private var shards: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("\(results)/shards")) }
  }

  @Test func oneFileSaysWhatTheDirectorySays() throws {
    let merged = try fixture.sweep("merge", results)
    #expect(merged.status == 0 && merged.standardError == "")
    #expect(merged.standardOutput.hasPrefix("16 runs of 2 files into results/spirals.h5, "))
    #expect(try summary("results/spirals.h5").standardOutput == summary(results).standardOutput)
    #expect(
      try fixture.records("results/spirals.h5").map(BitPattern.init) == fixture.records(results).map(BitPattern.init))

    let again = try fixture.sweep("merge", results)
    #expect(again.status == 73)
    #expect(
      again.standardError
        == "Error: results/spirals.h5: is there already; --force replaces it, --output takes another name\n")
    #expect(try fixture.sweep("merge", results, "--force").status == 0)
    #expect(try fixture.sweep("merge", results, "--output", "other.h5").status == 0)
    #expect(try fixture.sweep("verify", "other.h5").status == 0)
    #expect(try fixture.sweep("merge", "nowhere").status == 66)
    #expect(try fixture.sweep("merge", results, "--compact", "--force").status == 64)
  }

  @Test func smallShardsAreJoined() throws {
    let before = try fixture.records(results).map(BitPattern.init)
    #expect(try shards.count == 2)
    let result = try fixture.sweep("merge", results, "--compact")
    #expect(result.status == 0 && result.standardOutput.hasPrefix("16 runs of 2 files into 1 shard, "))
    #expect(try shards.count == 1)
    #expect(try fixture.records(results).map(BitPattern.init) == before)
    let again = try fixture.sweep("merge", results, "--compact")
    #expect(again.status == 0 && again.standardOutput == "No two shards are small enough to be joined.\n")
  }

  @Test func damageIsFoundAndMended() throws {
    let whole = try fixture.sweep("verify", results)
    #expect(whole.status == 0)
    #expect(whole.standardOutput.hasPrefix("results/spirals: 16 runs\n"))
    #expect(whole.standardOutput.hasSuffix("Nothing is damaged.\n"))
    let before = try fixture.records(results).map(BitPattern.init)
    let shard = fixture.folder.url.appendingPathComponent("\(results)/shards/\(try shards[0])")
    try Data(contentsOf: shard).dropLast(1000).write(to: shard)

    let damaged = try fixture.sweep("verify", results, "--json")
    #expect(damaged.status == 65 && damaged.standardError == "")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(damaged.standardOutput.utf8)) as? [String: Any])
    #expect(object["whole"] as? Bool == false && object["runs"] as? Int == 8)
    #expect(try fixture.sweep("merge", results).status == 65)
    #expect(!fixture.exists("results/spirals.h5"))

    let repaired = try fixture.sweep("verify", results, "--repair")
    #expect(repaired.status == 0 && repaired.standardOutput.contains("; moved to results/spirals/quarantine/"))
    #expect(try fixture.sweep("run", "spirals.yaml").status == 0)
    #expect(try fixture.records(results).map(BitPattern.init) == before)
    #expect(try fixture.sweep("verify", "nowhere").status == 66)
  }
}
