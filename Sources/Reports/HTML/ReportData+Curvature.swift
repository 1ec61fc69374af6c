import Experiments

extension ReportData {
  /// The probes of runs, by the position of their configuration in the ranking.
  static func curvature(_ ranking: Ranking, _ probes: [TrialIdentity: [CurvatureMeasurement]]) -> [JSON] {
    var runs: [JSON] = []
    guard !probes.isEmpty else { return runs }
    for (row, configuration) in ranking.configurations.enumerated() {
      for member in ranking.rows(of: configuration) {
        let run = ranking.table.runs[member]
        guard let measured = probes[run.identity]?.filter({ $0.status == .measured }), !measured.isEmpty else {
          continue
        }
        let sorted = measured.sorted { $0.epoch < $1.epoch }
        let course = CurvatureCourse(sorted)
        runs.append(
          .object([
            "row": .integer(row), "run": .string(run.identity.short), "limit": run.limit,
            "probes": .array(sorted.map(\.json)), "course": .array(course.probes.map(\.point)),
            "subject": course.subject.map(JSON.string) ?? .null,
          ]))
      }
    }
    return runs
  }
}

extension RunSummary {
  /// Up to which λ_max the run's optimizer is stable: a factor to divide by η, the weight decay to subtract, and the
  /// formula; null where it scales the gradient.
  fileprivate var limit: JSON {
    guard let optimizer, let bound = optimizer.stability else { return .null }
    let decay = optimizer.coupledWeightDecay
    let text = bound.formula.replacing("λ_max", with: "η") + (decay > 0 ? " − λ" : "")
    return .object(["factor": .number(bound.factor), "decay": .number(decay), "formula": .string(text)])
  }
}

extension CurvatureMeasurement {
  /// Of the curve along training.
  fileprivate var point: JSON {
    .object([
      "epoch": .integer(epoch), "lambdaMax": .number(lambdaMax), "learningRate": .number(learningRate),
    ])
  }

  fileprivate var json: JSON {
    func numbers(_ values: [Double]) -> JSON { .array(values.map { .number(Double(Float($0))) }) }
    return .object([
      "epoch": .integer(epoch), "spectrum": numbers(spectrum), "densityPoints": numbers(densityPoints),
      "density": numbers(density), "layers": numbers(layerLambdaMax),
    ])
  }
}
