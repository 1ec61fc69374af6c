import Experiments

/// The answer in three lines, for the end of a long report: the winner in full, how sure that is, and over what.
public struct Conclusion: Hashable, Sendable {
  public let winner: String
  public let certainty: String
  public let scope: String

  public var lines: [String] { [winner, certainty, scope] }

  /// Nil where no run can be ranked.
  ///
  /// - Parameter warnings: How many stand above in the report.
  init?(_ ranking: Ranking, _ roles: ColumnRoles, _ testResult: TestResult, warnings: Int) {
    guard let best = ranking.winner else { return nil }
    let settings = roles.varying.filter { $0.name != "dropout_rate" }
      .map { "\($0.name)=\(TerminalText.escaped($0.text(best.row)))" }
    let value = NumberText.measurement(best.statistics.mean, best.statistics.standardError)
    winner =
      "Best: \(settings.isEmpty ? "the only configuration" : settings.joined(separator: ", ")):"
      + " \(ranking.criterion.metric.rawValue) \(value)"
    certainty = "How sure: " + Self.certainty(of: best, in: ranking, warnings: warnings)
    scope = "Over what: " + Self.scope(of: ranking, testResult)
  }

  /// Configurations that the winner is compared with at most: the best of the others.
  private static let compared = 1000

  /// How many of the others the winner's seeds do not tell from it, by a t test each with Holm's correction for their
  /// number. That the winner was chosen for its values is not corrected for, which makes fewer of them than there are.
  private static func certainty(
    of best: Ranking.Configuration, in ranking: Ranking, warnings: Int
  ) -> String {
    let others = ranking.configurations.dropFirst().prefix(compared).filter(\.isRanked)
    let stand = warnings == 0 ? "" : "; \(warnings) warning\(warnings == 1 ? "" : "s") above"
    guard !others.isEmpty else { return "nothing else was ranked to compare it with" + stand }
    let tests = others.compactMap { ranking.compare(best, with: $0) }
    guard best.statistics.count >= 2, let second = tests.first else {
      return "that one seed does not say" + stand
    }
    if ranking.seedsHaveNoEffect {
      return "seeds have no effect, so that there is no noise to test differences against; rank 2 is"
        + " \(NumberText.significant(second.difference.magnitude)) behind" + stand
    }
    let close = Multiplicity.holm(tests.map(\.pValue)).count { $0 >= 0.05 } + others.count - tests.count
    let behind =
      second.isExact
      ? "\(NumberText.significant(second.difference.magnitude)) behind (alike in all seeds)"
      : "\(NumberText.measurement(second.difference.magnitude, second.standardError)) behind (p-value"
        + " \(NumberText.pValue(second.pValue)), seed by seed)"
    return "rank 2 is \(behind); \(close) of"
      + " \(others.count) others cannot be told from it (Holm, 5 %)\(stand)"
  }

  private static func scope(of ranking: Ranking, _ testResult: TestResult) -> String {
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    func levels(_ name: String) -> Int { ranking.table.column(name)?.values.count ?? 0 }
    var text = count(ranking.seeds, "seed")
    if levels("problem") > 0 {
      text += " on \(count(levels("problem"), "problem"))"
    } else {
      text += levels("split_seed") > 1 ? " on \(levels("split_seed")) splits of the data" : " on one split of the data"
    }
    text += ", best of \(count(ranking.configurations.count, "configuration"))"
    if case .winner(let loss, let accuracy, _, _, _) = testResult {
      text += "; test loss \(NumberText.measurement(loss.mean, loss.standardError))"
      if let accuracy { text += ", accuracy \(NumberText.measurement(accuracy.mean, accuracy.standardError))" }
    } else if testResult == .lost {
      text += "; what the test set said is lost"
    } else {
      text += "; the test set was not looked at for it"
    }
    return text
  }
}

extension SummaryReport {
  /// Nil where configurations are not ranked, or none can be.
  public var conclusion: Conclusion? {
    guard groups == nil, !options.ranksRuns else { return nil }
    return Conclusion(ranking, roles, testResult, warnings: warnings.count)
  }

  func writeConclusion(to output: inout some TextOutputStream) {
    guard let conclusion else { return }
    output.write("\n" + conclusion.lines.map { $0 + "\n" }.joined())
  }
}
