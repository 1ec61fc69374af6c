import Experiments
import Learning
import Settings
import Testing

@testable import Reports

/// Probes as text.
@Suite struct SpectrumReportTests {
  private func probe(_ epoch: Int, _ moments: CurvatureMoments, _ lambdaMax: Double) -> CurvatureMeasurement {
    var probe = CurvatureMeasurement(moments: moments, epoch: epoch)
    probe.matrix = .hessian
    probe.part = .training
    probe.samples = 50
    probe.parameters = 4
    probe.lambdaMax = lambdaMax
    probe.lambdaMaxConverged = true
    probe.learningRate = 0.5
    probe.learningRateOverBound = 0.25 * lambdaMax
    return probe
  }

  private func text(_ probes: [CurvatureMeasurement]) throws -> String {
    var record = TrialRecord(
      identity: TrialIdentity(high: 0x0123_4567_89ab_cdef, low: 0),
      hyperparameters: [.init("optimizer", .text("adam\u{1B}[2J")), .init("learning_rate", .number(0.5))],
      outcome: .completed)
    record.curvature = probes
    var text = ""
    try Parts.$current.withValue(.standard) { try SpectrumReport(record).report(into: &text) }
    return text
  }

  @Test func everyKindOfNumberIsTold() throws {
    var first = probe(0, .start, 2)
    first.lambdaMin = -1
    first.lambdaMinConverged = false
    (first.negatives, first.negativesError, first.negativesKind) = (12.3, 2.5, .estimate)
    first.definiteness = .saddle
    (first.condition, first.conditionKind, first.conditionIsBound) = (1234, .magnitude, true)
    (first.trace, first.traceError) = (10, 0.5)
    var second = probe(7, [.epoch, .final], 8)
    (second.negatives, second.negativesKind, second.definiteness) = (3, .lowerBound, .saddle)
    var third = CurvatureMeasurement(moments: .final, epoch: 9)
    third.status = .weightsNotFinite
    let text = try text([second, first, third])
    #expect(
      text.hasPrefix(
        "Run 0123456789: completed, optimizer adam\\u{1B}[2J, learning_rate 0.5\n\nProbes\n  epoch  when"))
    #expect(text.contains("    0  start         hessian  50 training      2.0000    ~-1.0000  12 ± 2.5  saddle"))
    #expect(text.contains("≥ 1234             0.500  10.00 ± 0.50\n"))
    #expect(text.contains("    7  epoch, final  hessian  50 training      8.0000           –       ≥ 3  saddle"))
    #expect(text.contains("    9  final"))
    #expect(text.contains("not measured: weights are not finite"))
    #expect(
      text.contains("~ not converged. eta*lambda_max/2 over 1: gradient descent on the quadratic model diverges."))
    // 2/η = 4 lies between 2 and 8.
    #expect(text.contains("      0  ●···············┃·······························  2.0000\n"))
    #expect(text.contains("      7  ················┃······························●  8.0000\n"))
    #expect(!text.contains("\u{1B}"))
  }

  /// Two over eta is gradient descent's limit, and no other optimizer's.
  @Test(
    arguments: [
      ("gradient_descent", nil), ("momentum", "momentum is stable up to a lambda_max of 2(1 + μ)/eta."),
      ("adam", "eta*lambda_max/2 is gradient descent's: adam scales the gradient and has another limit."),
    ] as [(String, String?)])
  func theLimitIsTheOptimizers(optimizer: String, note: String?) throws {
    var record = TrialRecord(
      identity: TrialIdentity(high: 1, low: 0), hyperparameters: [.init("optimizer", .text(optimizer))],
      outcome: .completed)
    record.curvature = [probe(0, .start, 2)]
    var text = ""
    try Parts.$current.withValue(.standard) { try SpectrumReport(record).report(into: &text) }
    #expect(["limit", "stable"].contains { text.contains($0) } == (note != nil), "\(text)")
    if let note { #expect(text.contains(note), "\(text)") }
  }

  @Test func theSpectrumIsDrawn() throws {
    var probe = probe(3, .final, 24)
    probe.spectrum = [0, 0.5, 0.6, 24]
    probe.spectrumResiduals = [0, 0, 0, 0]
    probe.spectrumConverged = [1, 1, 1, 1]
    let whole = try text([probe])
    #expect(whole.contains("All 4 eigenvalues, in bins"))
    #expect(
      whole.contains("   0.0 │████████████████████████████████████████████████ 3\n")
        || whole.contains("0.00 │████████████████████████████████████████████████ 3\n"))
    #expect(
      whole.contains("    23.0 │████████████████████████ 1\n") || whole.contains("23.0 │████████████████████████ 1\n"))
    #expect(!whole.contains("Other ways"))
    (probe.power, probe.powerResidual, probe.online, probe.onlineError) = (23.9, 0.5, 24.5, 1)
    #expect(try text([probe]).contains("  power method  23.900          0.50\n  on-line       24.500           1.0\n"))
    probe.parameters = 100
    probe.spectrumConverged[1] = 0
    let found = try text([probe])
    #expect(found.contains("Eigenvalues found") && found.contains("  ~0.50000  "))
    // Along the vector of 24 alone η = 1/24 is the fastest; 0 has none.
    let rows = found.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(rows.contains(["lambda", "residual", "1/lambda"]))
    #expect(rows.contains { $0.first == "24.000" && $0.last == "0.0417" } && rows.contains { $0.last == "–" })
    #expect(!found.contains("Spectral density"))
    (probe.densityPoints, probe.density, probe.densityWidth) = ([0, 1, 2], [0.5, 0.3, 0.2], 0.25)
    #expect(
      try text([probe]).contains("eigenvalues of 100 in bins from each number up, smoothed over ± 0.25; bars are"))
    #expect(!found.contains("along training"))
  }

  /// Eigenvalues on other samples are no points of one curve.
  @Test func theCourseIsOfOneFunction() throws {
    var other = probe(7, .final, 5)
    other.samples = 20
    let text = try text([probe(0, .start, 2), probe(7, .final, 8), other, probe(7, .best, 8)])
    #expect(text.contains("lambda_max (●) along training, against 2/eta (┃), hessian on 50 training samples\n"))
    let lines = text.split(separator: "\n").filter { $0.contains("●") && $0.contains("┃") }.dropFirst()
    #expect(lines.count == 2 && lines.allSatisfy { !$0.hasSuffix("5.0000") }, "\(text)")
    // As many epochs of each: that over more samples, whatever the order.
    for probes in [[other, probe(7, .final, 8)], [probe(7, .final, 8), other]] {
      #expect(CurvatureCourse(probes).probes.map(\.lambdaMax) == [8])
    }
    #expect(CurvatureCourse([other]).subject == nil && CurvatureCourse([]).probes.isEmpty)
  }

  /// The bins of a density add up to the number of eigenvalues.
  @Test func aDensityIsCountedInBins() {
    let points = (0...240).map { Double($0) / 10 }
    let plot = BarPlot(density: points.map { _ in 1 / 24.0 }, at: points, total: 48)
    #expect(plot.counts.count == 24 && plot.counts.dropLast().allSatisfy { abs($0 - 2) < 1e-9 })
    #expect(abs(plot.counts.reduce(0, +) - 48.2) < 1e-9)
    #expect(
      BarPlot.bar(0.5, width: 4) == "██" && BarPlot.bar(1.0 / 32, width: 4) == "▏" && BarPlot.bar(.nan, width: 4) == "")
  }

  @Test func runsAreNamedByTheirFirstDigits() throws {
    let runs = [TrialIdentity(high: 0x0123 << 48, low: 0), TrialIdentity(high: 0x0124 << 48, low: 0)]
    #expect(try TrialIdentity.named("0123", among: runs) == runs[0])
    #expect(throws: ReportError.ambiguousRun("012", runs: runs.map(\.short))) {
      try TrialIdentity.named("012", among: runs)
    }
    #expect(throws: ReportError.unknownRun("0134", nearest: runs[1].short)) {
      try TrialIdentity.named("0134", among: runs)
    }
    #expect(throws: ReportError.unknownRun("", nearest: runs[0].short)) { try TrialIdentity.named("", among: runs) }
    #expect(throws: ReportError.noCurvature(run: runs[0].short)) {
      try SpectrumReport(TrialRecord(identity: runs[0], hyperparameters: [], outcome: .completed))
    }
  }
}
