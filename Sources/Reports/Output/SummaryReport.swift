import Experiments

/// What `summary` knows about a sweep.
public struct SweepResults: Sendable {
  public var name: String
  /// The rule declared in the experiment file.
  public var selection: SelectionRule
  public var runs: [RunSummary]
  /// How many runs the sweep has in all, where that is known.
  public var plannedRuns: Int?
  public var testEvaluation: TestEvaluation?
  /// Whether the test set was looked at though there is no ``testEvaluation``.
  public var hasLostTestEvaluation = false

  public init(
    name: String, selection: SelectionRule, runs: [RunSummary], plannedRuns: Int? = nil,
    testEvaluation: TestEvaluation? = nil
  ) {
    self.name = name
    self.selection = selection
    self.runs = runs
    self.plannedRuns = plannedRuns
    self.testEvaluation = testEvaluation
  }
}

/// A sweep's ranking and everything said about it, to be written as text, CSV or JSON.
public struct SummaryReport: Sendable {
  public let name: String
  public let selection: SelectionRule
  public let ranking: Ranking
  /// Nil where the runs carry no keep probability.
  public let keepProbability: KeepProbabilityAnswer?
  public let warnings: [Warning]
  public let testResult: TestResult
  /// Nil where no run can be ranked.
  public let winnersCurse: WinnersCurse?
  public let groups: GroupedRuns?
  public let options: Options
  let conditions: [Condition]
  let roles: ColumnRoles
  /// Files of the results that are missing from all of this.
  public var unread: [UnreadResult] = []
  /// Rows of a table where the reader did not say how many.
  public static let shownRows = 10
  /// Of runs of the winner, for the text's plot; empty: none is drawn.
  public var traces: [TrialIdentity: Trace] = [:]

  public struct Options: Sendable {
    /// Rows of a table; nil: ``shownRows`` in text, all in CSV and JSON.
    public var top: Int?
    /// Rows are single runs instead of configurations over their seeds.
    public var ranksRuns = false
    /// Nil: the metric and epoch of the experiment's selection rule.
    public var metric: Criterion.Metric?
    public var epoch: SelectionRule.Epoch?
    /// Hyperparameters to aggregate over everything else by; empty: none.
    public var groupKeys: [String] = []
    public var conditions: [Condition] = []

    public init() {}
  }

  /// - Throws: ``ReportError`` for a condition or a group key that does not fit the runs.
  public init(_ results: SweepResults, options: Options = Options()) throws(ReportError) {
    name = results.name
    selection = results.selection
    self.options = options
    conditions = options.conditions
    var criterion = Criterion(results.selection)
    criterion.metric = options.metric ?? criterion.metric
    criterion.epoch = options.epoch ?? criterion.epoch
    let table = try RunTable(results.runs).filtered(by: options.conditions, at: criterion.epoch)
    ranking = Ranking(table, by: criterion)
    keepProbability = KeepProbabilityAnswer(ranking)
    // With conditions, what is planned but not there cannot be told from what was left out.
    warnings =
      ranking.warnings(
        plannedRuns: options.conditions.isEmpty ? results.plannedRuns : nil, shown: options.top ?? Self.shownRows)
      + [keepProbability?.overall.notConverged(), ranking.singleSplit(keepProbability)].compactMap(\.self)
    testResult = results.hasLostTestEvaluation ? .lost : ranking.testResult(results.testEvaluation)
    winnersCurse = ranking.winnersCurse(results.testEvaluation)
    groups = options.groupKeys.isEmpty ? nil : try GroupedRuns(ranking, by: options.groupKeys)
    roles = ColumnRoles(table)
  }
}

extension SummaryReport {
  /// The rule that ranks, in words.
  var criterionDescription: String { ranking.criterion.description(selection: selection) }

  func value(_ row: Int?) -> String {
    row.map { NumberText.significant(ranking.values[$0]) } ?? NumberText.missing
  }

  func measurement(_ statistics: SampleStatistics?) -> String {
    statistics.map { NumberText.measurement($0.mean, $0.standardError) } ?? NumberText.missing
  }

  /// The runs whose traces the text plots: the winner's that can be ranked.
  public var tracedRuns: Set<TrialIdentity> {
    guard let winner = ranking.winner else { return [] }
    return Set(ranking.rankedRows(of: winner).map { ranking.table.runs[$0].identity })
  }

  /// For a sweep that is running, for example "dropout: 12 runs, 12 completed, best validation_loss 0.197 ± 0.023".
  public var progressLine: String {
    let outcomes = OutcomeCounts(ranking.table.runs)
    let best = ranking.winner.map {
      ", best \(ranking.criterion.metric.rawValue) \(measurement($0.statistics))"
    }
    return "\(TerminalText.escaped(name)): \(count(outcomes.total, "run")), \(outcomes.description)\(best ?? "")"
  }

  /// Student's interval over seeds, for example "0.0766 to 0.0988"; nothing for a single seed, and for seeds without effect.
  func intervalText(_ statistics: SampleStatistics) -> String {
    if statistics.standardDeviation == 0 { return "all seeds equal" }
    return statistics.confidenceInterval(on: ranking.intervalScale).map(NumberText.interval) ?? ""
  }

  /// For example "3/3", or "2/3, 1 diverged".
  func seedsText(_ configuration: Ranking.Configuration) -> String {
    let outcomes = configuration.outcomes
    let absent = ranking.seeds - outcomes.total
    let unmeasured = configuration.lostSeeds - outcomes.diverged - outcomes.failed - max(0, absent)
    let losses = [
      (outcomes.diverged, "diverged"), (outcomes.failed, "failed"), (unmeasured, "without a value"),
      (absent, "missing"),
    ]
    let parts = losses.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return (["\(configuration.statistics.count)/\(ranking.seeds)"] + parts).joined(separator: ", ")
  }
}
