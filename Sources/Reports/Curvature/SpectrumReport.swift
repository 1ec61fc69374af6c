import Experiments
import RealModule

/// What the probes of one run found, for a terminal.
public struct SpectrumReport: Sendable {
  public let record: TrialRecord
  let probes: [CurvatureMeasurement]

  /// - Throws: ``ReportError/noCurvature`` where the run has no probes.
  public init(_ record: TrialRecord) throws(ReportError) {
    guard !record.curvature.isEmpty else { throw .noCurvature(run: record.identity.short) }
    self.record = record
    probes = record.curvature.enumerated().sorted { ($0.element.epoch, $0.offset) < ($1.element.epoch, $1.offset) }
      .map(\.element)
  }

  /// Writes all probes, the layers, models and spectrum of the last one, and λ_max along training.
  public func report(into output: inout some TextOutputStream) {
    let names = record.hyperparameters.filter { Self.shown.contains($0.name) }
    let label = names.map { "\($0.name) \($0.value.text(as: $0.name))" }.joined(separator: ", ")
    output.write(
      TerminalText.wrapped("\(record.outcome.name), \(label)", first: "Run \(record.identity.short): "))
    writeProbes(to: &output)
    writeCourse(to: &output)
    guard let last = probes.last(where: { $0.status == .measured }) else { return }
    output.write("\nAt epoch \(last.epoch) (\(last.moments.names.joined(separator: ", ")))\n")
    writeLayers(of: last, to: &output)
    writeModels(of: last, to: &output)
    writeEstimates(of: last, to: &output)
    writeSpectrum(of: last, to: &output)
  }

  private static let shown: Set<String> = ["optimizer", "learning_rate", "batch_size", "keep_probability", "seed"]

  // MARK: - Probes

  private func writeProbes(to output: inout some TextOutputStream) {
    output.write("\nProbes\n")
    let columns: [Table.Column] = [
      .init("epoch", .right), .init("when"), .init("matrix"), .init("data"), .init("lambda_max", .right),
      .init("lambda_min", .right), .init("negative", .right), .init("verdict"), .init("condition", .right),
      .init("eta*lambda_max/2", .right), .init("trace", .right),
    ]
    Table(columns: columns, rows: probes.map(row)).write(to: &output)
    let notes = [
      (probes.contains { $0.lambdaMaxConverged == false || $0.lambdaMinConverged == false }, "~ not converged."),
      (
        probes.contains { $0.learningRateOverBound > 1 },
        "eta*lambda_max/2 over 1: gradient descent on the quadratic model diverges."
      ),
      (
        probes.contains { $0.negativesKind == .bracket && $0.negativesError > 0 },
        "a to b negative: the density tells at least a and at most b at 95 %; the rest is too near 0 for its steps."
      ),
      (weightDecay > 0, "eta*lambda_max/2 counts the weight decay: eta*(lambda_max + weight_decay)/2."),
      (limitNote != nil, limitNote ?? ""),
      (
        !record.outcome.isRankable && probes.contains { $0.moments.contains(.final) },
        "The run diverged: its final weights are those of the step that failed."
      ),
    ].filter(\.0).map(\.1)
    if !notes.isEmpty { output.write(TerminalText.wrapped(notes.joined(separator: " "), first: "  ")) }
  }

  /// Where eta*lambda_max/2 is not the optimizer's own.
  private var limitNote: String? {
    guard let optimizer = record.hyperparameters.optimizer else { return nil }
    let name = type(of: optimizer).name
    guard let bound = optimizer.stability else {
      return "eta*lambda_max/2 is gradient descent's: \(name) scales the gradient and has another limit."
    }
    guard bound.factor != 2 else { return nil }
    return "\(name) is stable up to a lambda_max of \(bound.formula.replacing("λ_max", with: "eta"))."
  }

  private func row(_ probe: CurvatureMeasurement) -> [String] {
    [
      "\(probe.epoch)", probe.moments.names.joined(separator: ", "), probe.matrix?.rawValue ?? "",
      "\(probe.samples) \(probe.part?.rawValue ?? "")",
      value(probe.lambdaMax, probe.lambdaMaxConverged), value(probe.lambdaMin, probe.lambdaMinConverged),
      count(probe.negatives, probe.negativesError, probe.negativesKind), verdict(probe),
      (probe.conditionIsBound == true ? "≥ " : "") + NumberText.significant(probe.condition, 3),
      NumberText.significant(probe.learningRateOverBound, 3),
      probe.traceError > 0
        ? NumberText.measurement(probe.trace, probe.traceError) : NumberText.significant(probe.trace, 4),
    ]
  }

  /// λ that the run's optimizer adds to the gradient as λw.
  private var weightDecay: Double { record.hyperparameters.optimizer?.coupledWeightDecay ?? 0 }

  private func value(_ number: Double, _ converged: Bool?) -> String {
    (converged == false ? "~" : "") + NumberText.significant(number)
  }

  private func count(_ number: Double, _ error: Double, _ kind: CurvatureMeasurement.CountKind?) -> String {
    switch kind {
    case .exact: NumberText.short(number)
    case .estimate: "\(NumberText.short(number.rounded())) ± \(NumberText.significant(error, 2))"
    case .lowerBound: "≥ \(NumberText.short(number))"
    case .bracket: "\(NumberText.short(number)) to \(NumberText.short(number + error))"
    case nil: NumberText.missing
    }
  }

  private func verdict(_ probe: CurvatureMeasurement) -> String {
    switch probe.status {
    case .measured: probe.definiteness?.rawValue.replacing("_", with: " ") ?? NumberText.missing
    case .weightsNotFinite: "not measured: weights are not finite"
    case .notFinite: "not measured: the loss is not finite"
    case .failed: "not measured: LAPACK gave up"
    case nil: NumberText.missing
    }
  }

  /// λ_max along training, against 2/η where it tells convergence from divergence.
  private func writeCourse(to output: inout some TextOutputStream) {
    let course = CurvatureCourse(probes)
    let points = course.probes.map { probe in
      CurvePlot.Point(
        label: "\(probe.epoch)", mean: probe.lambdaMax, standardError: .nan,
        reference: probe.learningRate > 0 ? 2 / probe.learningRate - weightDecay : nil)
    }
    guard points.count > 1 else { return }
    let subject = course.subject.map { ", \($0)" } ?? ""
    let limit = weightDecay > 0 ? "2/eta - weight_decay" : "2/eta"
    output.write("\nlambda_max (●) along training, against \(limit) (┃)\(subject)\n")
    CurvePlot(points: points).write(title: "epoch", to: &output)
  }

  // MARK: - The last one

  private func writeLayers(of probe: CurvatureMeasurement, to output: inout some TextOutputStream) {
    guard let steepest = probe.layerLambdaMax.max(), !probe.layerLambdaMax.isEmpty else { return }
    output.write("\n  Layers, each by itself: steep ones want small steps\n")
    let rows = probe.layerLambdaMax.indices.map { layer in
      [
        "\(layer)", NumberText.short(probe.layerParameters[layer]),
        NumberText.significant(probe.layerLambdaMax[layer]), NumberText.significant(probe.layerLambdaMin[layer]),
        BarPlot.bar(probe.layerLambdaMax[layer] / steepest, width: 32),
      ]
    }
    Table(
      columns: [
        .init("layer", .right), .init("parameters", .right), .init("lambda_max", .right), .init("lambda_min", .right),
        .init(""),
      ], rows: rows
    ).write(to: &output)
  }

  private func writeModels(of probe: CurvatureMeasurement, to output: inout some TextOutputStream) {
    guard let first = probe.taylorSteps.first, let last = probe.taylorSteps.last else { return }
    output.write("\n  Errors of Taylor's models at steps h, and their orders in h (2 and 3 for a smooth loss)\n")
    let count = probe.taylorSteps.count
    var rows: [[String]] = []
    for (index, direction) in CurvatureMeasurement.directions.enumerated() {
      for (name, errors, orders) in [
        ("linear", probe.taylorFirstErrors, probe.taylorFirstOrders),
        ("quadratic", probe.taylorSecondErrors, probe.taylorSecondOrders),
      ] {
        rows.append([
          name == "linear" ? direction : "", name, NumberText.significant(errors[index * count], 3),
          NumberText.significant(errors[index * count + count - 1], 3), NumberText.significant(orders[index], 3),
        ])
      }
    }
    Table(
      columns: [
        .init("direction"), .init("model"), .init("h = \(NumberText.short(first))", .right),
        .init("h = \(NumberText.short(last))", .right), .init("order", .right),
      ], rows: rows
    ).write(to: &output)
  }

  private func writeEstimates(of probe: CurvatureMeasurement, to output: inout some TextOutputStream) {
    let rows = [
      ("power method", probe.power, probe.powerResidual), ("Taylor's products", probe.taylor, probe.taylorError),
      ("on-line", probe.online, probe.onlineError),
    ].filter { $0.1.isFinite }.map {
      [$0.0, NumberText.significant($0.1), NumberText.significant($0.2, 2)]
    }
    guard !rows.isEmpty else { return }
    output.write("\n  Other ways to the eigenvalue of largest magnitude, which may be a negative one\n")
    Table(columns: [.init("method"), .init("lambda", .right), .init("stated error", .right)], rows: rows)
      .write(to: &output)
  }

  private func writeSpectrum(of probe: CurvatureMeasurement, to output: inout some TextOutputStream) {
    if probe.hasFullSpectrum {
      output.write("\n  All \(probe.spectrum.count) eigenvalues, in bins from each number up; bars are logarithmic\n")
      BarPlot(histogram: probe.spectrum).write(to: &output)
    } else if !probe.spectrum.isEmpty {
      output.write("\n  Eigenvalues found; along the vector of a positive one alone eta = 1/lambda is the fastest\n")
      let rows = probe.spectrum.indices.reversed().map { index in
        [
          value(probe.spectrum[index], probe.spectrumConverged[index] == 1),
          NumberText.significant(probe.spectrumResiduals[index], 2),
          probe.spectrum[index] > 0 && !(probe.spectrum[index] <= probe.zeroTolerance)
            ? NumberText.significant(1 / probe.spectrum[index], 3) : NumberText.missing,
        ]
      }
      Table(
        columns: [.init("lambda", .right), .init("residual", .right), .init("1/lambda", .right)], rows: rows
      ).write(to: &output)
    }
    guard probe.densityPoints.count > 1 else { return }
    output.write(
      "\n  Spectral density: eigenvalues of \(probe.parameters) in bins from each number up, smoothed over ± "
        + "\(NumberText.significant(probe.densityWidth, 2)); bars are logarithmic\n")
    BarPlot(density: probe.density, at: probe.densityPoints, total: Double(probe.parameters)).write(to: &output)
  }
}
