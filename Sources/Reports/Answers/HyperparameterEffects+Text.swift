import Experiments

extension HyperparameterEffects {
  /// Writes shares of variance, largest first, and the marginal means, for each scope.
  public func report(into output: inout some TextOutputStream) {
    output.write(
      TerminalText.wrapped(
        "Shares of the variance of \(criterion.metric.rawValue) (functional ANOVA, exact on the grid): what each"
          + " hyperparameter explains by itself, each pair beyond that, and the seed.", first: ""))
    for scope in scopes {
      output.write("\n" + TerminalText.escaped(scope.optimizer ?? "All runs") + "\n")
      switch scope.result {
      case .complete(let analysis): write(analysis, to: &output)
      case .nothingVaries: output.write("  No hyperparameter has more than one value.\n")
      case .nothingRanked: output.write("  No run can be ranked.\n")
      case .incomplete(let present, let combinations):
        output.write(
          TerminalText.wrapped(
            "\(present) of \(combinations) combinations have runs: effects are exact only on a complete grid."
              + " --where chooses a complete part.", first: "  "))
      }
    }
  }

  private func write(_ analysis: Analysis, to output: inout some TextOutputStream) {
    Table(
      columns: [.init("effect"), .init("share", .right)],
      rows: analysis.terms.map { [$0.name, NumberText.percent($0.share)] }
    ).write(to: &output)
    if analysis.replaced > 0 {
      output.write(
        TerminalText.wrapped(
          "\(analysis.replaced) of \(analysis.runs) runs diverged, failed or measured nothing and count as the worst"
            + " value measured.", first: "  "))
    }
    output.write("  Marginal means\n")
    Table(
      columns: [.init("hyperparameter"), .init("value", .right), .init("mean", .right)],
      rows: analysis.factors.enumerated().flatMap { index, factor in
        factor.levels.enumerated().map { level, text in
          [level == 0 ? factor.name : "", text, NumberText.significant(analysis.anova.marginals[index][level])]
        }
      }
    ).write(to: &output)
  }
}

extension HyperparameterEffects.Analysis {
  /// Each effect and its share of the variance, largest first; those below a thousandth are left out.
  var terms: [(name: String, share: Double)] {
    allTerms.map { (name: $0.name, share: share($0.variance)) }.filter { $0.share >= 1e-3 }
      .sorted { $0.share > $1.share }
  }

  /// Each effect with its factors, which what many of them and the seed explain do not have.
  var allTerms: [(name: String, factors: [Int], variance: Double)] {
    anova.terms.map { term in
      (term.factors.map { factors[$0].name }.joined(separator: " × "), term.factors, term.variance)
    } + [("three and more together", [], anova.higherOrderVariance), ("seed", [], seedVariance)]
  }

  /// The share of a run's variance; NaN where nothing varies.
  public func share(_ variance: Double) -> Double { variance / totalVariance }
}
