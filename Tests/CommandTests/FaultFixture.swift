import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// A sweep that is disturbed, and the same sweep undisturbed: in the end both must be the same on disk, timing aside.
struct FaultFixture {
  let fixture: SweepFixture
  private let whole: StoredContent
  private let evaluation: Data

  /// Whether long runs were asked for: scripts/test with RAVINE_LONG_TESTS=1.
  static let isLong = ProcessInfo.processInfo.environment["RAVINE_LONG_TESTS"] == "1"

  /// Eight configurations for each seed; a run takes a millisecond.
  ///
  /// - Parameter program: The build of `sweep` to run; nil for the tests' own.
  init(seeds: Int, program: URL? = nil) throws {
    fixture = try SweepFixture(program: program)
    let text = SweepFixture.experiment(seeds: seeds).replacing("epochs: 20", with: "epochs: 2")
    _ = try fixture.write(text)
    try #require(try fixture.sweep("run", "spirals.yaml", "--output", "whole").status == 0)
    whole = try StoredContent(of: "whole/spirals", in: fixture.folder)
    try #require(whole.runs.count == 8 * seeds)
    evaluation = try Data(contentsOf: fixture.folder.url.appendingPathComponent("whole/spirals/test.json"))
  }

  var runs: Int { whole.runs.count }

  /// The release build of `sweep`, which `scripts/test` makes first.
  static var releaseBuild: URL? {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../.build/release/sweep").standardizedFileURL
    return FileManager.default.isExecutableFile(atPath: path.path) ? path : nil
  }

  /// What a run takes on average, of the clock.
  var millisecondsOfARun: String {
    get throws {
      let runs = try ResultReader(path: fixture.folder.path("whole/spirals")).summaries()
      return String(format: "%.1f", runs.reduce(0) { $0 + $1.cost.totalSeconds } / Double(runs.count) * 1000)
    }
  }

  /// The whole sweep as it is started to be killed, but left alone.
  func timeUndisturbed() throws -> KillCost.Time {
    try? FileManager.default.removeItem(atPath: fixture.folder.path("clock"))
    return try KillCost.time { try #require(try start([:], "--output", "clock").wait().status == 0) }
  }

  /// Starts the disturbed sweep.
  func start(
    _ environment: [String: String?] = [:], _ arguments: String..., through shell: String? = nil
  ) throws -> Command.Running {
    try fixture.command(environment).start(
      ["run", "spirals.yaml", "--workers", "2"] + arguments, through: shell)
  }

  var identities: Set<TrialIdentity> {
    Set(((try? ResultReader(path: fixture.folder.path("results/spirals")).summaries()) ?? []).map(\.identity))
  }

  /// Goes on undisturbed, and compares.
  func finishAndCompare(_ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws {
    let result = try fixture.sweep("run", "spirals.yaml", "--workers", "2")
    #expect(result.status == 0, "\(comment): \(result.standardError)", sourceLocation: sourceLocation)
    try compare(comment, sourceLocation: sourceLocation)
  }

  /// - Parameter directory: The results, by a path from the fixture's folder or from the root.
  func compare(
    _ comment: String = "", at directory: String = "results/spirals", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let directory = directory.hasPrefix("/") ? directory : fixture.folder.path(directory)
    let content = try StoredContent(of: directory, in: fixture.folder)
    #expect(content.differences(from: whole) == [], "\(comment)", sourceLocation: sourceLocation)
    let path = URL(fileURLWithPath: directory).appendingPathComponent("test.json")
    #expect(try Data(contentsOf: path) == evaluation, "\(comment)", sourceLocation: sourceLocation)
    let verified = try Verification(of: directory)
    #expect(verified.isWhole && verified.runs == runs, "\(comment)", sourceLocation: sourceLocation)
    let kinds = Set(verified.files.map(\.kind)).subtracting([.manifest, .testEvaluation, .shard, .quarantine])
    #expect(kinds == [], "\(comment)", sourceLocation: sourceLocation)
  }

  func removeResults() { try? FileManager.default.removeItem(atPath: fixture.folder.path("results")) }
}

/// Everything a sweep stored, by variable, whatever shards it came in: what `sweep merge` makes of it, times left out.
struct StoredContent {
  /// Identity, hyperparameters and outcome of each run.
  let runs: [String]
  private let numbers: [String: [UInt64]]

  init(of directory: String, in folder: TemporaryDirectory) throws {
    let merged = folder.path("content-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(atPath: merged) }
    _ = try ResultMerge().merge(directory.hasPrefix("/") ? directory : folder.path(directory), into: merged)
    runs = try ResultReader(path: merged).summaries().map { "\($0.identity) \($0.hyperparameters) \($0.outcome)" }
    let file = try HDF5File.open(path: merged)
    var numbers: [String: [UInt64]] = [:]
    for dataset in try file.datasets() where !dataset.type.contains("text") {
      // How many trained at a time belongs to the times: the last run of a sweep may be left alone.
      // The checksum of a record is of these as well.
      if dataset.name.contains("seconds") || ["workers", "record_checksum"].contains(dataset.name) { continue }
      // Dimensions without coordinates have no elements.
      guard !dataset.type.hasPrefix("not readable") else { continue }
      numbers[dataset.name] = try file.readNumbers(name: dataset.name, as: Double.self).values.map(\.bitPattern)
    }
    self.numbers = numbers
  }

  func differences(from other: StoredContent) -> [String] {
    let names = Set(numbers.keys).union(other.numbers.keys).filter { numbers[$0] != other.numbers[$0] }.sorted()
    return (runs == other.runs ? [] : ["runs: \(runs.count) and \(other.runs.count)"]) + names
  }
}
