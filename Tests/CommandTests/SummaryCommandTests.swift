import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// Drives the built `summary` as a user does.
@Suite struct SummaryCommandTests {
  private let folder: TemporaryDirectory
  private var results: String { folder.path("results") }

  /// Two optimizers, two keep probabilities, three seeds; adam with a keep probability of 0.5 is best.
  init() throws {
    folder = try TemporaryDirectory()
    var records: [TrialRecord] = []
    for (optimizer, level) in [("adam", 0.0), ("momentum", 0.2)] {
      for keep in [0.5, 1] {
        for (seed, noise) in [(1, 0.01), (2, 0.04), (3, 0.09)] {
          records.append(Self.record(optimizer, keep: keep, seed: seed, loss: level + 0.3 * keep + noise))
        }
      }
    }
    let store = try Self.open(results, name: "dropout")
    for record in records { try store.append(record) }
    try store.write(
      TestEvaluation(
        selection: .standard,
        runs: records.prefix(3).map { .init(identity: $0.identity.description, loss: 0.25, accuracy: 0.9) }))
    try store.close()
  }

  private static func open(_ path: String, name: String, trials: Int? = nil) throws -> ResultStore {
    var manifest = SweepManifest(
      name: name, experimentText: "", experimentHash: "", compatibility: "", provenance: Provenance(version: "1"),
      created: "2024-01-01T00:00:00Z")
    manifest.trials = trials
    return try ResultStore.open(directory: path, manifest: manifest)
  }

  private static func record(_ optimizer: String, keep: Double, seed: Int, loss: Double) -> TrialRecord {
    let hyperparameters: [Hyperparameter] = [
      .init("optimizer", .text(optimizer)), .init("learning_rate", .number(0.01)),
      .init("keep_probability", .list([1, keep])), .init("dropout_rate", .list([0, 1 - keep])),
      .init("seed", .integer(seed)),
    ]
    var trace = Trace()
    for column in Trace.columns { trace[keyPath: column.values] = [loss + 1, loss, loss + 0.01] }
    let text = hyperparameters.map { "\($0.name)=\($0.value)\n" }.joined()
    return TrialRecord(
      identity: TrialIdentity(hashing: text), hyperparameters: hyperparameters, outcome: .completed, trace: trace,
      bestEpoch: 1)
  }

  private func summary(_ arguments: String...) throws -> Command.Result { try Command("summary").run(arguments) }

  /// Runs a line of shell; `$0` is the program, `$1` the results.
  private func shell(_ line: String) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line, Command("summary").executable.path, results]
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = [output, errors].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    process.waitUntilExit()
    return (process.terminationStatus, text[0], text[1])
  }

  @Test func reportsTheRanking() throws {
    let result = try summary(results)
    #expect(result.status == 0 && result.standardError.isEmpty)
    #expect(result.standardOutput.hasPrefix("dropout: 12 runs\n  outcomes          12 completed\n"))
    // (0.01 + 0.04 + 0.09)/3 above 0.15; times and over exp(t·s/(√3·mean)), t = 4.303.
    #expect(
      result.standardOutput.contains(
        "     1    0.197 ± 0.023  0.118 to 0.328   0.16000  3/3    adam                    0.5  "))
    #expect(result.standardOutput.contains("Best: keep_probability 0.5 (dropout_rate 0.5)."))
    let ending = """
      The test set was looked at once, for the winner only: loss 0.25000 ± 0, accuracy 0.90000 ± 0 (over
        3 seeds, these test samples).
        Being the best of 4 configurations flatters the winner's validation_loss by less than its last
        digit, as far as these seeds can tell: 0.197 ± 0.023 (over 3 seeds). Test minus corrected
        validation: 0.053 ± 0.023 (95 % interval -0.0471 to 0.154, over 3 seeds on these two sets of
        samples: how much they differ by chance is not stored).

      """
    #expect(result.standardOutput.contains(ending), "\(result.standardOutput)")
  }

  @Test func filtersGroupsAndMetrics() throws {
    let filtered = try summary(results, "--where", "optimizer=momentum", "--where", "seed>=2", "--top", "1")
    #expect(filtered.standardOutput.hasPrefix("dropout: 4 runs\n  where             optimizer=momentum\n"))
    #expect(filtered.standardOutput.contains("… and 1 more"))
    #expect(filtered.standardOutput.contains("Not looked at for this winner"))
    let grouped = try summary(results, "--group", "optimizer", "--csv")
    #expect(grouped.standardOutput.split(whereSeparator: \.isNewline).count == 3)
    let final = try summary(results, "--by", "train_loss", "--epoch", "final", "--runs")
    #expect(final.standardOutput.contains("ranked by         train_loss at the final epoch, lower is better"))
    #expect(final.standardOutput.contains("     1     0.17000  "))
  }

  @Test func jsonIsForMachines() throws {
    let result = try summary(results, "--json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.standardOutput.utf8)) as? [String: Any])
    #expect(object["runs"] as? Int == 12)
    #expect((object["configurations"] as? [Any])?.count == 4)
    #expect(((object["test"] as? [String: Any])?["looked_at"]) as? Bool == true)
  }

  @Test func drawsAgainstCosts() throws {
    let text = try summary(results, "--x", "epochs")
    #expect(text.status == 0 && text.standardError.isEmpty)
    #expect(text.standardOutput.hasPrefix("validation_loss against epochs: "))
    #expect(
      text.standardOutput.split(separator: "\n").suffix(2).map { $0.split(separator: " ")[1] } == ["adam", "momentum"])
    // Two optimizers at their best, three seeds, three epochs.
    let csv = try summary(results, "--x", "seconds", "--csv", "--by", "train_loss")
    #expect(csv.standardOutput.split(separator: "\r\n").count == 1 + 2 * 3 * 3)
    let json = try summary(results, "--x", "products", "--json")
    let object = try JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [String: Any]
    #expect((object?["curves"] as? [Any])?.count == 2 && object?["x"] as? String == "products")
    let refused = try summary(results, "--x", "epochs", "--runs")
    #expect(refused.status == 64 && refused.standardError.contains("--x goes with none of --runs, --group and --top"))
    #expect(try summary(results, "--x", "steps").status == 64)
  }

  /// Each question's own words and a number that can be worked out: losses are 0.3·keep + 0.2·momentum + noise.
  @Test(
    arguments: [
      (["effects"], "keep_probability   33 %"), (["budget"], "  2  0.216 ± 0.038   98 %  0.416 ± 0.038  1.9 %"),
      (["sensitivity"], "  *           0.01  0.397 ± 0.023       0/6"),
      (["pairs", "--of", "optimizer"], "adam       momentum  -0.20000"),
      (["target", "--target", "0.2"], "adam       2/3   0.228       1      0      0.190     0.190    0.190"),
      (["profile"], "momentum   0.535  0.0 %"), (["profile", "--target", "0.2"], "momentum   0.00  0.0 %"),
    ] as [([String], String)])
  func answersQuestions(arguments: [String], text: String) throws {
    let result = try Command("summary").run([arguments[0], results] + arguments.dropFirst())
    #expect(result.status == 0 && result.standardError.isEmpty)
    #expect(result.standardOutput.contains(text), "\(result.standardOutput)")
  }

  /// The same for machines, unrounded: a path of members and places, and the number there.
  @Test(
    arguments: [
      (["effects"], "scopes.0.mean", 0.3 * 0.75 + 0.1 + 0.14 / 3), (["budget"], "optimizers.1.runs", 6),
      (["sensitivity"], "optimizers.0.best_learning_rate", 0.01),
      (["pairs", "--of", "keep_probability"], "pairs.0.difference", -0.15),
      (["target", "--target", "0.2"], "tuned.0.met", 2), (["profile"], "optimizers.0.score", 1),
      (["compare"], "shared.equal", 12),
    ] as [([String], String, Double)])
  func answersQuestionsInJSON(arguments: [String], path: String, number: Double) throws {
    let others = arguments[0] == "compare" ? [results] : []
    let result = try Command("summary").run([arguments[0], results] + others + arguments.dropFirst() + ["--json"])
    #expect(result.status == 0 && result.standardError.isEmpty)
    let found = path.split(separator: ".").reduce(try ParsedJSON(result.standardOutput)) { value, name in
      Int(name).map { value[$0] } ?? value[String(name)]
    }
    #expect(abs(try #require(found.number) - number) < 1e-12, "\(result.standardOutput)")
  }

  @Test(
    arguments: [
      (["target", "--reference", "sgd"], "no run has optimizer 'sgd'; accepted: adam, momentum", 64),
      (["target", "--target", "1", "--reference", "adam"], "exclude each other", 64),
      (["sensitivity", "--tolerance=-1"], "--tolerance must be a number from 0", 64),
      (["pairs", "--of", "optimzer"], "unknown key 'optimzer'; did you mean 'optimizer'?", 64),
    ] as [([String], String, Int32)])
  func refusesQuestions(arguments: [String], message: String, status: Int32) throws {
    let result = try Command("summary").run([arguments[0], results] + arguments.dropFirst())
    #expect(result.status == status && result.standardOutput.isEmpty)
    #expect(result.standardError.contains(message), "\(result.standardError)")
  }

  @Test func helpHasExamples() throws {
    let result = try summary("--help")
    #expect(result.status == 0)
    #expect(result.standardOutput.contains("summary results/digits --group optimizer,batch_size"))
  }

  @Test(
    arguments: [
      (["--where", "optimzer=adam"], "unknown key 'optimzer'; did you mean 'optimizer'?", 64),
      (["--group", "optimzer"], "unknown key 'optimzer'; did you mean 'optimizer'?", 64),
      (["--where", "optimizer"], "condition 'optimizer' is not KEY=VALUE", 64),
      (["--where", "seed>many"], "compares with 'many', which is not one number", 64),
      (["--where", "optimizer=sgd"], "no run is left with 'optimizer=sgd'; optimizer has adam, momentum", 65),
      (["--top", "0"], "--top must be at least 1, not 0", 64), (["--json", "--csv"], "exclude each other", 64),
      (["--by", "loss"], "validation_loss", 64),
    ] as [([String], String, Int32)])
  func wrongQuestions(arguments: [String], message: String, status: Int32) throws {
    let result = try Command("summary").run([results] + arguments)
    #expect(result.status == status)
    #expect(result.standardOutput.isEmpty)
    #expect(result.standardError.contains(message), "\(result.standardError)")
  }

  @Test func noResults() throws {
    let missing = try summary(folder.path("nowhere"))
    #expect(missing.status == 66)
    #expect(missing.standardError == "Error: \(folder.path("nowhere")): No such file or directory\n")
    let empty = try TemporaryDirectory()
    let other = try summary(empty.url.path)
    #expect(other.status == 66)
    // The words are the store's.
    #expect(other.standardError.hasPrefix("Error: \(empty.url.path): not a sweep's results: "))
    #expect(try summary().status == 64)
  }

  @Test func damagedManifest() throws {
    try "{".write(toFile: results + "/sweep.json", atomically: true, encoding: .utf8)
    let result = try summary(results)
    #expect(result.status == 65)
    #expect(result.standardError.contains("sweep.json"))
  }

  @Test func noRunsYet() throws {
    try Self.open(folder.path("empty"), name: "em\u{1B}[31mpty").close()
    let result = try summary(folder.path("empty"))
    #expect(result.status == 0)
    #expect(result.standardOutput.hasPrefix("em\\u{1B}[31mpty: 0 runs\n"))
  }

  @Test func runsThatAreMissingAreSaid() throws {
    let path = folder.path("part")
    let store = try Self.open(path, name: "part", trials: 5)
    for seed in [1, 2] { try store.append(Self.record("adam", keep: 0.9, seed: seed, loss: 1)) }
    try store.close()
    let warning = "! 3 of 5 runs are not there yet: the ranking may change."
    #expect(try summary(path).standardOutput.contains(warning))
    // What a condition leaves out is not missing.
    #expect(try !summary(path, "--where", "seed=1").standardOutput.contains(warning))
  }

  /// More than a pipe holds, to a reader that leaves at once.
  @Test func aClosedPipeIsNoError() throws {
    let store = try Self.open(results, name: "dropout")
    for seed in 100..<1100 { try store.append(Self.record("adam", keep: 0.9, seed: seed, loss: 1)) }
    try store.close()
    for trap in ["", "trap '' PIPE; "] {
      let result = try shell(trap + #""$0" "$1" --runs --json | head -n 1; echo "${PIPESTATUS[0]}""#)
      #expect(result.output == "{\n141\n")
      #expect(result.errors.isEmpty)
    }
  }

  @Test func aFullDiskIsSaid() throws {
    let result = try shell(#""$0" "$1" > /dev/full"#)
    #expect(result.status == 74)
    #expect(result.errors == "Error: cannot write the report: No space left on device\n")
  }
}
