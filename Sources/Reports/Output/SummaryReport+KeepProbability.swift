import Experiments

extension SummaryReport {
  /// Answers "which keep probability?": a table and a curve over all optimizers, a table an optimizer, the verdicts.
  func write(_ answer: KeepProbabilityAnswer, to output: inout some TextOutputStream) {
    output.write("\nWhich keep probability? Everything else is tuned for each one by itself.\n")
    write([answer.overall], columns: roles.varying, to: &output)
    writeCurve(answer.overall, to: &output)
    output.write("  \(sentence(answer.overall))\n")
    guard !answer.optimizers.isEmpty else { return }
    output.write("\nThe same for each optimizer\n")
    write(answer.optimizers, columns: roles.varying.filter { $0.name != "optimizer" }, to: &output)
    for scope in answer.optimizers { output.write("  \(sentence(scope))\n") }
  }

  /// How many keep probabilities a table shows: the best ones, where there are more.
  private static let shownLevels = 12

  private func shown(_ scope: KeepProbabilityAnswer.Scope) -> [Int] {
    let levels = scope.levels
    guard levels.count > Self.shownLevels else { return Array(levels.indices) }
    let ranked = levels.indices.filter { levels[$0].best != nil }
      .sorted { ranking.criterion.precedes(levels[$0].best!, levels[$1].best!) }
    return ranked.prefix(Self.shownLevels).sorted()
  }

  private func write(
    _ scopes: [KeepProbabilityAnswer.Scope], columns: [RunTable.Column], to output: inout some TextOutputStream
  ) {
    let settings = columns.filter { $0.name != "keep_probability" && $0.name != "dropout_rate" }
    let isPerOptimizer = scopes.contains { $0.optimizer != nil }
    let titles: [Table.Column] =
      [.init("")] + (isPerOptimizer ? [.init("optimizer")] : [])
      + [
        .init("keep_probability", .right), .init("dropout_rate", .right), .init("best run", .right),
        .init("best configuration", .right), .init("seeds"), .init("diverged", .right),
      ] + settings.map(\.tableColumn)
    var rows: [[String]] = []
    for scope in scopes {
      for index in shown(scope) {
        let level = scope.levels[index]
        rows.append(
          [index == scope.winner ? "*" : ""] + (isPerOptimizer ? [scope.optimizer ?? ""] : [])
            + [
              level.keepProbability.label, level.keepProbability.rateLabel, value(level.bestRow),
              measurement(level.best?.statistics), level.best.map(seedsText) ?? NumberText.missing,
              "\(level.outcomes.diverged)/\(level.outcomes.total)",
            ]
            + settings.map { column in level.best.map { column.text($0.row) } ?? NumberText.missing })
      }
      let rest = scope.levels.count - shown(scope).count
      if rest > 0 { rows.append(["", "… \(rest) more"] + [String](repeating: "", count: titles.count - 2)) }
    }
    Table(columns: titles, rows: rows).write(to: &output)
  }

  private func writeCurve(_ scope: KeepProbabilityAnswer.Scope, to output: inout some TextOutputStream) {
    let points = shown(scope).compactMap { index -> CurvePlot.Point? in
      let level = scope.levels[index]
      return level.best.map {
        CurvePlot.Point(
          label: level.keepProbability.label, mean: $0.statistics.mean, standardError: $0.statistics.standardError)
      }
    }
    guard points.count > 1 else { return }
    output.write("\n")
    CurvePlot(points: points).write(title: "keep_probability", to: &output)
    output.write("\n")
  }

  /// The winner and whether the difference to no dropout is larger than its noise.
  func sentence(_ scope: KeepProbabilityAnswer.Scope) -> String {
    let prefix = scope.optimizer.map { "\(TerminalText.escaped($0)): " } ?? ""
    guard let winner = scope.winner else { return "\(prefix)no run can be ranked." }
    let best = scope.levels[winner].keepProbability
    let opening =
      "\(prefix)\(prefix.isEmpty ? "Best" : "best"): keep_probability \(best.label) (dropout_rate \(best.rateLabel))."
    return "\(opening) \(scope.contrast.map(sentence) ?? absence(of: scope))"
  }

  private func absence(of scope: KeepProbabilityAnswer.Scope) -> String {
    scope.levels.contains { $0.best != nil && $0.keepProbability.isNone }
      ? "No dropout ran to compare it with." : "Nothing ran without dropout (keep_probability 1) to compare it with."
  }

  private func sentence(_ contrast: KeepProbabilityAnswer.Contrast) -> String {
    guard let comparison = contrast.comparison else {
      return "Whether dropout makes a difference cannot be told: that takes at least two seeds on both sides."
    }
    let interval = comparison.confidenceInterval()
    let method =
      comparison.method == .paired
      ? "paired over \(comparison.counts[0]) seeds"
      : "Welch, \(comparison.counts[0]) and \(comparison.counts[1]) seeds"
    let difference =
      "keep_probability \(contrast.dropout.label) minus no dropout:"
      + " \(NumberText.measurement(comparison.difference, comparison.standardError))"
      + " (\(method), 95 % interval \(NumberText.significant(interval.lower, 3)) to"
      + " \(NumberText.significant(interval.upper, 3)), p \(NumberText.pValue(comparison.pValue)))"
    return "\(difference): \(contrast.verdict.sentence)"
  }
}

extension KeepProbabilityAnswer.Verdict {
  /// In plain words.
  public var sentence: String {
    switch self {
    case .dropoutHelps: "dropout helps, by more than the noise."
    case .dropoutHurts: "dropout hurts, by more than the noise."
    case .insideNoise: "not larger than its noise; these seeds do not show that dropout matters."
    case .unknown: "unknown."
    }
  }
}
