import Experiments

extension SummaryReport {
  /// Writes the report for a terminal: plain UTF-8 text without control sequences.
  public func report(into output: inout some TextOutputStream) {
    writeHeader(to: &output)
    if let groups {
      write(groups, to: &output)
      writeWarnings(to: &output)
      return
    }
    guard !ranking.table.runs.isEmpty else {
      writeWarnings(to: &output)
      return
    }
    options.ranksRuns ? writeRuns(to: &output) : writeConfigurations(to: &output)
    writeTraces(to: &output)
    if let keepProbability { write(keepProbability, to: &output) }
    writeWarnings(to: &output)
    writeTestResult(to: &output)
    writeConclusion(to: &output)
  }

  private func writeHeader(to output: inout some TextOutputStream) {
    let table = ranking.table
    let outcomes = OutcomeCounts(table.runs)
    output.write("\(TerminalText.escaped(name)): \(count(outcomes.total, "run"))\n")
    for message in unread.messages { output.write(TerminalText.wrapped(message, first: "  ! ")) }
    for condition in conditions { writeItem("where", condition.description, to: &output) }
    writeItem("outcomes", outcomes.description, to: &output)
    writeItem("ranked by", criterionDescription, to: &output)
    if let concurrency = Concurrency(table.runs).description { writeItem("trained", concurrency, to: &output) }
    let fixed = roles.constant.map { "\($0.name) \($0.values[0].text(as: $0.name))" }
    if !fixed.isEmpty { writeItem("fixed", fixed.joined(separator: ", "), to: &output) }
    for (optimizer, values) in roles.defaults(table) { writeItem(optimizer, values, to: &output) }
  }

  private func writeItem(_ name: String, _ text: String, to output: inout some TextOutputStream) {
    let label = TerminalText.padded(TerminalText.escaped(name), to: 16, right: false)
    output.write(TerminalText.wrapped(text, first: "  \(label)  "))
  }

  private func writeConfigurations(to output: inout some TextOutputStream) {
    let shown = ranking.configurations.prefix(options.top ?? Self.shownRows)
    let seeds =
      ranking.seeds > 1
      ? "over \(ranking.seeds) seeds\(ranking.splitText), mean ± standard error, Student's t"
        + " interval\(ranking.intervalScale.words.map { " (\($0))" } ?? "")" : "with one seed each"
    output.write("\nRanking: \(count(ranking.configurations.count, "configuration")) \(seeds)\n")
    let columns: [Table.Column] =
      [.init("rank", .right), .init(ranking.criterion.metric.rawValue, .right)]
      + (ranking.seeds > 1 ? [.init("95 % interval"), .init("best run", .right), .init("seeds")] : [.init("run")])
      + roles.varying.map(\.tableColumn)
    let rows = shown.enumerated().map { index, configuration in
      let seeds =
        ranking.seeds > 1
        ? [intervalText(configuration.statistics), value(configuration.bestRow), seedsText(configuration)]
        : [ranking.table.runs[configuration.row].identity.short]
      return [
        configuration.isRanked ? "\(index + 1)" : NumberText.missing,
        configuration.isRanked || ranking.seeds > 1
          ? measurement(configuration.statistics) : ranking.table.runs[configuration.row].outcome.name,
      ] + seeds + roles.varying.map { $0.text(configuration.row) }
    }
    Table(columns: columns, rows: rows).write(to: &output)
    writeRest(ranking.configurations.count - shown.count, to: &output)
    if ranking.seeds > 1, let row = ranking.bestRow {
      let run = ranking.table.runs[row]
      let seed = ranking.table.column("seed")?.text(row) ?? NumberText.missing
      output.write("  Best single run: \(value(row)), \(run.identity.short), seed \(TerminalText.escaped(seed)).\n")
    }
  }

  private func writeRuns(to output: inout some TextOutputStream) {
    let ranked = ranking.rankedRows()
    let shown = ranked.prefix(options.top ?? Self.shownRows)
    output.write("\nRanking: \(count(ranked.count, "run"))\n")
    let varying = roles.varying + (ranking.seeds > 1 ? ranking.table.columns.filter { $0.name == "seed" } : [])
    let columns: [Table.Column] =
      [
        .init("rank", .right), .init(ranking.criterion.metric.rawValue, .right), .init("run"), .init("outcome"),
        .init("best epoch", .right), .init("epochs", .right),
      ] + varying.map(\.tableColumn)
    let rows = shown.enumerated().map { index, row in
      let run = ranking.table.runs[row]
      return [
        ranking.values[row].isNaN ? NumberText.missing : "\(index + 1)", value(row), run.identity.short,
        run.outcome.description, run.bestEpoch.map(String.init) ?? NumberText.missing, "\(run.epochs)",
      ] + varying.map { $0.text(row) }
    }
    Table(columns: columns, rows: rows).write(to: &output)
    writeRest(ranked.count - shown.count, to: &output)
  }

  private func write(_ groups: GroupedRuns, to output: inout some TextOutputStream) {
    let shown = groups.groups.prefix(options.top ?? Self.shownRows)
    output.write("\nGroups: the best run first; mean ± standard error over all runs that can be ranked\n")
    let keys = groups.keys.map { ranking.table.column($0)! }
    let metric = ranking.criterion.metric.rawValue
    let columns: [Table.Column] =
      keys.map(\.tableColumn) + [
        .init("best run", .right), .init(metric, .right), .init("median", .right), .init("ranked", .right),
        .init("diverged", .right), .init("failed", .right), .init("run"),
      ]
    let levels = keys.map { LevelText($0) }
    let rows = shown.map { group in
      zip(levels, group.values).map { level, value in value.map { level($0) } ?? NumberText.missing } + [
        value(group.bestRow), measurement(group.statistics), NumberText.significant(group.statistics.median),
        "\(group.statistics.count)/\(group.outcomes.total)", "\(group.outcomes.diverged)",
        "\(group.outcomes.failed)", group.bestRow.map { ranking.table.runs[$0].identity.short } ?? NumberText.missing,
      ]
    }
    Table(columns: columns, rows: rows).write(to: &output)
    writeRest(groups.groups.count - shown.count, to: &output)
  }

  private func writeRest(_ rest: Int, to output: inout some TextOutputStream) {
    if rest > 0 { output.write("  … and \(rest) more (--top N)\n") }
  }

  private func writeWarnings(to output: inout some TextOutputStream) {
    guard !warnings.isEmpty else { return }
    output.write("\nWarnings\n")
    for warning in warnings { output.write(TerminalText.wrapped(warning.message, first: "  ! ")) }
  }

  private func writeTestResult(to output: inout some TextOutputStream) {
    output.write("\nTest set\n" + TerminalText.wrapped(testResult.description, first: "  "))
    if let text = winnersCurse?.description(ranking.criterion.metric, split: ranking.splitText) {
      output.write(TerminalText.wrapped(text, first: "  "))
    }
  }

  func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

extension OutcomeCounts: CustomStringConvertible {
  /// For example "200 completed, 10 stopped early, 6 diverged".
  public var description: String {
    let parts = named.map { "\($0.count) \($0.name)" }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }
}

extension TrialOutcome {
  /// For example "diverged at step 12".
  fileprivate var description: String {
    switch self {
    case .diverged(let step): "diverged at step \(step)"
    case .completed, .stoppedEarly, .failed, .converged, .stalled: name
    }
  }
}

extension TestResult: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notLookedAt: return "Not looked at."
    case .lost: return "Looked at, but what was found is lost (test.json): sweep run looks again."
    case .otherWinner(let rule):
      return "Not looked at for this winner, only for the one by \(rule.metric.rawValue) at the \(rule.epoch.rawValue)"
        + " epoch over the whole sweep."
    case .winner(let loss, let accuracy, let seeds, let ranked, let looks):
      let count = seeds == ranked ? "\(seeds) seed\(seeds == 1 ? "" : "s")" : "\(seeds) of \(ranked) seeds"
      let over = "over \(count), these test samples"
      let results =
        "loss \(NumberText.measurement(loss.mean, loss.standardError))"
        + (accuracy.map { ", accuracy \(NumberText.measurement($0.mean, $0.standardError))" } ?? "")
      return "The test set was looked at \(looks.description): \(results) (\(over))."
        + (looks.isMany
          ? " What was changed after the first look was not blind to it." : "")
    }
  }
}

extension TestEvaluation.LookCount {
  public var description: String {
    switch self {
    case .exactly(1): "once, for the winner only"
    case .atLeast(1): "for the winner only, at least once"
    case .exactly(let count): "\(count) times, each time for the winner of then"
    case .atLeast(let count): "at least \(count) times, each time for the winner of then"
    }
  }

  fileprivate var isMany: Bool {
    switch self {
    case .exactly(let count), .atLeast(let count): count > 1
    }
  }
}
