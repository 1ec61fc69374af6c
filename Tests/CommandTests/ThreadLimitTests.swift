import Foundation
import TestSupport
import Testing

/// Limits on processes, as `ulimit -u` and containers have them: nothing waits for a thread that never comes.
@Suite struct ThreadLimitTests {
  private let fixture: SweepFixture

  init() throws {
    fixture = try SweepFixture()
    _ = try fixture.write(SweepFixture.experiment(seeds: 2).replacing("epochs: 20", with: "epochs: 2"))
  }

  private func limited(to threads: Int) throws -> [String: String?] {
    ["LD_PRELOAD": try Shim.library("threads"), "RAVINE_THREADS": "\(threads)"]
  }

  @Test func aSweepSaysThatItLacksThreads() throws {
    for threads in 0..<5 {
      let refused = try fixture.command(limited(to: threads))
        .run(["run", "spirals.yaml", "--workers", "2"], timeout: 60)
      #expect(refused.status == 71, "\(threads): \(refused.standardError)")
      let count = threads == 1 ? "1 thread" : "\(threads) threads"
      #expect(
        refused.standardError.hasPrefix("Error: only \(count) can be started, and a sweep needs 5: "),
        "\(refused.standardError)")
      #expect(!fixture.exists("results"))
    }
  }

  @Test(arguments: [(5, 1), (6, 2), (7, 2)]) func aSweepTakesTheThreadsThereAre(threads: Int, workers: Int) throws {
    let result = try fixture.command(limited(to: threads)).run(["run", "spirals.yaml", "--workers", "2"], timeout: 60)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardError.contains(workers == 1 ? ", 1 worker, into" : ", 2 workers, into"))
    #expect(result.standardError.contains("1 worker instead of 2: no more threads can be started") == (workers == 1))
    #expect(fixture.recordedRuns("results/spirals") == 16)
  }

  @Test func whatReadsResultsNeedsNoThread() throws {
    #expect(try fixture.command(["RAVINE_FAULT": "journal-written:5"]).run(["run", "spirals.yaml"]).status == 137)
    let none = try limited(to: 0)
    let commands = [
      ["status", "results/spirals"], ["verify", "results/spirals"], ["merge", "results/spirals"],
      ["verify", "--repair", "results/spirals"], ["merge", "--compact", "results/spirals"], ["plan", "spirals.yaml"],
    ]
    for arguments in commands {
      let result = try fixture.command(none).run(arguments, timeout: 60)
      #expect(result.status == 0, "\(arguments): \(result.standardError)")
    }
    let ranked = try Command("summary", environment: none, directory: fixture.folder.url)
      .run(["results/spirals"], timeout: 60)
    #expect(ranked.status == 0, "\(ranked.standardError)")
  }
}
