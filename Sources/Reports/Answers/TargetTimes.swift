import Experiments

/// What it takes to reach a target: the first evaluation that meets it. A run that never does takes infinitely long.
public struct TargetTimes: Sendable {
  public let target: Double
  public let metric: SelectionRule.Metric
  /// Where the target comes from, in words.
  public let origin: String
  /// Each optimizer at the configuration that ranks first by validation, then each at its fastest in passes.
  public let tuned: [Entry]
  public let fastest: [Entry]
  /// Optimizers of which no run can be ranked.
  public let unranked: [String]
  let ranking: Ranking
  /// Of all runs, whose seconds are compared.
  public let concurrency: Concurrency
  /// Of all runs, whose passes are compared.
  let productCosts: ProductCosts

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
    /// Gradients and products together, in passes over the training set: a product counts as the gradients that it took as
    /// long as.
    public var passes = Double.infinity
    public var epochs = Double.infinity
    public var steps = Double.infinity
    /// In passes over the training set: a batch counts by its samples, a loss alone as a third.
    public var gradients = Double.infinity
    /// Hessian- or Gauss–Newton-vector products, in passes over the training set.
    public var products = Double.infinity
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
  /// ``ReportError/nothingRanked`` where no run can be ranked, ``ReportError/noTrace(_:)`` where a second-order optimizer's
  /// passes were not stored.
  ///
  /// - Parameter traces: Of all runs: the metric and ``columns``.
  public init(_ ranking: Ranking, traces: [TrialIdentity: Trace], target: Target) throws(ReportError) {
    metric = ranking.criterion.metric == .validationAccuracy ? .validationAccuracy : .validationLoss
    self.ranking = ranking
    concurrency = Concurrency(ranking.table.runs)
    productCosts = ProductCosts(traces.values)
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
    guard let last = ranked.last else { throw ranking.nothingRanked }
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
      guard !sorted.isEmpty else { throw ranking.nothingRanked }
      self.target = sorted[sorted.count / 2]
      origin = "the median of \(key)'s best over the seeds of its best configuration"
    }
    let reach = try Reach(ranking, traces, metric, self.target)
    tuned = ranked.map { Entry(name($0.value), $0.value, ranking, reach) }
    var fastest: [String: Entry] = [:]
    for configuration in ranking.configurations where configuration.isRanked {
      let entry = Entry(name(configuration), configuration, ranking, reach)
      guard let known = fastest[entry.optimizer] else {
        fastest[entry.optimizer] = entry
        continue
      }
      if entry.medians.passes < known.medians.passes { fastest[entry.optimizer] = entry }
    }
    self.fastest = fastest.values.sorted {
      ($0.medians.passes, $0.optimizer) < ($1.medians.passes, $1.optimizer)
    }
  }

  /// The traces that hold what runs had cost.
  public static let columns = CostAxis.passes.columns + CostAxis.seconds.columns
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
  ) throws(ReportError) {
    for run in ranking.table.runs {
      guard run.outcome.isRankable, let trace = traces[run.identity] else {
        costs.append(TargetTimes.Cost())
        continue
      }
      let values = metric == .validationAccuracy ? trace.validationAccuracy : trace.validationLoss
      let epoch = values.firstIndex { metric == .validationAccuracy ? $0 >= target : $0 <= target }
      costs.append(try epoch.map { epoch throws(ReportError) in try Self.cost(run, trace, epoch) } ?? .init())
    }
  }

  /// What the run had cost by the end of that epoch.
  private static func cost(_ run: RunSummary, _ trace: Trace, _ epoch: Int) throws(ReportError) -> TargetTimes.Cost {
    var cost = TargetTimes.Cost()
    cost.epochs = Double(epoch)
    // Every epoch takes as many steps. A count, which the product may miss by a rounding error.
    let share = run.epochs > 0 ? Double(epoch) / Double(run.epochs) : 0
    cost.steps = (Double(run.cost.steps) * share).rounded()
    cost.seconds = trace.seconds.indices.contains(epoch) ? trace.seconds[epoch] : .nan
    if trace.gradientPasses.indices.contains(epoch) {
      cost.passes = trace.passes[epoch]
      cost.gradients = trace.gradientPasses[epoch]
      cost.products = trace.productPasses.indices.contains(epoch) ? trace.productPasses[epoch] : 0
    } else if run.cost.products == 0 && run.cost.gradients == run.cost.steps {
      // A run of a version that did not store them, with a gradient a step: an epoch is a pass.
      (cost.passes, cost.gradients, cost.products) = (Double(epoch), Double(epoch), 0)
    } else {
      throw .noTrace(CostAxis.passes.columns[0])
    }
    return cost
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
    medians.passes = median(\.passes)
    medians.products = median(\.products)
    medians.epochs = median(\.epochs)
    medians.steps = median(\.steps)
    medians.gradients = median(\.gradients)
    medians.seconds = median(\.seconds)
    self.medians = medians
  }
}
