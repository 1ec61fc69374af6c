import Foundation
import TestSupport
import Testing

/// Inputs that a search guided by coverage kept (scripts/fuzz-coverage): every reader takes or refuses each of them.
@Suite struct CorpusTests {
  @Test func everyInputOfTheCorpusEndsInAnAnswer() throws {
    let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fuzz/Corpus").path
    let result = try Command("fuzz").run(["--replay", corpus])
    #expect(result.status == 0, "\(result.standardError)")
    let lines = result.standardOutput.split(separator: "\n")
    #expect(lines.count == 7, "\(result.standardOutput)")
    #expect(!lines.contains { $0.contains(": 0 inputs") }, "\(result.standardOutput)")
  }
}
