import Experiments
import RealModule

extension HyperparameterEffects {
  /// Writes shares of variance, largest first, and the marginal means, for each scope.
  public func report(into output: inout some TextOutputStream) {
    output.write(
      TerminalText.wrapped(
        "Shares of the variance of \(response) (functional ANOVA, exact on the grid): what each hyperparameter explains by"
          + " itself, each pair beyond that, and the seed. The seeds' noise is taken out of the effects (unbiased variance"
          + " components); p-values say whether an effect is more than noise (F tests over the seeds).", first: ""))
    for caution in cautions { output.write(TerminalText.wrapped(caution, first: "! ")) }
    if let otherEpoch { output.write(TerminalText.wrapped("\(otherEpoch.hint) counts them.", first: "! ")) }
    for scope in scopes {
      output.write("\n" + TerminalText.escaped(scope.optimizer ?? "All runs") + "\n")
      switch scope.result {
      case .complete(let analysis): write(analysis, to: &output)
      case .nested(let analysis):
        output.write(
          TerminalText.wrapped(
            "The whole grid is not complete, each optimizer's is: what has other values for another optimizer is nested in"
              + " it. Optimizers count alike.", first: "  "))
        write(analysis, to: &output)
      case .nothingVaries: output.write("  No hyperparameter has more than one value.\n")
      case .nothingRanked: output.write("  No run can be ranked.\n")
      case .oneSeed: output.write("  No two seeds that all configurations ran with.\n")
      case .notPositive(let value): output.write("  \(NumberText.significant(value)) has no logarithm.\n")
      case .incomplete(let present, let combinations):
        output.write(
          TerminalText.wrapped(
            "\(present) of \(combinations) combinations have runs: effects are exact only on a complete grid."
              + " --where chooses a complete part.", first: "  "))
      }
    }
  }

  private var response: String {
    switch scale {
    case .value: criterion.metric.rawValue
    case .log: "the logarithm of \(criterion.metric.rawValue)"
    case .rank: "the rank by \(criterion.metric.rawValue)"
    }
  }

  private func write(_ analysis: Analysis, to output: inout some TextOutputStream) {
    if analysis.onlyValue == nil {
      Table(
        columns: [.init("effect"), .init("share", .right), .init("p-value", .right)],
        rows: analysis.terms.map { [$0.name, NumberText.percent(analysis.share($0)), $0.pValueText] }
      ).write(to: &output)
    }
    for note in analysis.notes(scale, criterion) { output.write(TerminalText.wrapped(note, first: "  ")) }
    guard !analysis.marginals.isEmpty else { return }
    let hasLost = analysis.marginals.contains { $0.runs.contains { $0.lost > 0 } }
    output.write(scale == .log ? "  Marginal means (geometric)\n" : "  Marginal means\n")
    Table(
      columns: [.init("hyperparameter"), .init("value", .right), .init("mean", .right)]
        + (hasLost ? [.init("lost runs")] : []),
      rows: analysis.marginals.flatMap { marginal in
        let levels = marginal.factor.levels
        return levels.indices.map { level in
          let mean = marginal.means[level]
          return [
            level == 0 ? marginal.factor.name : "", levels[level],
            NumberText.significant(scale == .log ? .exp(mean) : mean),
          ] + (hasLost ? [marginal.runs[level].lostText] : [])
        }
      }
    ).write(to: &output)
  }
}

extension HyperparameterEffects.Effect {
  /// The p-value, where there is noise to test against; nothing for the seed itself.
  fileprivate var pValueText: String { isExact ? "exact" : pValue.isNaN ? "" : NumberText.pValue(pValue) }
}

extension HyperparameterEffects.LevelRuns {
  /// For example "3/12 diverged, 1/12 failed"; nothing where none was lost.
  var lostText: String {
    let unmeasured = lost - outcomes.diverged - outcomes.failed
    return [(outcomes.diverged, "diverged"), (outcomes.failed, "failed"), (unmeasured, "without a value")]
      .filter { $0.0 > 0 }.map { "\($0.0)/\(outcomes.total) \($0.1)" }.joined(separator: ", ")
  }
}

extension HyperparameterEffects.Analysis {
  /// Each effect and its share of the variance, largest first; those below a thousandth are left out.
  var terms: [HyperparameterEffects.Effect] {
    effects.filter { share($0) >= 1e-3 }.sorted { share($0) > share($1) }
  }

  /// The share of a run's variance, 0 for an estimate below 0; NaN where nothing varies.
  public func share(_ effect: HyperparameterEffects.Effect) -> Double { max(0, effect.variance) / totalVariance }

  fileprivate func notes(_ scale: HyperparameterEffects.Scale, _ criterion: Criterion) -> [String] {
    var notes = ["Over \(seeds) seeds."]
    if let onlyValue {
      notes.insert(
        "All runs that can be ranked have one \(criterion.metric.rawValue), \(NumberText.significant(onlyValue)): there is no"
          + " variance to share out"
          + (replaced > 0 ? ", and what the hyperparameters do is which runs are lost." : "."),
        at: 0)
    }
    let below = effects.count { $0.variance < 0 }
    if below > 0 {
      notes[notes.count - 1] +=
        " \(below) estimate\(below == 1 ? " is" : "s are") below 0, which noise alone makes of an effect that is not"
        + " there: \(below == 1 ? "it counts" : "they count") as 0."
    }
    if seedsHaveNoEffect {
      notes.append(
        Ranking.seedsWithoutEffect(criterion.metric)
          + ". There is no noise that an effect could be tested against: it is exact for these runs, without a p-value."
      )
    }
    if replaced > 0 {
      notes.append(
        "\(replaced) of \(runs) runs diverged, failed or measured nothing and count as the worst value measured."
          + (isTested || seedsHaveNoEffect
            ? ""
            : " All shares hang on what stands for them, and there are no p-values, which would take it as measured: by --scale"
              + " rank they share the last place, and effects are tested."))
    }
    if !lostLevels.isEmpty {
      let levels = lostLevels.map { "\($0.factor.name) \($0.factor.levels[$0.level]) (\($0.runs.lostText))" }
      notes.append(
        "No run can be ranked at \(levels.prefix(6).joined(separator: ", "))"
          + (levels.count > 6 ? " and \(levels.count - 6) more" : "") + ": there is no mean.")
    }
    if scale == .value, shareOfExtremes > 0.5, runs >= 20 {
      notes.append(
        "A twentieth of the runs has \(NumberText.percent(shareOfExtremes)) of the sum of squares: --scale log or rank"
          + " lets the others count.")
    }
    return notes
  }
}
