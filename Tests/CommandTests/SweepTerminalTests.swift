import Foundation
import TestSupport
import Testing

/// The progress display on a real terminal: standard error is a pseudo-terminal.
@Suite struct SweepTerminalTests {
  private let fixture: SweepFixture

  init() throws { fixture = try SweepFixture() }

  private func run(_ environment: [String: String?], _ arguments: String...) throws -> String {
    let file = try fixture.write(SweepFixture.experiment(seeds: 2))
    let terminal = try PseudoTerminal(columns: 60)
    let running = try fixture.command(environment).start(["run", file] + arguments, standardError: terminal.child)
    let text = terminal.readUntilClosed()
    #expect(try running.wait().status == 0)
    return text.replacing("\r\n", with: "\n")
  }

  @Test func drawsABlockAndErasesIt() throws {
    let text = try run(["TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": nil], "--workers", "1")
    #expect(text.hasPrefix("spirals: 16 runs, 1 worker, into results/spirals\n"))
    #expect(text.contains("spirals \u{1b}[2m────"))
    #expect(text.contains("running · 0 diverged"))
    // What stays: the block is erased before the last line.
    #expect(text.contains("A\u{1b}[J"))
    let kept = text.split(separator: "\u{1b}[J").last
    #expect(kept == "Looking at the test set for the winner, 2 seeds\n")
  }

  @Test func noColorAndNoUnicodeWhereTheyAreNotWanted() throws {
    let text = try run(["TERM": "xterm", "LC_ALL": "C", "NO_COLOR": "1"])
    #expect(text.contains("\nspirals \(String(repeating: "-", count: 40)) 0/16 0%\n"))
    #expect(text.utf8.allSatisfy { $0 < 128 })
    #expect(!text.contains("\u{1b}[2m"))
  }

  @Test(arguments: [["TERM": "dumb"], ["TERM": "xterm"]]) func linesWhereABlockIsNotPossibleOrNotWanted(
    environment: [String: String]
  ) throws {
    let text =
      environment["TERM"] == "dumb"
      ? try run(environment.mapValues { $0 }) : try run(environment.mapValues { $0 }, "--log-format", "text")
    #expect(!text.contains("\u{1b}"))
    #expect(text.hasPrefix("spirals: 16 runs, "))
  }
}
