import Experiments

/// What it takes to reach a target: the first evaluation that meets it. A run that never does takes infinitely long.
public struct TargetTimes: Sendable {
  public let target: Double
  public let metric: SelectionRule.Metric
  /// Where the target comes from, in words.
  public let origin: String
  /// Each optimizer at the configuration that ranks first by validation, then each at its fastest in gradients.
  public let tuned: [Entry]
  public let fastest: [Entry]
  /// Optimizers of which no run can be ranked.
  public let unranked: [String]
  let ranking: Ranking
  /// Of all runs, whose seconds are compared.
  public let concurrency: Concurrency

  public struct Entry: Sendable {
    public let optimizer: String
    public let configuration: Ranking.Configuration
    public let met: Int
    public let runs: Int
    /// Medians over the runs, ∞ where half of them or more never meet the target.
    public let medians: Cost
  }

  /// In every unit.
  public struct Cost: Hashable, Sendable {
    public var epochs = Double.infinity
    public var steps = Double.infinity
    public var gradients = Double.infinity
    public var seconds = Double.infinity

    public init() {}
  }

  public enum Target: Hashable, Sendable {
    case value(Double)
    /// The median of the best validation results of this optimizer's best configuration over its seeds, the worse of the
    /// two middle ones, so that more than half of them meet it; nil: of the optimizer whose best configuration ranks last,
    /// so that all of them can meet it.
    case reference(optimizer: String?)
  }

  /// Throws ``ReportError/unknownValue`` for a reference that is no optimizer of the runs,
  /// ``ReportError/nothingRanked`` where no run can be ranked.
  public init(_ ranking: Ranking, traces: [TrialIdentity: Trace], target: Target) throws(ReportError) {
    metric = ranking.criterion.metric == .validationAccuracy ? .validationAccuracy : .validationLoss
    self.ranking = ranking
    concurrency = Concurrency(ranking.table.runs)
    let optimizer = ranking.table.column("optimizer")
    let names = optimizer?.values.map(\.description) ?? ["all"]
    func name(_ configuration: Ranking.Configuration) -> String {
      optimizer.map { $0.text(configuration.row) } ?? names[0]
    }
    var best: [String: Ranking.Configuration] = [:]
    for configuration in ranking.configurations where configuration.isRanked && best[name(configuration)] == nil {
      best[name(configuration)] = configuration
    }
    let ranked = best.sorted { ranking.criterion.precedes($0.value, $1.value) }
    guard let last = ranked.last else { throw .nothingRanked }
    unranked = names.filter { best[$0] == nil }
    switch target {
    case .value(let value):
      self.target = value
      origin = "given"
    case .reference(let reference):
      let key = reference ?? last.key
      guard let configuration = best[key] else {
        throw .unknownValue(key: "optimizer", value: key, known: names)
      }
      let metric = metric
      let results = ranking.rows(of: configuration).map { metric.best(of: ranking.table.runs[$0]) }
        .filter(\.isFinite)
      let sorted = metric == .validationAccuracy ? results.sorted(by: >) : results.sorted()
      guard !sorted.isEmpty else { throw .nothingRanked }
      self.target = sorted[sorted.count / 2]
      origin = "the median of \(key)'s best over the seeds of its best configuration"
    }
    let reach = Reach(ranking, traces, metric, self.target)
    tuned = ranked.map { Entry(name($0.value), $0.value, ranking, reach) }
    var fastest: [String: Entry] = [:]
    for configuration in ranking.configurations where configuration.isRanked {
      let entry = Entry(name(configuration), configuration, ranking, reach)
      guard let known = fastest[entry.optimizer] else {
        fastest[entry.optimizer] = entry
        continue
      }
      if entry.medians.gradients < known.medians.gradients { fastest[entry.optimizer] = entry }
    }
    self.fastest = fastest.values.sorted {
      ($0.medians.gradients, $0.optimizer) < ($1.medians.gradients, $1.optimizer)
    }
  }
}

extension SelectionRule.Metric {
  /// The best value of the run, NaN where it has none.
  fileprivate func best(of run: RunSummary) -> Double {
    self == .validationAccuracy ? run.best.validationAccuracy : run.best.validationLoss
  }
}

/// What each run takes to its first evaluation that meets the target.
private struct Reach {
  private var costs: [TargetTimes.Cost] = []

  init(
    _ ranking: Ranking, _ traces: [TrialIdentity: Trace], _ metric: SelectionRule.Metric, _ target: Double
  ) {
    costs = ranking.table.runs.map { run in
      var cost = TargetTimes.Cost()
      guard run.outcome.isRankable, let trace = traces[run.identity] else { return cost }
      let values = metric == .validationAccuracy ? trace.validationAccuracy : trace.validationLoss
      guard
        let epoch = values.firstIndex(where: { metric == .validationAccuracy ? $0 >= target : $0 <= target })
      else { return cost }
      // Every epoch takes as many steps; as many gradients too, but for a second-order optimizer. Both are counts, which
      // the products may miss by a rounding error.
      let share = run.epochs > 0 ? Double(epoch) / Double(run.epochs) : 0
      let passes = trace.gradientPasses
      let work = passes.indices.contains(epoch) && passes.last! > 0 ? passes[epoch] / passes.last! : share
      cost.epochs = Double(epoch)
      cost.steps = (Double(run.cost.steps) * share).rounded()
      cost.gradients = (Double(run.cost.gradients) * work).rounded()
      cost.seconds = trace.seconds.indices.contains(epoch) ? trace.seconds[epoch] : .nan
      return cost
    }
  }

  subscript(row: Int) -> TargetTimes.Cost { costs[row] }
}

extension TargetTimes.Entry {
  fileprivate init(
    _ optimizer: String, _ configuration: Ranking.Configuration, _ ranking: Ranking, _ reach: Reach
  ) {
    let costs = ranking.rows(of: configuration).map { reach[$0] }
    self.optimizer = optimizer
    self.configuration = configuration
    met = costs.count { $0.epochs.isFinite }
    // A seed that has no run did not meet the target either.
    runs = max(costs.count, ranking.seeds)
    let absent = [TargetTimes.Cost](repeating: .init(), count: runs - costs.count)
    func median(_ unit: KeyPath<TargetTimes.Cost, Double>) -> Double {
      let sorted = (costs + absent).map { $0[keyPath: unit] }.sorted()
      let middle = sorted.count / 2
      if !sorted.count.isMultiple(of: 2) { return sorted[middle] }
      return sorted[middle].isFinite ? (sorted[middle - 1] + sorted[middle]) / 2 : .infinity
    }
    var medians = TargetTimes.Cost()
    medians.epochs = median(\.epochs)
    medians.steps = median(\.steps)
    medians.gradients = median(\.gradients)
    medians.seconds = median(\.seconds)
    self.medians = medians
  }
}
