import Experiments
import Foundation
import TestSupport
import Testing

@testable import Store

/// A sweep's directory in version 1 of the format (commit f06fb56): its shards have codes for texts, and the two shards have
/// different ones, since the first has no Adam. `runs.csv` is what `summary --runs --csv` of then said.
@Suite struct FirstLayoutTests {
  private let scratch: TemporaryDirectory
  private var path: String { scratch.path("layout_1") }

  init() throws {
    scratch = try TemporaryDirectory()
    try FileManager.default.copyItem(atPath: Tool.fixture("layout_1"), toPath: path)
  }

  private func expected() throws -> [String: (optimizer: String, loss: Double)] {
    let text = try String(contentsOfFile: path + "/runs.csv", encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let column = try #require(rows[0].firstIndex(of: "optimizer"))
    return Dictionary(
      uniqueKeysWithValues: rows.dropFirst().map { (String($0[1]), (String($0[column]), Double($0[2])!)) })
  }

  private func expectAll(_ reader: ResultReader) throws {
    let (expected, summaries) = (try expected(), try reader.summaries())
    #expect(reader.notices == [] && summaries.count == 8 && expected.count == 8)
    for summary in summaries {
      let run = try #require(expected[summary.identity.description])
      #expect(summary.hyperparameters.first { $0.name == "optimizer" }?.value == .text(run.optimizer))
      #expect(summary.best.validationLoss == run.loss)
      #expect(try reader.record(summary.identity).hyperparameters == summary.hyperparameters)
    }
  }

  @Test func itIsReadAndMergedAndFoundWhole() throws {
    try expectAll(try ResultReader(path: path))
    #expect(try Verification(of: path).isWhole)
    _ = try ResultMerge().merge(path, into: scratch.path("merged.h5"))
    try expectAll(try ResultReader(path: scratch.path("merged.h5")))
    #expect(try Verification(of: scratch.path("merged.h5")).isWhole)
  }

  /// The same runs in this version's shard: other programs read the same of it and of the merged file.
  @Test func itIsMergedAsTexts() throws {
    _ = try ResultMerge().merge(path, into: scratch.path("merged.h5"))
    let text = try Tool.python("dump_shard.py", scratch.path("merged.h5"))
    let dump = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let runs = try #require(dump["runs"] as? [String: [String: Any]])
    for (identity, run) in try expected() { #expect(runs[identity]?["optimizer"] as? String == run.optimizer) }
  }

  @Test func itGoesOnInTheNewVersion() throws {
    let manifest = try JSON.read(SweepManifest.self, path: path + "/sweep.json")
    #expect(manifest.formatVersion == 1)
    let store = try ResultStore.open(directory: path, manifest: manifest)
    #expect(store.completed.count == 8 && store.notices == [])
    try store.append(Sample.record(0))
    try store.close()
    #expect(try ResultReader(path: path).manifest.formatVersion == 2)
    #expect(try ResultReader(path: path).summaries().count == 9)
    _ = try ResultMerge().compact(path)
    #expect(try ResultDirectory(path).shardPaths().count == 1)
    #expect(try ResultReader(path: path).summaries().count == 9)
    #expect(try Verification(of: path).isWhole)
  }
}
