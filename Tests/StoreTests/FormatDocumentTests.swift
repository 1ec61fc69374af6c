import Experiments
import Foundation
import Testing

@testable import Store

/// docs/format.md names what is in a shard, and nothing else.
@Suite struct FormatDocumentTests {
  private let document: String
  private let content: ShardContent

  init() throws {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    document = try String(contentsOf: repository.appendingPathComponent("docs/format.md"), encoding: .utf8)
    content = try ShardContent((0..<24).map { Sample.record($0) }, manifest: Sample.manifest())
  }

  /// Names in the first column of the tables of a chapter; `_residual` and the like are endings of the names before.
  private func documented(_ chapter: String) throws -> Set<String> {
    let start = try #require(document.range(of: chapter)).upperBound
    let lines = document[start...].split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { !$0.hasPrefix("##") }
    var names: Set<String> = []
    for line in lines where line.hasPrefix("| `") {
      let cell = line.dropFirst(2).prefix { $0 != "|" }
      let words = cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      let endings = words.filter { $0.hasPrefix("_") }
      for group in cell.split(separator: ";") {
        let own = group.split(separator: "`").map(String.init).filter { words.contains($0) && !$0.hasPrefix("_") }
        names.formUnion(own)
        if group.contains("each `_") { for name in own { names.formUnion(endings.map { name + $0 }) } }
      }
    }
    return names
  }

  @Test func everyProbeVariableIsDocumentedAndThere() throws {
    let names = try documented("### Curvature").filter { !$0.hasPrefix("vector_") }
    let there = Set(content.variables.filter { $0.dimensions.starts(with: ["run", "probe"]) }.map(\.name))
    #expect(names.subtracting(there) == ["probe_count"] && there.subtracting(names).isEmpty)
    for variable in content.variables where names.contains(variable.name) {
      let line = try #require(
        document.split(separator: "\n").first { line in
          line.hasPrefix("| `") && documentedNames(line).contains(variable.name)
        })
      let dimensions = line.split(separator: "|")[1].trimmingCharacters(in: .whitespaces)
      #expect(dimensions == variable.dimensions.joined(separator: " × "), "\(variable.name)")
    }
  }

  private func documentedNames(_ line: Substring) -> Set<String> {
    let cell = line.dropFirst(2).prefix { $0 != "|" }
    let words = cell.split(separator: "`").map(String.init)
    let endings = words.filter { $0.hasPrefix("_") }
    let names = words.filter { $0.allSatisfy { $0.isLetter || $0 == "_" } && !$0.hasPrefix("_") }
    return Set(names + names.flatMap { name in endings.map { name + $0 } })
  }

  @Test func theOtherVariablesAreDocumented() throws {
    let names = try documented("## Shards")
    let hyperparameters = Set(
      HyperparameterColumns((0..<24).map { Sample.record($0).hyperparameters }).columns
        .flatMap { [$0.variable, $0.countVariable] })
    for variable in content.variables where variable.dimensions.first == "run" {
      guard !variable.dimensions.contains("probe"), !hyperparameters.contains(variable.name) else { continue }
      #expect(names.contains(variable.name) || variable.name == "probe_count", "\(variable.name)")
    }
    for dimension in content.dimensions where dimension.coordinate != nil && !dimension.name.hasSuffix("_run") {
      #expect(document.contains("`\(dimension.name)`"), "\(dimension.name)")
    }
  }
}
