import Experiments

/// What the test set says about the winner of a ranking.
public enum TestResult: Hashable, Sendable {
  /// Nobody looked.
  case notLookedAt
  /// It was looked at, and what was found is lost.
  case lost
  /// It was looked at for the winner by the experiment's rule, which is not the one of this ranking.
  case otherWinner(SelectionRule)
  /// `accuracy` is nil for regression. `seeds` of the winner's `ranked` ones were evaluated.
  case winner(
    loss: SampleStatistics, accuracy: SampleStatistics?, seeds: Int, ranked: Int, looks: TestEvaluation.LookCount)
}

extension Ranking {
  /// The evaluation where it belongs to this ranking's winner: the same rule, and none but its runs.
  public func testResult(_ evaluation: TestEvaluation?) -> TestResult {
    guard let evaluation, !evaluation.runs.isEmpty else { return .notLookedAt }
    guard let winner, Criterion(evaluation.selection) == criterion else { return .otherWinner(evaluation.selection) }
    let ranked = rankedRows(of: winner)
    let identities = Set(ranked.map { table.runs[$0].identity })
    var evaluated: [TrialIdentity: TestEvaluation.Run] = [:]
    for run in evaluation.runs {
      guard let identity = TrialIdentity(run.identity), identities.contains(identity) else {
        return .otherWinner(evaluation.selection)
      }
      evaluated[identity] = run
    }
    let runs = ranked.compactMap { evaluated[table.runs[$0].identity] }
    let accuracies = runs.compactMap(\.accuracy)
    return .winner(
      loss: SampleStatistics(runs.map(\.loss)),
      accuracy: accuracies.count == runs.count ? SampleStatistics(accuracies) : nil, seeds: runs.count,
      ranked: ranked.count, looks: evaluation.lookCount)
  }
}
