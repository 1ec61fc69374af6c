import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// Other people's tools open the results without any code of ours.
@Suite struct ReaderTests {
  private let folder: TemporaryDirectory
  private var results: String { folder.path("results/readers") }

  init() throws {
    folder = try TemporaryDirectory()
    let file = folder.url.appendingPathComponent("readers.yaml")
    try """
    name: readers
    data: {source: {spirals: {samples: 120, classes: 3}}}
    network: {hidden: [8]}
    loss: softmax_cross_entropy
    training: {epochs: 3, divergence_bound: 100}
    curvature: {at: final, largest: 1, smallest: 0, layers: false, taylor_models: false}
    grid:
      optimizer: [{name: adam, learning_rate: 0.01}, {name: gradient_descent, learning_rate: 1e6}]
      batch_size: 16
      dropout: {keep_probability: [0.7, 1]}
      seed: [0, 1]
    """.write(to: file, atomically: true, encoding: .utf8)
    let result = try Command("sweep", directory: folder.url).run(["run", file.path])
    #expect(result.status == 0, "\(result.standardError)")
  }

  private struct Row: Decodable {
    var losses: [Double]
    var kept: [Double]
    var dropped: [Double]
    var seed: Int
    var weights: [Double]?
  }

  @Test func h5pyAndXarrayReadWhatWasWritten() throws {
    let read = try JSONDecoder().decode(
      [String: Row].self, from: Data(try Reader.python("read_shards.py", results).utf8))
    let reader = try ResultReader(path: results)
    let summaries = try reader.summaries()
    #expect(summaries.count == 8)
    #expect(Set(summaries.map(\.identity.description)) == Set(read.keys))
    #expect(summaries.contains { $0.outcome.name == "diverged" })
    for summary in summaries {
      let record = try reader.record(summary.identity)
      let row = try #require(read[summary.identity.description])
      #expect(row.losses == record.trace.validationLoss)
      #expect(zip(row.kept, row.dropped).allSatisfy { abs($0 + $1 - 1) < 1e-12 })
      #expect(record.hyperparameters.contains(.init("seed", .integer(row.seed))))
      #expect((row.weights ?? []) == record.weights.best.doubles)
    }
  }

  /// The text of docs/other-tools.md itself, and its tables to the last bit.
  @Test func theDocumentsSnippetMakesParquet() throws {
    let document = try String(
      contentsOf: Reader.repository.appendingPathComponent("docs/other-tools.md"), encoding: .utf8)
    let snippet = try #require(
      document.components(separatedBy: "```").first { $0.hasPrefix("python\n") && $0.contains("to_parquet") })
    let script = folder.path("snippet.py")
    try snippet.dropFirst("python\n".count).replacing("results/digits", with: "results/readers")
      .write(toFile: script, atomically: true, encoding: .utf8)
    let runs = try Command("summary").run([results, "--runs", "--csv"])
    try runs.standardOutput.write(toFile: folder.path("runs.csv"), atomically: true, encoding: .utf8)
    _ = try Reader.python(script, directory: folder.url)
    let tables = try ParsedJSON(try Reader.python("read_parquet.py", directory: folder.url))
    let reader = try ResultReader(path: results)
    #expect(tables.keys.count == 8)
    for summary in try reader.summaries() {
      let table = tables[summary.identity.description]
      let trace = try reader.record(summary.identity).trace.validationLoss
      #expect(table["losses"].numbers == trace.filter { !$0.isNaN })
      #expect(table["best"].number == (summary.outcome.isRankable ? summary.best.validationLoss : nil))
      #expect(table["optimizer"].text == (summary.outcome.isRankable ? "adam" : "gradient_descent"))
    }
  }

  /// A sweep that grew: its first shard lacks an optimizer and a seed, as the second lacks another optimizer.
  @Test func shardsAreJoinedByXarray() throws {
    let (file, grown) = (folder.url.appendingPathComponent("grown.yaml"), ["[adam, rmsprop]", "[momentum, adam]"])
    for optimizers in grown {
      try """
      name: grown
      data: {source: {spirals: {samples: 60, classes: 3}}}
      network: {hidden: [4]}
      loss: softmax_cross_entropy
      training: {epochs: 2}
      grid: {optimizer: \(optimizers), learning_rate: 0.01, batch_size: 16, seed: [0, 1]}
      """.write(to: file, atomically: true, encoding: .utf8)
      let result = try Command("sweep", directory: folder.url).run(["run", file.path])
      #expect(result.status == 0, "\(result.standardError)")
    }
    let document = try String(
      contentsOf: Reader.repository.appendingPathComponent("docs/other-tools.md"), encoding: .utf8)
    let snippet = try #require(
      document.components(separatedBy: "```").first { $0.hasPrefix("python\n") && $0.contains("xarray.concat") })
    try snippet.dropFirst("python\n".count).replacing("results/digits", with: "results/grown")
      .write(toFile: folder.path("snippet.py"), atomically: true, encoding: .utf8)
    let read = try ParsedJSON(
      try Reader.python("concat_shards.py", "results/grown", folder.path("snippet.py"), directory: folder.url))
    let summaries = try ResultReader(path: folder.path("results/grown")).summaries()
    #expect(summaries.count == 6)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("results/grown/shards")).count == 2)
    for summary in summaries {
      let identity = summary.identity.description
      let (joined, separate) = (read["joined"][identity], read["separate"][identity])
      #expect(summary.hyperparameters.contains(.init("optimizer", .text(joined[0].text ?? ""))))
      #expect(joined[0].text == separate[0].text && joined[1].number == separate[1].number)
      #expect(joined[2].number == separate[2].number && joined[2].number == summary.best.validationLoss)
    }
  }

  @Test func theReaderScriptRanksTheRuns() throws {
    let script = Reader.repository.appendingPathComponent("scripts/read_results.py").path
    let lines = try Reader.python(script, results, "1").split(separator: "\n")
    let best = try #require(
      try ResultReader(path: results).summaries().filter { $0.best.validationLoss.isFinite }
        .min { $0.best.validationLoss < $1.best.validationLoss })
    #expect(lines.first == "8 runs")
    #expect(lines.last?.hasPrefix(best.identity.short) == true)
  }

  @Test func h5dumpReadsTheHeaders() throws {
    let shards = try FileManager.default.contentsOfDirectory(atPath: results + "/shards")
    #expect(!shards.isEmpty)
    for shard in shards {
      let dump = Command("h5dump", at: URL(fileURLWithPath: "/usr/bin/h5dump"))
      let text = try dump.run(["-H", "\(results)/shards/\(shard)"])
      #expect(text.status == 0 && text.standardOutput.contains("DATASET \"val_loss\""))
    }
  }
}
