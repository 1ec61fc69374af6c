import Foundation
import TestSupport
import Testing

/// `scripts/simulate-splits`, on few splits: what it reads is there, and says what the page that has its table says.
@Suite struct SimulateSplitsTests {
  @Test func threeSplitsAreTold() throws {
    let script = Reader.repository.appendingPathComponent("scripts/simulate-splits")
    let result = try Command(
      "python3", at: URL(fileURLWithPath: "/usr/bin/env"),
      environment: ["RAVINE_PROGRAMS": Command.productsDirectory.path]
    ).run(["python3", script.path, "--splits", "3"])
    let text = result.standardOutput
    try #require(result.status == 0, "\(result.standardError)")
    let lines = text.split(separator: "\n").map(String.init)
    try #require(lines.count >= 6, "\(text)")
    #expect(lines[0] == "3 splits of the digits, 8 configurations × 10 seeds each")
    let page = try String(
      contentsOf: Reader.repository.appendingPathComponent("docs/statistics.md"), encoding: .utf8)
    for line in lines[1...5] {
      let claim = line.split(separator: "|").first.map(String.init) ?? line
      #expect(page.contains("|\(claim)|"), "\(line)")
    }
    // The error over seeds alone is many times too small on any split; with the samples it is not.
    let errors = lines[5].split(separator: "|").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    try #require(errors.count == 3, "\(lines[5])")
    #expect(errors[1] < 0.01)
    #expect((0.02...0.06).contains(errors[2]))
  }
}
