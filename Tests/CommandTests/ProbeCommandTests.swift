import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// Probes of stored runs, and what `summary` makes of them.
@Suite struct ProbeCommandTests {
  private let fixture: SweepFixture
  private let results = "results/saddle"

  init() throws {
    fixture = try SweepFixture()
    let file = try fixture.write(
      """
      name: saddle
      data: {source: {spirals: {samples: 150, classes: 3}}}
      network: {hidden: [6, 5], activation: tanh}
      loss: softmax_cross_entropy
      l2: 1e-3
      precision: double
      training: {epochs: 4}
      curvature: {at: [start, final], every: 2, largest: 2, smallest: 2, taylor_models: false}
      grid:
        optimizer: [{name: adam, learning_rate: 0.02}, {name: gradient_descent, learning_rate: 1e9}]
        batch_size: 15
        seed: [0, 1]

      """)
    let run = try fixture.sweep("run", file, "--weights", "all", "--set", "training.divergence_bound=1e3")
    #expect(run.status == 0, "\(run.standardError)")
  }

  private func summary(_ arguments: String...) throws -> Command.Result {
    try Command("summary", directory: fixture.folder.url).run(arguments)
  }

  private func reader() throws -> ResultReader { try ResultReader(path: fixture.folder.path(results)) }

  private func finished() throws -> [RunSummary] { try reader().summaries().filter { $0.outcome.isRankable } }

  private func python(_ script: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Readers/\(script)")
    process.arguments = [ProcessInfo.processInfo.environment["RAVINE_PYTHON"] ?? "python3", path.path] + arguments
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  /// Every number against dense Hessians that NumPy makes from the same weights and data.
  @Test func whatIsStoredIsWhatNumPyFinds() throws {
    for part in ["training", "validation"] {
      for run in try finished() {
        let probe = try fixture.sweep(
          "probe", results, "--run", run.identity.description, "--set", "full_spectrum=true", "--set",
          "data=\(part)", "--set", "principal_eigenvector=true", "--set", "tolerance=1e-9", "--set",
          "at=start,best,final")
        #expect(probe.status == 0, "\(probe.standardError)")
      }
    }
    #expect(try fixture.sweep("data", "spirals.yaml", "data.h5").status == 0)
    let check = try python(
      "dense_hessian.py", [fixture.folder.path(results), fixture.folder.path("data.h5"), "1e-3"])
    let checked = Int(check.output.dropLast()) ?? 0
    #expect(check.status == 0 && checked >= 8 && checked <= 12)
  }

  @Test func aProbeOfStoredWeightsFindsWhatTheRunFound() throws {
    let run = try #require(try finished().first)
    let shards = try shardBytes()
    let probe = try fixture.sweep("probe", results, "--run", String(run.identity.short), "--set", "at=start")
    #expect(probe.status == 0, "\(probe.standardError)")
    #expect(probe.standardOutput.contains("Stored: \(results)/probes/\(run.identity)-"))
    let record = try reader().record(run.identity)
    let starts = record.curvature.filter { $0.moments.contains(.start) }
    #expect(starts.count == 2 && record.curvature.count == 4)
    // In Double, which the disk keeps.
    #expect(starts[0].lambdaMax == starts[1].lambdaMax && starts[0].loss == starts[1].loss)
    #expect(starts[0].spectrum == starts[1].spectrum && !starts[0].spectrum.isEmpty)
    #expect(starts[0].learningRate == starts[1].learningRate && starts[0].samples == starts[1].samples)
    let isUntouched = try shardBytes() == shards
    #expect(isUntouched)
    // The same question again has its answer already.
    #expect(try fixture.sweep("probe", results, "--run", run.identity.short, "--set", "at=start").status == 0)
    #expect(try reader().record(run.identity).curvature.count == 4)
  }

  private func shardBytes() throws -> [Data] {
    let folder = fixture.folder.path(results + "/shards")
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
      try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))
    }
  }

  /// What the grid does not have any more is still there, and so is what a merged file holds.
  @Test func runsOfAnEarlierGridAreProbed() throws {
    let runs = try finished()
    let text = try String(contentsOf: fixture.folder.url.appendingPathComponent("spirals.yaml"), encoding: .utf8)
    let changed = text.replacing("hidden: [6, 5]", with: "hidden: [4]").replacing("seed: [0, 1]", with: "seed: 2")
      .replacing("0.02", with: "0.01")
    let file = try fixture.write(changed, to: "changed.yaml")
    let again = try fixture.sweep("run", file, "--weights", "all", "--set", "training.divergence_bound=1e3")
    #expect(again.status == 0, "\(again.standardError)")
    let run = try #require(runs.first)
    let probe = try fixture.sweep("probe", results, "--run", run.identity.short, "--set", "at=final")
    #expect(probe.status == 0, "\(probe.standardError)")
    let finals = try reader().record(run.identity).curvature.filter { $0.moments.contains(.final) }
    #expect(finals.count == 2 && finals[0].lambdaMax == finals[1].lambdaMax)
    #expect(try fixture.sweep("merge", results, "--output", "one.h5").status == 0)
    let bytes = try Data(contentsOf: fixture.folder.url.appendingPathComponent("one.h5"))
    let merged = try fixture.sweep("probe", "one.h5", "--run", runs[1].identity.short, "--set", "at=final")
    #expect(merged.status == 0, "\(merged.standardError)")
    #expect(
      merged.standardOutput.hasSuffix("Not stored: one.h5 is one file. Probe the sweep's directory to keep it.\n"))
    let isUntouched = try Data(contentsOf: fixture.folder.url.appendingPathComponent("one.h5")) == bytes
    #expect(isUntouched)
  }

  /// Every axis of what a probe stores has its dimension scale, in a run's shard, a probe's file and a merged one.
  @Test func everyDimensionHasItsScale() throws {
    let run = try #require(try finished().first)
    let settings = [
      "at=final", "density=true", "trace=true", "taylor_models=true", "principal_eigenvector=true", "diagonal=true",
      "matrix=gauss_newton", "estimates=[power, online]",
    ].flatMap { ["--set", $0] }
    let probe = try Command("sweep", directory: fixture.folder.url).run(
      ["probe", results, "--run", run.identity.short] + settings)
    #expect(probe.status == 0, "\(probe.standardError)")
    #expect(try fixture.sweep("merge", results, "--output", "one.h5").status == 0)
    let lists: [String: [String]] = [
      "spectrum": ["eigenvalue"], "spectrum_residual": ["eigenvalue"], "layer_lambda_max": ["network_layer"],
      "layer_lambda_min_residual": ["network_layer"], "lambda_max": [], "negative_eigenvalues": [], "probe_epoch": [],
    ]
    let further: [String: [String]] = [
      "density": ["density_point"], "density_eigenvalue": ["density_point"], "taylor_step_length": ["taylor_step"],
      "taylor_first_error": ["direction", "taylor_step"], "taylor_second_order": ["direction"],
    ]
    let sizes = "2x6x5x3"
    let vectors = ["principal_eigenvector", "curvature_diagonal", "lecun_diagonal"].map { "vector_\($0)_\(sizes)" }
    func files(_ folder: String) throws -> [String] {
      let path = fixture.folder.path("\(results)/\(folder)")
      return try FileManager.default.contentsOfDirectory(atPath: path).map { "\(path)/\($0)" }
    }
    for (paths, hasAll) in [
      (try files("shards"), false), (try files("probes"), true), ([fixture.folder.path("one.h5")], true),
    ] {
      for path in paths {
        let read = try python("probe_dimensions.py", [path])
        #expect(read.status == 0, "\(path)")
        let found = try JSONDecoder().decode([String: [String]].self, from: Data(read.output.utf8))
        for (name, own) in hasAll ? lists.merging(further, uniquingKeysWith: { $1 }) : lists {
          #expect(found[name] == ["run", "probe"] + own, "\(name)")
        }
        for name in vectors { #expect(found[name] == (hasAll ? ["\(name)_run", "parameter_\(sizes)"] : nil)) }
      }
    }
  }

  /// Without `curvature` in the file.
  @Test func anyRunIsProbed() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    #expect(try fixture.sweep("run", file, "--output", "plain", "--set", "epochs=2").status == 0)
    let reader = try ResultReader(path: fixture.folder.path("plain/spirals"))
    let run = try #require(try reader.summaries().first { $0.outcome.isRankable }).identity
    let probe = try fixture.sweep(
      "probe", "plain/spirals", "--run", run.short, "--set", "layers=false", "--set", "estimates=power")
    #expect(probe.status == 0, "\(probe.standardError)")
    let found = try #require(try reader.record(run).curvature.first)
    #expect(found.moments.contains(.best) && found.layerLambdaMax.isEmpty)
    #expect(found.power.isFinite && found.taylorSteps.count == 12)
    #expect(found.matrix == .hessian && found.part == .training && found.samples == 360 && found.spectrum.count == 10)
  }

  /// Added probes are ranked by, verified and merged like those of the runs.
  @Test func addedProbesCount() throws {
    let run = try #require(try finished().first)
    #expect(run.best.curvature.lambdaMax.isNaN)
    #expect(try fixture.sweep("probe", results, "--run", run.identity.short, "--set", "at=best").status == 0)
    let found = try #require(try reader().summaries().first { $0.identity == run.identity })
    #expect(found.best.curvature.lambdaMax.isFinite)
    let ranking = try summary(results, "--by", "lambda_max", "--runs", "--top", "1")
    #expect(ranking.standardOutput.contains("lambda_max at the epoch with the best validation_loss, lower is better"))
    #expect(ranking.standardOutput.contains(run.identity.short))
    #expect(try fixture.sweep("verify", results).status == 0)
    #expect(try fixture.sweep("merge", results, "--output", "one.h5").status == 0)
    let merged = try ResultReader(path: fixture.folder.path("one.h5")).record(run.identity)
    #expect(try merged.curvature.count == reader().record(run.identity).curvature.count)
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(results + "/probes")).first)
    try Data("no HDF5".utf8).write(to: fixture.folder.url.appendingPathComponent("\(results)/probes/\(file)"))
    #expect(try fixture.sweep("verify", results).status == 65)
    #expect(try reader().record(run.identity).curvature.count == merged.curvature.count - 1)
    #expect(try fixture.sweep("verify", results, "--repair").status == 0)
  }

  @Test func theSpectrumIsPrintedAndDrawn() throws {
    let best = try summary("spectrum", results)
    #expect(best.status == 0 && best.standardError.isEmpty)
    let run = try #require(try finished().min { $0.best.validationLoss < $1.best.validationLoss })
    #expect(best.standardOutput.hasPrefix("Run \(run.identity.short): completed, optimizer adam"))
    let record = try reader().record(run.identity)
    for text in [
      "      0  start  ", "      2  epoch  ", "      4  epoch, final  ", "  saddle  ", "Eigenvalues found",
      "Layers, each by itself", "lambda_max (●) along training, against 2/eta (┃)",
    ] { #expect(best.standardOutput.contains(text), "\(text)") }
    for probe in record.curvature {
      #expect(best.standardOutput.contains("  \(significant(probe.lambdaMax))  "), "\(probe.lambdaMax)")
    }
    let diverged = try #require(try reader().summaries().first { !$0.outcome.isRankable })
    let other = try summary("spectrum", results, "--run", diverged.identity.short)
    #expect(other.status == 0 && other.standardOutput.contains("  final  hessian  "))
    let words = other.standardOutput.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("The run diverged: its final weights are those of the step that failed."))
  }

  private func significant(_ value: Double) -> String {
    let digits = max(0, 4 - Int(Foundation.log10(value.magnitude).rounded(.down)))
    return String(format: "%.\(digits)f", value)
  }

  @Test func curvatureRanksAndFilters() throws {
    let ranked = try summary(results, "--by", "lambda_max", "--epoch", "final", "--runs")
    #expect(ranked.status == 0 && ranked.standardOutput.contains("lambda_max at the final epoch, lower is better"))
    let flattest = try #require(try finished().min { $0.final.curvature.lambdaMax < $1.final.curvature.lambdaMax })
    #expect(
      ranked.standardOutput.contains(
        "     1     \(significant(flattest.final.curvature.lambdaMax))  \(flattest.identity.short)"))
    let bound = try finished().map(\.final.curvature.learningRateOverBound).max()!
    let stable = try summary(results, "--where", "learning_rate_over_bound<=\(bound)", "--epoch", "final")
    #expect(stable.standardOutput.hasPrefix("saddle: 2 runs\n"))
  }

  /// The example, shortened.
  @Test func theExampleRuns() throws {
    let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("experiments/curvature.yaml").path
    let run = try fixture.sweep("run", example, "--set", "epochs=5", "--set", "seed=0", "--weights", "all")
    #expect(run.status == 0, "\(run.standardError)")
    let runs = try ResultReader(path: fixture.folder.path("results/curvature")).summaries()
    #expect(runs.count == 10 && runs.allSatisfy { $0.final.curvature.lambdaMax > 0 && $0.cost.products > 211 })
    let spectrum = try summary("spectrum", "results/curvature")
    #expect(spectrum.standardOutput.contains("All 211 eigenvalues, in bins"))
    #expect(spectrum.standardOutput.contains("Spectral density: eigenvalues of 211 in bins from each number up"))
    #expect(spectrum.standardOutput.contains("Errors of Taylor's models"))
  }

  @Test func refusalsSayWhatWouldDo() throws {
    let run = try #require(try finished().first).identity.short
    let wrong = String(run.dropLast()) + (run.last == "0" ? "1" : "0")
    for (arguments, status, message) in [
      (["--run", wrong], 66, "\(results): has no run '\(wrong)'; the nearest is \(run)."),
      ([], 64, "--run"),
      (["--run", run, "--set", "larges=2"], 64, "unknown key; did you mean largest?"),
      (["--run", run, "--set", "data=test"], 64, "the test set is looked at once"),
      (["--run", run, "--set", "every=2"], 65, "every: weights between the start, the best and the final"),
      (["--run", run, "--set", "samples=91"], 64, "91 is larger than the training set of 90 samples"),
    ] as [([String], Int32, String)] {
      let result = try fixture.command().run(["probe", results] + arguments)
      #expect(result.status == status, "\(arguments)")
      #expect(result.standardError.contains(message), "\(result.standardError)")
    }
    #expect(try fixture.sweep("probe", "nowhere", "--run", "1").status == 66)
    #expect(try summary("spectrum", results, "--run", "x").status == 66)
    #expect(!fixture.exists("\(results)/probes"))
  }

  @Test func withoutWeightsThereIsNothingToProbe() throws {
    let file = try fixture.write(SweepFixture.experiment(seeds: 1))
    #expect(try fixture.sweep("run", file, "--weights", "none", "--output", "none").status == 0)
    #expect(try fixture.sweep("run", file, "--output", "best").status == 0)
    let reader = try ResultReader(path: fixture.folder.path("none/spirals"))
    let run = try #require(try reader.summaries().first { $0.outcome.isRankable && $0.bestEpoch != $0.epochs }).identity
    let none = try fixture.sweep("probe", "none/spirals", "--run", run.short)
    #expect(
      none.status == 65 && none.standardError.contains("run \(run.short) kept no weights. sweep run --weights all"))
    let final = try fixture.sweep("probe", "best/spirals", "--run", run.short, "--set", "at=final")
    #expect(final.status == 65 && final.standardError.contains("kept no weights of final; accepted: best."))
    let best = try fixture.sweep(
      "probe", "best/spirals", "--run", run.short, "--set", "largest=1", "--set", "smallest=0")
    #expect(best.status == 0 && best.standardOutput.contains("  best  "))
    let spectrum = try summary("spectrum", "none/spirals")
    #expect(spectrum.status == 65 && spectrum.standardError.contains("no run has probes of its curvature"))
  }
}
