import Experiments

/// How much of the winner's advantage is luck: its validation result before and after a correction for the choice, and
/// what the test set says.
public struct WinnersCurse: Hashable, Sendable {
  /// The winner's value on validation, over its seeds.
  public let validation: SampleStatistics
  /// What to add to the validation mean for the choice among `candidates`; see ``SelectionBias``. Nil without two seeds.
  public let selectionBias: Double?
  /// Configurations that kept all of their seeds.
  public let candidates: Int
  /// Test minus validation of the same metric, seed by seed; nil where the test set was not looked at for this winner,
  /// or with fewer than two seeds.
  public let test: MeanComparison?
}

extension Ranking {
  /// Nil where no run can be ranked.
  public func winnersCurse(_ evaluation: TestEvaluation?) -> WinnersCurse? {
    guard let winner else { return nil }
    let complete = configurations.filter(\.isComplete)
    let bias =
      seeds >= 2 && winner.isComplete
      ? SelectionBias.tibshirani(complete.map(costs(of:))) * (criterion.metric.higherIsBetter ? -1 : 1) : nil
    return WinnersCurse(
      validation: winner.statistics, selectionBias: bias, candidates: complete.count,
      test: testMinusValidation(winner, evaluation))
  }

  private func testMinusValidation(_ winner: Configuration, _ evaluation: TestEvaluation?) -> MeanComparison? {
    guard case .winner = testResult(evaluation), let evaluation else { return nil }
    let results = Dictionary(evaluation.runs.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
    var pairs: [(test: Double, validation: Double)] = []
    for row in rows(of: winner) where !values[row].isNaN {
      guard let run = results[table.runs[row].identity.description],
        let test = criterion.metric == .validationAccuracy ? run.accuracy : run.loss
      else { continue }
      pairs.append((test, values[row]))
    }
    return .paired(pairs.map(\.test), pairs.map(\.validation))
  }
}

extension WinnersCurse {
  /// What the choice and the test set take away from the validation result; nil where there is nothing to say.
  func description(_ metric: Criterion.Metric) -> String? {
    var parts: [String] = []
    if let selectionBias, candidates > 1 {
      parts.append(
        "Corrected for being the best of \(candidates), the winner's \(metric.rawValue) is"
          + " \(NumberText.significant(validation.mean + selectionBias)) instead of"
          + " \(NumberText.significant(validation.mean)).")
    }
    if let test {
      let interval = test.confidenceInterval()
      parts.append(
        "Test minus validation: \(NumberText.measurement(test.difference, test.standardError)) (95 % interval"
          + " \(NumberText.significant(interval.lower, 3)) to \(NumberText.significant(interval.upper, 3))).")
    }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}
