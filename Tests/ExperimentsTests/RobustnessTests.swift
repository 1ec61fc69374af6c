import Experiments
import Foundation
import Learning
import Settings
import Testing

/// Whatever the bytes, reading ends with an experiment or an ExperimentFileError that says where.
@Suite struct RobustnessTests {
  /// A generator whose sequence is fixed (xorshift64*), so that a failure can be repeated.
  private struct Generator {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
      state ^= state >> 12
      state ^= state << 25
      state ^= state >> 27
      return Int((state &* 0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
  }

  private static let tokens = [
    "[", "]", "{", "}", ":", ": ", "- ", ",", "\n", "\n  ", "#", "&a ", "*a", "? ", "|", ">", "!!x ", "'", "\"", "~",
    "null",
    "0", "-1", "1e9", "1e-400", ".nan", ".inf", "99999999999999999999", "full", "none", "true", "é", "\u{0}", "\t",
    "---\n",
    "<<: ", "[[[[", "log", "linear", "{log: {from: 1, to: 9, count: 3}}", "grid:",
    "seed: {from: 9223372036854775807, count: 9}",
    "\u{1F600}", "\\", "\"\\ud800\"", "%YAML 1.3\n", "@", "`",
  ]

  @Test func mutatedFilesNeverCrash() throws {
    let sources = try ["default", "fashion-mnist"].map {
      try String(contentsOfFile: "\(packageDirectory)/experiments/\($0).yaml", encoding: .utf8)
    }
    // comments make most mutations harmless
    var starts = sources.map { source in
      source.split(separator: "\n").map { $0.split(separator: "#", omittingEmptySubsequences: false)[0] }
        .joined(separator: "\n")
    }
    starts.append(SampleFile.text)
    var generator = Generator(state: 20_170_322)
    var accepted = 0
    var refused = 0
    for round in 0..<4000 {
      var text = Array(starts[round % starts.count].unicodeScalars)
      for _ in 0...generator.next(below: 4) {
        let position = generator.next(below: text.count)
        let token = Array(Self.tokens[generator.next(below: Self.tokens.count)].unicodeScalars)
        switch generator.next(below: 4) {
        case 0: text.insert(contentsOf: token, at: position)
        case 1: text.removeSubrange(position..<min(text.count, position + 1 + generator.next(below: 12)))
        case 2: text.replaceSubrange(position..<min(text.count, position + token.count), with: token)
        default:
          let end = min(text.count, position + generator.next(below: 60))
          text.insert(contentsOf: Array(text[position..<end]), at: generator.next(below: text.count))
        }
        if text.isEmpty { text = [" "] }
      }
      var string = ""
      string.unicodeScalars.append(contentsOf: text)
      do {
        let experiment = try ExperimentFile.parse(text: string, file: "e.yaml", parts: .standard)
        accepted += 1
        #expect(!experiment.trials.isEmpty)
      } catch {
        refused += 1
        #expect(!error.problems.isEmpty)
        #expect(error.problems.allSatisfy { $0.description.hasPrefix("e.yaml") && !$0.reason.isEmpty })
      }
    }
    // both ways were taken
    #expect(accepted > 50)
    #expect(refused > 1000)
  }

  @Test func randomOverridesNeverCrash() {
    let keys = [
      "epochs", "grid.optimizer[0]", "hidden", "data.source.csv", "[", "a.b[0][1]", "grid.dropout.hidden", "", "é",
    ]
    var generator = Generator(state: 7)
    for _ in 0..<2000 {
      var value = ""
      for _ in 0...generator.next(below: 4) { value += Self.tokens[generator.next(below: Self.tokens.count)] }
      let text = errorText(SampleFile.text, overrides: ["\(keys[generator.next(below: keys.count)])=\(value)"])
      #expect(text == "accepted" || text.hasPrefix("--set ") || text.hasPrefix("e.yaml"))
    }
  }
}
