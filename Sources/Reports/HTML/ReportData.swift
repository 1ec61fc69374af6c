import Experiments

/// What the page's script works on: configurations in the order of the ranking, their runs, and some traces.
struct ReportData: Sendable {
  private(set) var arrays = PackedArrays()
  private(set) var meta = JSON.null
  private(set) var figures: [Figure] = []

  struct Figure: Sendable {
    /// Names the element and the file of an image.
    var id: String
    var title: String
    var caption: String
  }

  init(
    _ report: SummaryReport, _ traces: [TrialIdentity: Trace], _ probes: [TrialIdentity: [CurvatureMeasurement]]
  ) {
    let ranking = report.ranking
    let columns = report.roles.varying.map(\.byLevel)
    let effects = HyperparameterEffects(ranking)
    let budget = TuningBudget(ranking)
    addConfigurations(ranking, columns)
    addRuns(ranking)
    let hasTraces = addTraces(ranking, traces)
    let curvature = Self.curvature(ranking, probes)
    let seeds = ranking.table.column("seed")?.values.map { $0.text(as: "seed") } ?? []
    meta = .object([
      "name": .string(report.name), "metric": .string(ranking.criterion.metric.rawValue),
      "higherIsBetter": .boolean(ranking.criterion.metric.higherIsBetter), "seeds": .integer(ranking.seeds),
      "seedLabels": .array(seeds.map(JSON.string)), "columns": .array(columns.map(\.json)),
      "curvature": .array(curvature), "stability": .array(LearningRateSensitivity.stability(ranking)),
      "open": .array(report.keepProbability?.notConverged ?? []),
      "effects": .array(effects.figure), "budget": budget?.figure ?? .null, "arrays": .object(arrays.parts),
    ])
    figures = Figure.all(
      columns: Set(columns.map(\.name)), hasTraces: hasTraces, curvature.isEmpty ? [] : Array(probes.values.joined()),
      effects.figure, budget)
  }

  private mutating func addConfigurations(_ ranking: Ranking, _ columns: [RunTable.Column]) {
    let configurations = ranking.configurations
    var firstRuns: [UInt32] = [0]
    var bestRuns: [UInt32] = []
    for configuration in configurations {
      let rows = ranking.rows(of: configuration)
      let position = configuration.bestRow.flatMap { best in rows.firstIndex(of: best).map { $0 - rows.startIndex } }
      bestRuns.append(position.map { firstRuns[firstRuns.count - 1] + UInt32($0) } ?? .max)
      firstRuns.append(firstRuns[firstRuns.count - 1] + UInt32(rows.count))
    }
    arrays.add("mean", configurations.map { Float($0.statistics.mean) })
    arrays.add("error", configurations.map { Float($0.statistics.standardError) })
    let intervals = configurations.map { $0.statistics.confidenceInterval(on: ranking.intervalScale) }
    arrays.add("lower", intervals.map { Float($0?.lower ?? .nan) })
    arrays.add("upper", intervals.map { Float($0?.upper ?? .nan) })
    arrays.add("best", configurations.map { Float($0.bestRow.map { ranking.values[$0] } ?? .nan) })
    arrays.add("lost", configurations.map { Float($0.lostSeeds) })
    arrays.add("ranked", configurations.map { UInt32($0.statistics.count) })
    arrays.add("diverged", configurations.map { UInt32($0.outcomes.diverged) })
    arrays.add("failed", configurations.map { UInt32($0.outcomes.failed) })
    arrays.add("run_start", firstRuns)
    arrays.add("best_run", bestRuns)
    for (index, column) in columns.enumerated() {
      arrays.add("column\(index)", codes: configurations.map { column.codes[$0.row] }, values: column.values.count)
    }
  }

  private mutating func addRuns(_ ranking: Ranking) {
    let rows = ranking.configurations.flatMap { ranking.rows(of: $0) }
    let seed = ranking.table.column("seed")
    arrays.add("run_seed", rows.map { UInt32(max(0, seed?.codes[$0] ?? 0)) })
    // The ten digits that tables show.
    arrays.add(
      "run_id",
      rows.flatMap { row in
        withUnsafeBytes(of: ranking.table.runs[row].identity.high.bigEndian) { Array($0.prefix(5)) }
      })
  }

  /// Whether there are any.
  private mutating func addTraces(_ ranking: Ranking, _ traces: [TrialIdentity: Trace]) -> Bool {
    var starts: [UInt32] = [0]
    var offsets: [UInt32] = [0]
    var runs: [UInt32] = []
    var validation: [Float] = []
    var training: [Float] = []
    var run: UInt32 = 0
    for configuration in ranking.configurations {
      for row in ranking.rows(of: configuration) {
        if let trace = traces[ranking.table.runs[row].identity] {
          runs.append(run)
          validation += trace.validationLoss.map(Float.init)
          let known = trace.trainLoss.map(Float.init)
          training += known + [Float](repeating: .nan, count: max(0, trace.validationLoss.count - known.count))
          offsets.append(UInt32(validation.count))
        }
        run += 1
      }
      starts.append(UInt32(runs.count))
    }
    arrays.add("trace_start", starts)
    arrays.add("trace_run", runs)
    arrays.add("trace_offset", offsets)
    arrays.add("trace_val", validation)
    arrays.add("trace_train", training)
    return !runs.isEmpty
  }
}

extension KeepProbabilityAnswer {
  /// Optimizer, null for all of them, and keep probability of the levels that could still become better.
  fileprivate var notConverged: [JSON] {
    (optimizers.isEmpty ? [overall] : optimizers).flatMap { scope in
      scope.levels.filter { $0.convergence.map { !$0.isConverged } ?? false }.map { level in
        .array([scope.optimizer.map(JSON.string) ?? .null, .string(level.label)])
      }
    }
  }
}

extension RunTable.Column {
  /// Name, labels as tables show them, and numbers where every value is one.
  fileprivate var json: JSON {
    let numbers = values.map { $0.orderable(as: name) }
    return .object([
      "name": .string(name), "labels": .array(values.map { .string(LevelText(self)($0)) }),
      "numbers": numbers.contains(nil) ? .null : .array(numbers.map { .number($0!) }),
    ])
  }
}

extension HyperparameterEffects {
  fileprivate var figure: [JSON] {
    scopes.compactMap { scope in
      let analysis: Analysis
      switch scope.result {
      case .complete(let result), .nested(let result): analysis = result
      case .nothingVaries, .incomplete, .oneSeed, .notPositive, .nothingRanked: return nil
      }
      // Without variance there are no shares.
      guard analysis.onlyValue == nil else { return nil }
      return .object([
        "title": .string(scope.optimizer ?? "all runs"),
        "terms": .array(
          analysis.terms.map { .object(["name": .string($0.name), "share": .number(analysis.share($0))]) }),
      ])
    }
  }
}

extension TuningBudget {
  fileprivate var figure: JSON {
    .object([
      "trials": .array(budgets.map(JSON.integer)),
      "optimizers": .array(
        optimizers.enumerated().map { index, optimizer in
          let best = budgets.map { optimizer.best(of: $0) }
          return .object([
            "name": .string(optimizer.name), "mean": .array(best.map { .number($0.mean) }),
            "error": .array(best.map { .number($0.standardError) }),
            "best": .array(probabilityOfBest.map { .number($0[index]) }),
          ])
        }),
    ])
  }
}

extension ReportData.Figure {
  fileprivate static func all(
    columns: Set<String>, hasTraces: Bool, _ probes: [CurvatureMeasurement], _ effects: [JSON], _ budget: TuningBudget?
  ) -> [Self] {
    var figures: [Self] = []
    func add(_ isPresent: Bool, _ id: String, _ title: String, _ caption: String) {
      if isPresent { figures.append(.init(id: id, title: title, caption: caption)) }
    }
    let hasCurvature = !probes.isEmpty
    let interval = "Points are means over seeds, bars Student's 95 % interval over seeds."
    add(
      columns.contains("keep_probability"), "keep", "Which keep probability?",
      "For each keep probability the best of everything else, by optimizer. \(interval) Hollow: not converged, so that more"
        + " epochs or other learning rates may make it better.")
    add(
      columns.contains("learning_rate"), "rate", "Sensitivity to the learning rate",
      "For each learning rate the best of everything else, by optimizer. \(interval)"
        + (hasCurvature ? " Dotted: the limit of stability at the λ_max where the best configuration ended." : ""))
    add(
      columns.isSuperset(of: ["learning_rate", "batch_size"]), "heat", "Learning rate and batch size",
      "For each pair the best of everything else, for one optimizer.")
    add(hasTraces, "traces", "Loss by epoch", "Of the configurations ticked in the ranking, a line a seed.")
    add(
      hasCurvature, "edge", "Curvature along training",
      "λ_max of the loss at the probes of the ticked configurations' best seeds; dotted, for optimizers that do not scale"
        + " the gradient, the limit beyond which they diverge on the quadratic model: 2/η for gradient descent.")
    add(probes.contains { !$0.spectrum.isEmpty }, "spectrum", "Spectrum", "Eigenvalues found at the last probe.")
    add(
      probes.contains { !$0.densityPoints.isEmpty }, "density", "Spectral density",
      "At the last probe, by stochastic Lanczos quadrature.")
    add(
      probes.contains { !$0.layerLambdaMax.isEmpty }, "layers", "Curvature by layer",
      "λ_max of each layer's diagonal block at the last probe.")
    add(
      columns.count > 1, "parallel", "All hyperparameters",
      "A line a configuration, coloured by result: all of them to 200, beyond that the best 100 and 100 more, spread evenly"
        + " over the rest of the ranking. A click on a class of results hides it; the filters of the ranking choose.")
    add(
      !effects.isEmpty, "effects", "What matters",
      "Shares of the variance of a run's result: each hyperparameter by itself, each pair beyond that, the seed, whose noise"
        + " is taken out of the others (functional analysis of variance on the complete grid).")
    add(
      (budget?.budgets.count ?? 0) > 1, "budget", "Equal tuning budget",
      "The best result to expect after k random trials, ± the standard error of that estimate.")
    return figures
  }
}
