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
    Table(
      columns: [.init("effect"), .init("share", .right), .init("p-value", .right)],
      rows: analysis.terms.map {
        [$0.name, NumberText.percent($0.share), $0.pValue.isNaN ? "" : NumberText.pValue($0.pValue)]
      }
    ).write(to: &output)
    for note in analysis.notes(scale) { output.write(TerminalText.wrapped(note, first: "  ")) }
    guard !analysis.marginals.isEmpty else { return }
    output.write(scale == .log ? "  Marginal means (geometric)\n" : "  Marginal means\n")
    Table(
      columns: [.init("hyperparameter"), .init("value", .right), .init("mean", .right)],
      rows: analysis.marginals.flatMap { factor, means in
        zip(factor.levels, means).enumerated().map { level, entry in
          [level == 0 ? factor.name : "", entry.0, NumberText.significant(scale == .log ? .exp(entry.1) : entry.1)]
        }
      }
    ).write(to: &output)
  }
}

extension HyperparameterEffects.Analysis {
  /// Each effect and its share of the variance, largest first; those below a thousandth are left out.
  var terms: [(name: String, share: Double, pValue: Double)] {
    effects.map { (name: $0.name, share: share($0), pValue: $0.pValue) }.filter { $0.share >= 1e-3 }
      .sorted { $0.share > $1.share }
  }

  /// The share of a run's variance, 0 for an estimate below 0; NaN where nothing varies.
  public func share(_ effect: HyperparameterEffects.Effect) -> Double { max(0, effect.variance) / totalVariance }

  fileprivate func notes(_ scale: HyperparameterEffects.Scale) -> [String] {
    var notes = ["Over \(seeds) seeds."]
    let below = effects.count { $0.variance < 0 }
    if below > 0 {
      notes[0] +=
        " \(below) estimate\(below == 1 ? " is" : "s are") below 0, which noise alone makes of an effect that is not"
        + " there: \(below == 1 ? "it counts" : "they count") as 0."
    }
    if replaced > 0 {
      notes.append(
        "\(replaced) of \(runs) runs diverged, failed or measured nothing and count as the worst value measured.")
    }
    if scale == .value, shareOfExtremes > 0.5, runs >= 20 {
      notes.append(
        "A twentieth of the runs has \(NumberText.percent(shareOfExtremes)) of the sum of squares: --scale log or rank"
          + " lets the others count.")
    }
    return notes
  }
}
