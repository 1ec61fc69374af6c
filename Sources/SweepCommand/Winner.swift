import Experiments
import Reports

/// The configuration that the test set is looked at for.
enum Winner {
  /// All ranked seeds of the configuration that ranks first by the experiment's rule; empty where none can be ranked.
  static func runs(of ranking: Ranking) -> [TrialIdentity] {
    guard let winner = ranking.winner else { return [] }
    return ranking.rows(of: winner).filter { !ranking.values[$0].isNaN }.map { ranking.table.runs[$0].identity }
  }
}
