import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// Sweeps as commit 22ec1a1 stored them, in version 2 of the format: every command reads them, says of them what was said then
/// (`Fixtures/layout_2/make`), and goes on with them.
///
/// `layout_2` has convolutions, dropout, a data file, overrides, probes within training and afterwards; `layout_2_problem` has
/// problems in double precision, one run of which diverged; `layout_2_killed` was killed and has its two runs in a journal.
@Suite struct SecondLayoutTests {
  private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/layout_2")
  private static let names = ["layout_2", "layout_2_problem", "layout_2_killed"]
  private static let runs = ["layout_2": 12, "layout_2_problem": 3, "layout_2_killed": 2]
  /// How layout_2 was run.
  private static let settings = [
    "--weights", "all", "--set", "grid.optimizer[0].learning_rate=0.02", "--set", "epochs=3",
  ]

  private let fixture: SweepFixture

  init() throws {
    fixture = try SweepFixture()
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.source.path) {
      try FileManager.default.copyItem(
        at: Self.source.appendingPathComponent(name), to: fixture.folder.url.appendingPathComponent(name))
    }
  }

  private func succeed(_ program: String, _ arguments: [String]) throws -> String {
    let result = try Command(program, directory: fixture.folder.url).run(arguments)
    #expect(result.status == 0, "\(program) \(arguments.joined(separator: " ")): \(result.standardError)")
    return result.standardOutput
  }

  private func expected(_ name: String) throws -> String {
    try String(contentsOfFile: fixture.folder.path("expected/\(name)"), encoding: .utf8)
  }

  /// The best run of layout_2.
  private func best() throws -> String {
    let answer = try ParsedJSON(succeed("summary", ["results/layout_2", "--json"]))
    return try #require(answer["configurations"][0]["best_run"].text)
  }

  // MARK: What is read

  /// An answer in JSON, with the file that has it as it was then.
  struct Question: Sendable, CustomTestStringConvertible {
    var file: String
    var arguments: [String]
    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let questions: [Question] =
    names.map { Question(file: "\($0).json", arguments: ["results/\($0)"]) }
    + ["effects", "budget", "target", "sensitivity", "pairs"].map {
      Question(file: "layout_2.\($0).json", arguments: [$0, "results/layout_2"])
    }
    + ["layout_2", "layout_2_problem"].map {
      Question(file: "\($0).spectrum.json", arguments: ["spectrum", "results/\($0)"])
    } + [
      Question(file: "layout_2.compare.json", arguments: ["compare", "results/layout_2", "results/layout_2_killed"]),
      Question(file: "layout_2.lambda_max.json", arguments: ["rank", "results/layout_2", "--by", "lambda_max"]),
      Question(
        file: "layout_2.where.json",
        arguments: [
          "rank", "results/layout_2", "--where", "keep_probability=0.8", "--by", "train_loss", "--epoch", "final",
        ]),
    ]

  @Test(arguments: questions)
  func answersAreThoseOfThen(question: Question) throws {
    let found = try ParsedJSON(succeed("summary", question.arguments + ["--json"]))
    #expect(Self.differences(found, try ParsedJSON(expected(question.file))) == [])
  }

  @Test(arguments: names)
  func tablesAreThoseOfThen(name: String) throws {
    func columns(_ text: String) throws -> [String: [String]] {
      let rows = text.split(whereSeparator: \.isNewline).map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      let heads = try #require(rows.first)
      return Dictionary(uniqueKeysWithValues: heads.enumerated().map { index, head in (head, rows.map { $0[index] }) })
    }
    let found = try columns(succeed("summary", ["results/\(name)", "--runs", "--csv"]))
    let then = try columns(expected("\(name).csv"))
    #expect(then["run"]?.count == Self.runs[name]! + 1)
    for (head, cells) in then where head != "run" { #expect(found[head] == cells, "\(head)") }
  }

  /// Losses, weights and probes of all runs, to the last bit.
  @Test func recordsAreThoseOfThen() throws {
    let texts = try Self.names.flatMap { name in
      let reader = try ResultReader(path: fixture.folder.path("results/\(name)"))
      #expect(reader.notices == [])
      return try reader.summaries().map { "\(name) \(Self.hash(try reader.record($0.identity)))" }
    }
    let text = texts.sorted().joined(separator: "\n") + "\n"
    #expect(try text == expected("records.txt"), "\(text)")
  }

  @Test func exportsAreThoseOfThen() throws {
    let run = "results/layout_2/\(try best())"
    _ = try succeed("summary", ["export", "--csv", run, "traces.csv"])
    _ = try succeed("summary", ["export", "--torch", run, "best.safetensors"])
    _ = try succeed("summary", ["export", "--torch", run, "initial.safetensors", "--weights", "initial"])
    for file in ["traces.csv", "best.safetensors", "initial.safetensors"] {
      let isSame = FileManager.default.contentsEqual(
        atPath: fixture.folder.path(file), andPath: fixture.folder.path("expected/\(file)"))
      #expect(isSame, "\(file)")
    }
    _ = try succeed("summary", ["export", "--keras", run, "best.weights.h5"])
    _ = try succeed("summary", ["export", "--onnx", run, "final.onnx", "--weights", "final"])
  }

  @Test func everythingElseReadsThem() throws {
    for name in Self.names {
      let results = "results/\(name)"
      #expect(try succeed("sweep", ["verify", results]).hasSuffix("Nothing is damaged.\n"))
      #expect(try succeed("sweep", ["status", results]).contains("\(name): \(Self.runs[name]!) of "))
      #expect(try succeed("summary", [results]).hasPrefix("\(name): \(Self.runs[name]!) runs\n"))
      _ = try succeed("summary", ["report", results, "--output", "\(name).html"])
      #expect(fixture.exists("\(name).html"))
    }
    _ = try succeed("summary", ["watch", "results/layout_2"])
    _ = try succeed("summary", ["profile", "results/layout_2", "results/layout_2_problem"])
    #expect(try succeed("summary", ["spectrum", "results/layout_2"]).contains("lambda_max"))
  }

  @Test(arguments: names)
  func theyAreMerged(name: String) throws {
    _ = try succeed("sweep", ["merge", "results/\(name)", "--output", "merged.h5"])
    let merged = try ParsedJSON(succeed("summary", ["merged.h5", "--json"]))
    #expect(
      Self.differences(merged["configurations"], try ParsedJSON(expected("\(name).json"))["configurations"]) == [])
    let both = try ParsedJSON(succeed("summary", ["compare", "results/\(name)", "merged.h5", "--json"]))
    #expect(both["differences"] == .array([]) && both["shared"]["equal"] == both["shared"]["runs"])
    _ = try succeed("sweep", ["merge", "results/\(name)", "--compact"])
    let compact = try ParsedJSON(succeed("summary", ["results/\(name)", "--json"]))
    #expect(Self.differences(compact, try ParsedJSON(expected("\(name).json"))) == [])
  }

  /// Their trials are made again from what is stored: by the experiment, its overrides and its data folder.
  @Test func theyAreProbed() throws {
    let probe = ["--set", "full_spectrum=true", "--set", "density=false"]
    let run = try #require(
      ParsedJSON(succeed("summary", ["results/layout_2", "--json"]))["configurations"][2]["best_run"].text)
    #expect(try succeed("sweep", ["probe", "results/layout_2/\(run)"] + probe).contains("Stored: "))
    let problem = try ParsedJSON(succeed("summary", ["results/layout_2_problem", "--json"]))["configurations"][0]
    let name = try #require(problem["best_run"].text)
    let text = try succeed("sweep", ["probe", "results/layout_2_problem/\(name)", "--set", "at=best"])
    #expect(text.contains("Stored: "))
    // From another folder than the sweep's.
    let elsewhere = try Command("sweep", directory: fixture.folder.url.appendingPathComponent("expected"))
      .run(["probe", "../results/layout_2/\(run)", "--data-folder", "..", "--set", "at=start"])
    #expect(elsewhere.status == 0, "\(elsewhere.standardError)")
    #expect(try succeed("sweep", ["verify", "results/layout_2"]).hasSuffix("Nothing is damaged.\n"))
  }

  // MARK: What goes on

  /// Every run by what it is to the last bit.
  private func hashes(_ name: String) throws -> Set<String> {
    Set(try fixture.records("results/\(name)").map(Self.hash))
  }

  private func files(_ folder: String) throws -> [String: Data] {
    let url = fixture.folder.url.appendingPathComponent(folder)
    // A folder without files is in no checkout.
    guard fixture.exists(folder) else { return [:] }
    let names = try FileManager.default.subpathsOfDirectory(atPath: url.path)
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        (try? Data(contentsOf: url.appendingPathComponent(name))).map { (name, $0) }
      })
  }

  @Test func nothingIsLeftToTrain() throws {
    let shards = try Self.names.map { try files("results/\($0)/shards") }
    let test = try Data(contentsOf: fixture.folder.url.appendingPathComponent("results/layout_2/test.json"))
    let first = try succeed("sweep", ["run", "layout_2.yaml"] + Self.settings)
    #expect(first.hasPrefix("0 runs in "), "\(first)")
    #expect(first.contains("in all: 12 completed\n"))
    let second = try succeed("sweep", ["run", "layout_2_problem.yaml", "--resume"])
    #expect(second.hasPrefix("0 runs in ") && second.contains("in all: 2 completed, 1 diverged\n"), "\(second)")
    for (name, before) in zip(Self.names, shards) { #expect(try files("results/\(name)/shards") == before) }
    // The test set is not looked at again.
    #expect(try Data(contentsOf: fixture.folder.url.appendingPathComponent("results/layout_2/test.json")) == test)
  }

  @Test func onlyWhatIsNewIsTrained() throws {
    let (before, problems) = (try hashes("layout_2"), try hashes("layout_2_problem"))
    let seeds = try succeed("sweep", ["run", "layout_2.yaml"] + Self.settings + ["--set", "seed=0,1,2"])
    #expect(seeds.hasPrefix("6 runs in ") && seeds.contains("in all: 18 completed\n"), "\(seeds)")
    #expect(try hashes("layout_2").count == 18 && hashes("layout_2").isSuperset(of: before))
    let rate = "grid.optimizer[0].learning_rate=0.1,0.2,1e4"
    let rates = try succeed("sweep", ["run", "layout_2_problem.yaml", "--set", rate])
    #expect(rates.hasPrefix("1 run in ") && rates.contains("in all: 3 completed, 1 diverged\n"), "\(rates)")
    #expect(try hashes("layout_2_problem").count == 4 && hashes("layout_2_problem").isSuperset(of: problems))
    for name in Self.names {
      #expect(try succeed("sweep", ["verify", "results/\(name)"]).contains("Nothing is damaged"))
    }
  }

  @Test func theKilledSweepGoesOn() throws {
    let before = try hashes("layout_2_killed")
    let text = try succeed("sweep", ["run", "layout_2_killed.yaml", "--resume"])
    #expect(text.hasPrefix("18 runs in "), "\(text)")
    #expect(try before.count == 2 && hashes("layout_2_killed").isSuperset(of: before))
    #expect(try fixture.records("results/layout_2_killed").count == 20)
    #expect(try succeed("sweep", ["run", "layout_2_killed.yaml"]).hasPrefix("0 runs in "))
  }

  /// What may not change within a sweep is told from what may, as then.
  @Test func anotherTaskIsRefused() throws {
    let result = try fixture.sweep("run", "layout_2.yaml", "--weights", "all")
    #expect(result.status == 73)
    #expect(
      result.standardError.contains("- epochs_planned: 3\n") && result.standardError.contains("+ epochs_planned: 2\n"))
    try Data("a,b,c,d,class\n1,2,3,4,yes\n4,3,2,1,no\n1,3,2,4,yes\n4,2,3,1,no\n".utf8)
      .write(to: fixture.folder.url.appendingPathComponent("data/points.csv"))
    let data = try fixture.command().run(
      ["run", "layout_2.yaml"] + Self.settings + [
        "--set", "batch_size=1", "--set", "split={train: 0.5, validation: 0.5}",
      ])
    #expect(data.status == 73 && data.standardError.contains("- data hash: "), "\(data.standardError)")
  }

  /// A sweep of now has the trials of then, and learns the same; the one that diverged has nothing to compare.
  @Test(arguments: ["layout_2_problem", "layout_2_killed"])
  func theSameExperimentHasTheSameTrials(name: String) throws {
    _ = try succeed("sweep", ["run", "\(name).yaml", "--output", "again"])
    let both = try ParsedJSON(succeed("summary", ["compare", "results/\(name)", "again/\(name)", "--json"]))
    #expect(both["same_data"] == .truth(true) && both["shared"]["runs"].number == 2)
    // Rounding is another on other processors: an accuracy may be another by a sample.
    #expect(abs(try #require(both["shared"]["difference"].number)) < (name == "layout_2_problem" ? 1e-9 : 0.06))
  }

  // MARK: Comparing

  /// Where an answer lacks something of an earlier one or has it otherwise. What it has beside that may be new; identities,
  /// which are hexadecimal, may be others.
  private static func differences(_ found: ParsedJSON, _ then: ParsedJSON, at path: String = "") -> [String] {
    switch (found, then) {
    case (.object(let left), .object(let right)):
      // What the numbers say may be put otherwise.
      return right.filter { $0.key != "answer" }.flatMap {
        differences(left[$0.key] ?? .absent, $0.value, at: "\(path).\($0.key)")
      }
    case (.array(let left), .array(let right)) where path.hasSuffix(".warnings"):
      // More may be warned of.
      return right.filter { warning in !left.contains { differences($0, warning).isEmpty } }
        .map { "\(path): no longer \($0)" }
    case (.array(let left), .array(let right)) where left.count == right.count:
      return zip(left, right).enumerated().flatMap { differences($1.0, $1.1, at: "\(path)[\($0)]") }
    case (.number(let left), .number(let right)) where abs(left - right) <= 1e-9 * abs(right): return []
    case (.text(let left), .text(let right)) where isIdentity(left) && isIdentity(right): return []
    default: return found == then ? [] : ["\(path): \(found) instead of \(then)"]
    }
  }

  private static func isIdentity(_ text: String) -> Bool { text.count >= 8 && text.allSatisfy(\.isHexDigit) }

  /// Of all that a run measured and kept, but for times and its name.
  private static func hash(_ record: TrialRecord) -> String {
    let trace = record.trace
    let traces = [
      trace.batchLoss, trace.trainLoss, trace.trainAccuracy, trace.validationLoss, trace.validationAccuracy,
      trace.learningRate, trace.gradientNorm, trace.gradientPasses, trace.productPasses, trace.stepLength,
      trace.damping,
      trace.innerIterations, trace.evaluations,
    ]
    let weights = [record.weights.initial, record.weights.best, record.weights.final].map(\.doubles)
    let slices = record.weights.slices.map { "\($0.layer) \($0.role) \($0.offset) \($0.shape)" }
    let cost = [record.cost.steps, record.cost.gradients, record.cost.products, record.bestEpoch ?? -1]
    let probes = record.curvature.map { probe in
      "\(probe.epoch) \(probe.samples) \(probe.parameters) \(probe.products) \(probe.loss) \(probe.gradientNorm)"
        + "\([probe.lambdaMax, probe.lambdaMin, probe.negatives, probe.condition, probe.trace, probe.power, probe.online])"
        + "\([probe.spectrum, probe.densityPoints, probe.density, probe.layerLambdaMax, probe.taylorFirstErrors])"
    }
    let text = "\(record.outcome.name)\n\(traces)\n\(weights)\n\(slices)\n\(cost)\n\(probes)"
    var hash = FNV1a()
    hash.update(text.utf8)
    return String(hash.high, radix: 16) + "-" + String(hash.low, radix: 16)
  }
}
