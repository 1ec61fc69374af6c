import Experiments
import Foundation
import Store
import TestSupport
import Testing

/// `summary report`, and its page in a real browser.
@Suite struct ReportCommandTests {
  private let folder: TemporaryDirectory
  private var results: String { folder.path("page") }
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Thirty-six configurations over two seeds, some diverged, with probes, and with markup in the name of an optimizer.
  init() throws {
    folder = try TemporaryDirectory()
    let store = try ResultStore.open(
      directory: results,
      manifest: SweepManifest(
        name: "page <b>", experimentText: "name: page", experimentHash: "", compatibility: "",
        provenance: Provenance(version: "1"), created: "2024-01-01T00:00:00Z"))
    for optimizer in ["momentum", "<b>bold</b><img src=x onerror=alert(1)>"] {
      for rate in [0.001, 0.01, 0.1] {
        for batch in [16, 0] {
          for keep in [0.5, 0.8, 1] {
            for seed in 1...2 { try store.append(Self.record(optimizer, rate, batch, keep, seed)) }
          }
        }
      }
    }
    try store.close()
  }

  private static func record(
    _ optimizer: String, _ rate: Double, _ batch: Int, _ keep: Double, _ seed: Int
  ) -> TrialRecord {
    let hyperparameters: [Hyperparameter] = [
      .init("optimizer", .text(optimizer)), .init("learning_rate", .number(rate)), .init("batch_size", .integer(batch)),
      .init("keep_probability", .list([1, keep])), .init("dropout_rate", .list([0, 1 - keep])),
      .init("momentum", .number(0.5)), .init("seed", .integer(seed)),
    ]
    let lead = optimizer == "momentum" ? 0.001 : 0
    let loss = 1 + abs(keep - 0.8) + abs(rate - 0.01) + Double(batch) / 100 + Double(seed) / 50 - lead
    var trace = Trace()
    for column in Trace.columns { trace[keyPath: column.values] = [loss + 2, loss + 1, loss] }
    let text = hyperparameters.map { "\($0.name)=\($0.value)\n" }.joined()
    var record = TrialRecord(
      identity: TrialIdentity(hashing: text), hyperparameters: hyperparameters,
      outcome: rate == 0.1 && optimizer != "momentum" ? .diverged(step: 2) : .completed, trace: trace, bestEpoch: 2)
    // The last one looks at other samples.
    let probes = [(CurvatureMoments.start, 0, 50), (.final, 2, 50), (.final, 2, 20)]
    record.curvature = probes.map { moment, epoch, samples in
      var probe = CurvatureMeasurement(moments: moment, epoch: epoch)
      (probe.lambdaMax, probe.learningRate) = (samples == 50 ? 10 + Double(epoch) : 99, rate)
      (probe.matrix, probe.part, probe.samples) = (.hessian, .training, samples)
      (probe.spectrum, probe.spectrumResiduals, probe.spectrumConverged) = ([-1, 2, 10], [0, 0, 0], [1, 1, 1])
      (probe.densityPoints, probe.density) = ([-1, 10], [0.1, 0.2])
      (probe.layerParameters, probe.layerLambdaMax, probe.layerLambdaMin) = ([8, 2], [3, 10], [-1, 0])
      (probe.layerLambdaMaxResiduals, probe.layerLambdaMinResiduals) = ([0, 0], [0, 0])
      (probe.layerLambdaMaxConverged, probe.layerLambdaMinConverged) = ([1, 1], [1, 1])
      return probe
    }
    return record
  }

  @Test func thePageWorksInABrowser() throws {
    let result = try Command("summary").run(["report", results])
    try #require(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput == "\(results)/report.html\n")
    let script = Self.repository.appendingPathComponent("scripts/check_report.py").path
    let check = try Command("env", at: URL(fileURLWithPath: "/usr/bin/env")).run(
      ["python3", script, "\(results)/report.html"])
    #expect(check.status == 0, "\(check.standardOutput)\(check.standardError)")
    for text in [
      "ok    figures: keep, rate, heat, traces, parallel, effects, budget, edge, spectrum, density, layers",
      ": λ_max, hessian on 50 training samples, rank 1, run ",
      ": 2(1 + μ)/η", "ok    the values of the parallel axes stand out",
      "ok    the Enter key sorts, too",
      "ok    no console messages", "ok    no requests but for the file itself",
    ] { #expect(check.standardOutput.contains(text), "\(text): \(check.standardOutput)") }
  }

  @Test func figuresAsImages() throws {
    let file = folder.path("a page.html")
    let result = try Command("summary").run([
      "report", results, "--output", file, "--svg", folder.path("svg"), "--png", folder.path("png"),
    ])
    try #require(result.status == 0, "\(result.standardError)")
    for figure in ["keep", "rate", "heat", "traces", "parallel", "effects", "budget"] {
      let svg = try String(contentsOfFile: folder.path("svg/\(figure).svg"), encoding: .utf8)
      #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>"))
      // The name is text in the picture.
      #expect(!svg.contains("<img") && !svg.contains("onerror=alert(1)>"))
      let png = try Data(contentsOf: URL(fileURLWithPath: folder.path("png/\(figure).png")))
      #expect(png.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]) && png.count > 10_000)
    }
  }

  /// A copy of the program far from the library says what to do.
  @Test func aMissingLibraryIsSaid() throws {
    let copy = folder.url.appendingPathComponent("bin/a/b/c/summary")
    try FileManager.default.createDirectory(
      at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
    // By a process of its own: one that another test forks meanwhile would keep the copy open for writing.
    let copied = try Command("cp", at: URL(fileURLWithPath: "/bin/cp")).run([
      Command("summary").executable.path, copy.path,
    ])
    try #require(copied.status == 0)
    let result = try Command("summary", at: copy).run(["report", results])
    #expect(result.status == 69)
    #expect(result.standardError.contains("run scripts/setup --report"))
    #expect(!FileManager.default.fileExists(atPath: results + "/report.html"))
  }
}
