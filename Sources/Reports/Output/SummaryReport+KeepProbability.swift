import Experiments

extension SummaryReport {
  /// Answers "which keep probability?": a table and a curve over all optimizers, a table an optimizer, the verdicts.
  func write(_ answer: KeepProbabilityAnswer, to output: inout some TextOutputStream) {
    output.write("\nWhich keep probability? Everything else is tuned for each one by itself.\n")
    write([answer.overall], columns: roles.varying, to: &output)
    writeCurve(answer.overall, to: &output)
    output.write(TerminalText.wrapped(sentence(answer.overall), first: "  "))
    if let confidence = answer.overall.confidence {
      output.write(TerminalText.wrapped(sentence(confidence, answer.overall), first: "  "))
    }
    guard !answer.optimizers.isEmpty else { return }
    output.write("\nThe same for each optimizer\n")
    write(answer.optimizers, columns: roles.varying.filter { $0.name != "optimizer" }, to: &output)
    output.write("\n")
    writeContrasts(answer.optimizers, to: &output)
  }

  private func writeContrasts(_ scopes: [KeepProbabilityAnswer.Scope], to output: inout some TextOutputStream) {
    let titles: [Table.Column] = [
      .init("optimizer"), .init("best keep_probability", .right),
      .init("dropout at keep_probability", .right), .init("minus no dropout", .right),
      .init("p-value", .right), .init("seeds", .right), .init("verdict"),
    ]
    let missing = NumberText.missing
    let rows = scopes.map { scope -> [String] in
      let comparison = scope.contrast?.tested
      return [
        scope.optimizer ?? "", scope.winner.map { scope.levels[$0].label } ?? missing,
        scope.contrast?.label ?? missing,
        comparison.map { NumberText.measurement($0.difference, $0.standardError) } ?? missing,
        comparison.map(\.pValueText) ?? missing,
        comparison.map(\.seedsText) ?? missing, scope.contrast?.verdict.short ?? absence(of: scope),
      ]
    }
    Table(columns: titles, rows: rows).write(to: &output)
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
        .init("best configuration", .right), .init("P(best)", .right), .init("seeds"), .init("diverged", .right),
        .init("converged"),
      ] + settings.map(\.tableColumn)
    var rows: [[String]] = []
    for scope in scopes {
      for index in shown(scope) {
        let level = scope.levels[index]
        rows.append(
          [index == scope.winner ? "*" : ""] + (isPerOptimizer ? [scope.optimizer ?? ""] : [])
            + [
              level.label, level.rateLabel, value(level.bestRow),
              measurement(level.best?.statistics),
              scope.confidence.map { NumberText.percent($0.probabilityOfBest[index]) } ?? NumberText.missing,
              level.best.map(seedsText) ?? NumberText.missing,
              "\(level.outcomes.diverged)/\(level.outcomes.total)", level.convergence?.mark ?? NumberText.missing,
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
          label: level.label, mean: $0.statistics.mean, standardError: $0.statistics.standardError)
      }
    }
    guard points.count > 1 else { return }
    output.write("\n")
    CurvePlot(points: points).write(title: "keep_probability", to: &output)
    output.write("\n")
  }

  /// The winner and whether the difference to no dropout is larger than its noise.
  func sentence(_ scope: KeepProbabilityAnswer.Scope) -> String {
    guard let winner = scope.winner else { return "No run can be ranked." }
    let best = scope.levels[winner]
    let opening = "Best: keep_probability \(best.label) (dropout_rate \(best.rateLabel))."
    guard let contrast = scope.contrast else { return "\(opening) \(absence(of: scope).capitalizedFirst)." }
    return "\(opening) \(sentence(contrast))"
  }

  /// How sure the answer is, and what the cautious choice would be.
  private func sentence(
    _ confidence: KeepProbabilityAnswer.Confidence, _ scope: KeepProbabilityAnswer.Scope
  ) -> String {
    var text =
      "P(best): the probability that its best configuration is the best of all by the mean over all seeds there"
    text += " could be (Student's t posterior), corrected for having been chosen as its best"
    // Differences between configurations sample by sample, which a probability over new samples would take, are not stored.
    text += ranking.isOfOneSplit ? ", on the validation samples of this split. Over new samples it is not known." : "."
    if let choice = confidence.oneStandardErrorChoice {
      text += " One-standard-error choice, the most dropout within one standard error of the best:"
      text += " keep_probability \(scope.levels[choice].label)."
    }
    return text
  }

  private func absence(of scope: KeepProbabilityAnswer.Scope) -> String {
    if scope.winner == nil { return "no run can be ranked" }
    return scope.levels.contains { $0.best != nil && $0.keepProbability.isNone }
      ? "no dropout ran to compare it with" : "nothing ran without dropout (keep_probability 1) to compare it with"
  }

  /// What could turn a verdict that is withheld.
  private func reasons(_ contrast: KeepProbabilityAnswer.Contrast) -> String {
    guard contrast.verdict == .notConverged else { return "" }
    let sides = [
      ("keep_probability \(contrast.label)", contrast.convergence.dropout),
      ("without dropout", contrast.convergence.none),
    ]
    let parts = sides.compactMap { name, convergence -> String? in
      guard let reasons = convergence?.reasons, !reasons.isEmpty else { return nil }
      return "\(name), \(reasons.joined(separator: " and "))"
    }
    return " (\(parts.joined(separator: "; ")))."
  }

  private func sentence(_ contrast: KeepProbabilityAnswer.Contrast) -> String {
    guard let comparison = contrast.tested else {
      return "Whether dropout makes a difference cannot be told: that takes at least two seeds on both sides."
    }
    let noise =
      comparison.confidenceInterval().map { interval in
        "95 % interval \(NumberText.interval(interval)),"
          + " p-value \(NumberText.pValue(comparison.pValue)); over seeds\(ranking.splitText)"
      } ?? "each with this difference"
    return "keep_probability \(contrast.label) minus no dropout:"
      + " \(NumberText.measurement(comparison.difference, comparison.standardError))"
      + " (\(comparison.seedsText) seeds, \(noise))."
      + " \(contrast.verdict.sentence)\(reasons(contrast)) \(choice(contrast))"
  }

  /// What being the best of several makes of the difference.
  private func choice(_ contrast: KeepProbabilityAnswer.Contrast) -> String {
    let (dropout, none) = contrast.candidates
    guard dropout > 1 || none > 1 else { return "Each side is its only configuration." }
    let sides =
      "Each side is the best of its configurations on these same seeds (\(dropout) with dropout, \(none) without)"
    guard let corrected = contrast.corrected, let chosen = contrast.comparison else {
      return "\(sides), which flatters the one with more of them: that is not corrected, since none of a side kept all"
        + " of its seeds."
    }
    guard corrected != chosen else { return "\(sides), whichever of these seeds are drawn again." }
    return "\(sides), which flatters it: that is corrected, without it the difference is"
      + " \(NumberText.measurement(chosen.difference, chosen.standardError)) (p-value \(NumberText.pValue(chosen.pValue)))."
  }
}

extension MeanComparison {
  /// The p-value, where there is noise to test against.
  var pValueText: String { isExact ? "exact" : NumberText.pValue(pValue) }

  /// For example "3 paired", or "3 and 2 unpaired".
  var seedsText: String {
    method == .paired ? "\(counts[0]) paired" : "\(counts[0]) and \(counts[1]) unpaired"
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension KeepProbabilityAnswer.Verdict {
  /// In plain words.
  public var sentence: String {
    switch self {
    case .dropoutHelps: "Dropout helps, by more than its noise over seeds."
    case .dropoutHurts: "Dropout hurts, by more than its noise over seeds."
    case .insideNoise: "That is not larger than its noise: these seeds do not show that dropout matters."
    case .notConverged:
      "That is more than its noise over seeds, but whether dropout helps or hurts cannot be told: training has not converged"
    case .chosenByResult:
      "That is more than its noise over seeds, but whether dropout helps or hurts cannot be told: runs were chosen by their"
        + " results."
    case .unknown: "Whether that is larger than its noise cannot be told."
    }
  }

  fileprivate var short: String {
    switch self {
    case .dropoutHelps: "dropout helps"
    case .dropoutHurts: "dropout hurts"
    case .insideNoise: "inside the noise"
    case .notConverged: "not converged: cannot be told"
    case .chosenByResult: "chosen by result: cannot be told"
    case .unknown: "cannot be told from one seed"
    }
  }
}
