import Foundation
import TestSupport
import Testing

/// What the programs say where something is named wrongly, and that what they advise is then accepted.
@Suite struct WordsTests {
  private let fixture: SweepFixture
  private let results = "results/spirals"
  private let file: String

  init() throws {
    fixture = try SweepFixture()
    file = try fixture.write(SweepFixture.experiment(seeds: 2))
  }

  private func summary(_ arguments: String...) throws -> Command.Result {
    try Command("summary", directory: fixture.folder.url).run(arguments)
  }

  private func run() throws { #expect(try fixture.sweep("run", file).status == 0) }

  private func plan(_ override: String) throws -> Command.Result { try fixture.sweep("plan", file, "--set", override) }

  @Test func numbersSayTheirLimits() throws {
    let batch = try plan("batch_size=99999999999")
    #expect(
      batch.standardError
        == "Error: --set batch_size: grid.batch_size: 99999999999 is out of range; accepted: a whole number from 1 to "
        + "2147483647, or full\n")
    let seed = try plan("seed=9223372036854775808")
    #expect(seed.standardError.contains("accepted: a whole number from 0 to 9223372036854775807, a list"))
    let seeds = try plan("seed={from: 9223372036854775806, count: 3}")
    #expect(
      seeds.standardError
        == "Error: --set seed: grid.seed.from: 3 seeds from 9223372036854775806 on pass the largest there is, "
        + "9223372036854775807; accepted: a whole number from 0 to 9223372036854775805\n")
    for accepted in ["seed=9223372036854775807", "seed={from: 9223372036854775805, count: 3}", "seed=1.5e1"] {
      #expect(try plan(accepted).status == 0, "\(accepted)")
    }
  }

  @Test func whatIsAdvisedForLayersIsAccepted() throws {
    let refused = try plan("hidden=32,32")
    #expect(refused.status == 64)
    #expect(
      refused.standardError
        == "Error: --set hidden: grid.hidden[0]: 32 is not a list of layers; accepted: a list of lists: [[64, 32]] is "
        + "one network of two layers, [[64], [32]] two networks of one\n")
    for accepted in ["hidden=[[64, 32]]", "hidden=[[64], [32]]", "hidden=[64],[32]", "hidden=[64, 32]", "hidden=64"] {
      #expect(try plan(accepted).status == 0, "\(accepted)")
    }
    let rate = try plan("learning_rate=0.1")
    #expect(rate.standardError.contains("grid.optimizer[0].learning_rate=…"))
    #expect(try plan("grid.optimizer[0].learning_rate=0.1").status == 0)
    #expect(try plan("optimizer[0].learning_rate=0.1").status == 0)
  }

  @Test func manyErrorsAreCounted() throws {
    let unknown = (0..<20_000).map { "x\($0): 1\n" }.joined()
    let many = try fixture.write(SweepFixture.experiment(seeds: 1) + unknown, to: "many.yaml")
    let lines = try fixture.sweep("plan", many).standardError.split(separator: "\n")
    #expect(lines.count == 11)
    #expect(lines.last == "… and 19,990 more")
  }

  @Test func aTab() throws {
    let tabs = try fixture.write("name: a\ndata:\n\tsource: digits\n", to: "tabs.yaml")
    #expect(
      try fixture.sweep("plan", tabs).standardError
        == "Error: tabs.yaml:3: a tab, which YAML does not take for indentation; accepted: spaces\n")
    let at = try fixture.write("name: @a\n", to: "at.yaml")
    #expect(
      try fixture.sweep("plan", at).standardError
        == "Error: at.yaml:1: not valid YAML: nothing may begin with '@'; accepted: text in quotes\n")
  }

  @Test(arguments: [
    ("optimizer=sgd", "did you mean gradient_descent?"), ("lr=0.1", "did you mean learning_rate?"),
    ("loss=cross_entropy", "did you mean softmax_cross_entropy?"), ("loss=mse", "did you mean squared_error?"),
    ("metric=val_loss", "did you mean validation_loss?"), ("initialization=xavier", "did you mean glorot_uniform?"),
    ("initialization=kaiming", "did you mean he?"), ("schedule=CosineAnnealingLR", "did you mean cosine?"),
    ("activation=mish", "\"mish\" is not an activation that Ravine has; accepted: relu, identity"),
  ])
  func namesOfOtherLibraries(override: String, says: String) throws {
    let result = try plan(override)
    #expect(result.status == 64)
    #expect(result.standardError.contains(says), "\(result.standardError)")
  }

  @Test func summaryKnowsItsVersionAndWhatItIsGiven() throws {
    #expect(try summary("--version").standardOutput == fixture.sweep("--version").standardOutput)
    let experiment = try summary(file)
    #expect(experiment.status == 66)
    #expect(
      experiment.standardError
        == "Error: spirals.yaml: not a sweep's results: it is an experiment file; sweep run puts its results into "
        + "results/spirals\n")
    try run()
    let list = try summary("results")
    #expect(list.status == 0)
    let lines = list.standardOutput.split(separator: "\n")
    #expect(lines.first == "results: 1 sweep")
    #expect(lines.contains { $0.hasPrefix("  results/spirals  16/16  20") && $0.hasSuffix("  spirals") })
    #expect(lines.last == "Ranking of one: summary results/spirals")
    let effects = try summary("effects", "results")
    #expect(effects.status == 66)
    #expect(effects.standardError.contains("it holds those of one: results/spirals"))
    let by = try summary(results, "--by", "val_loss")
    #expect(by.status == 64)
    #expect(by.standardError.contains("'val_loss' is not a metric; did you mean validation_loss? accepted: validation"))
    let optimizer = try summary(results, "--where", "optimizer=sgd")
    #expect(optimizer.standardError.contains("did you mean 'gradient_descent'?"))
    #expect(try summary(results, "--where", "lr=0.1").standardError.contains("did you mean 'learning_rate'?"))
  }

  @Test func aRunIsNamedInOneWay() throws {
    let probed = try fixture.sweep("run", file, "--set", "curvature.at=final")
    #expect(probed.status == 0)
    let runs = try summary(results, "--runs", "--csv").standardOutput.split(whereSeparator: \.isNewline)
    try #require(runs.count > 1)
    let column = try #require(runs[0].split(separator: ",").firstIndex(of: "run"))
    let run = String(runs[1].split(separator: ",", omittingEmptySubsequences: false)[column].prefix(10))
    let spectrum = try summary("spectrum", "\(results)/\(run)")
    #expect(spectrum.status == 0)
    #expect(try summary("spectrum", results, "--run", run).standardOutput == spectrum.standardOutput)
    #expect(try summary("export", "--csv", "\(results)/\(run)", "a.csv").status == 0)
    #expect(try summary("export", "--csv", results, "--run", run, "b.csv").status == 0)
    let files = try ["a.csv", "b.csv"].map { try Data(contentsOf: URL(fileURLWithPath: fixture.folder.path($0))) }
    #expect(files[0] == files[1])
    #expect(try fixture.sweep("probe", "\(results)/\(run)", "--set", "at=best").status == 0)
    #expect(try summary("spectrum", "\(results)/\(run)", "--run", "0").status == 64)
  }

  @Test func whatRunPrintsCanBePasted() throws {
    let values = "grid.optimizer={name: adam, learning_rate: [0.03359818281828, 1e6]}"
    let output = try fixture.sweep("run", file, "--set", values).standardOutput
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("Best configuration: ") })
    let parts = line.dropFirst("Best configuration: ".count).components(separatedBy: ", ")
    #expect(parts.contains("learning_rate=0.0335982"))
    let conditions = parts.flatMap { ["--where", $0] }
    let left = try Command("summary", directory: fixture.folder.url).run([results, "--csv"] + conditions)
    #expect(left.status == 0)
    #expect(left.standardOutput.split(whereSeparator: \.isNewline).count == 2)
  }
}
