import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// `summary watch` beside a sweep, `summary compare`, and matplotlib's figures.
@Suite struct WatchTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  private func sweep(_ name: String, seeds: Int) throws {
    let file = try fixture.write(
      SweepFixture.experiment(seeds: seeds).replacing("name: spirals", with: "name: \(name)"), to: "\(name).yaml")
    let result = try fixture.sweep("run", file)
    try #require(result.status == 0, "\(result.standardError)")
  }

  @Test func aFinishedSweepIsShownOnce() throws {
    try sweep("done", seeds: 1)
    let watched = try Command("summary", directory: fixture.folder.url).run(["watch", "results/done", "--top", "2"])
    let ranked = try Command("summary", directory: fixture.folder.url).run(["results/done", "--top", "2"])
    #expect(watched.status == 0 && watched.standardOutput.hasPrefix("done: 8 runs\n"))
    #expect(ranked.standardOutput.contains("Loss of the best configuration by epoch\n"))
  }

  /// The directory is locked by the test, as by a sweep, until the watcher has said what is there.
  @Test func aRunningSweepIsFollowed() throws {
    try sweep("running", seeds: 1)
    let store = try ResultStore.open(
      directory: fixture.folder.path("results/running"),
      manifest: try ResultReader(path: fixture.folder.path("results/running")).manifest)
    let watcher = try Command("summary", directory: fixture.folder.url)
      .start(["watch", "results/running", "--interval", "0.1"])
    usleep(1_500_000)
    #expect(watcher.isRunning)
    try store.close()
    let result = try watcher.wait(timeout: 60)
    #expect(result.status == 0)
    let first = "running: 8 runs, 6 completed, 2 diverged, best validation_loss "
    #expect(result.standardOutput.hasPrefix(first), "\(result.standardOutput.prefix(200))")
    #expect(result.standardOutput.contains("\nrunning: 8 runs\n"))
  }

  @Test func twoSweepsAreCompared() throws {
    try sweep("short", seeds: 2)
    try sweep("long", seeds: 3)
    let result = try Command("summary", directory: fixture.folder.url).run([
      "compare", "results/short", "results/long",
    ])
    #expect(result.status == 0, "\(result.standardError)")
    // Two of eight configurations diverge: six times two seeds are in both, and a trial gives the same bits twice.
    #expect(result.standardOutput.contains("Shared runs (the same trial in both): 12\n  12 have equal values"))
    #expect(result.standardOutput.contains("  seed            0, 1   0, 1, 2\n"), "\(result.standardOutput)")
  }

  @Test func matplotlibDrawsTheFigures() throws {
    try sweep("drawn", seeds: 2)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("scripts/plot_results.py").path
    let interpreter = ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3"
    let result = try Command("env", at: URL(fileURLWithPath: "/usr/bin/env"), directory: fixture.folder.url)
      .run([interpreter, script, "results/drawn", "figures"])
    try #require(result.status == 0, "\(result.standardError)")
    for figure in ["keep_probability", "traces"] {
      let text = try String(contentsOfFile: fixture.folder.path("figures/\(figure).svg"), encoding: .utf8)
      #expect(text.contains("</svg>") && text.utf8.count > 10_000)
    }
  }
}
