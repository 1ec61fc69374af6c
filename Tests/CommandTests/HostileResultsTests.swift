import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// The commands on results among which someone has put shards that were changed, and files made to harm.
@Suite struct HostileResultsTests {
  private let hostile: HostileResults

  init() throws { hostile = try HostileResults() }

  @Test func soundRunsAreRanked() throws {
    let ranking = try hostile.summary(hostile.results)
    hostile.expectCalm(ranking, 65)
    #expect(ranking.standardOutput.contains("8 runs"))
    for name in hostile.forged { #expect(ranking.standardError.contains(name), "\(name)") }
    hostile.expectCalm(try hostile.summary("report", hostile.results, "--output", "report.html"), 65)
    hostile.expectCalm(try hostile.summary("effects", hostile.results), 65)
  }

  @Test func everyForgeryIsNamed() throws {
    let verification = try hostile.fixture.sweep("verify", hostile.results)
    hostile.expectCalm(verification, 65)
    for name in hostile.forged {
      #expect((verification.standardOutput + verification.standardError).contains(name), "\(name)")
    }
    let merging = try hostile.fixture.sweep("merge", hostile.results)
    hostile.expectCalm(merging, 65)
    #expect(!hostile.fixture.exists("\(hostile.results).h5"))
  }

  @Test func theyAreSetAside() throws {
    hostile.expectCalm(try hostile.fixture.sweep("verify", hostile.results, "--repair"), 0, 65)
    hostile.expectCalm(try hostile.fixture.sweep("verify", hostile.results), 0)
    #expect(try hostile.fixture.records(hostile.results).count == 8)
  }

  @Test func theSweepGoesOnWithoutThem() throws {
    let path = "\(hostile.results)/shards/\(hostile.sound)"
    let before = try Data(contentsOf: hostile.fixture.folder.url.appendingPathComponent(path))
    let resumed = try hostile.fixture.sweep("run", "spirals.yaml")
    hostile.expectCalm(resumed, 0)
    #expect(try Data(contentsOf: hostile.fixture.folder.url.appendingPathComponent(path)) == before)
    let kept = try FileManager.default.contentsOfDirectory(
      atPath: hostile.fixture.folder.path("\(hostile.results)/quarantine"))
    #expect(kept.count == hostile.forged.count)
    #expect(try hostile.fixture.records(hostile.results).count == 8)
    let whole = try hostile.fixture.sweep("verify", hostile.results)
    hostile.expectCalm(whole, 0)
    #expect(whole.standardOutput.hasSuffix("Nothing is damaged.\n"))
  }
}
