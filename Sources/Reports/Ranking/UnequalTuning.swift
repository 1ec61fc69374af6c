import Experiments

extension Ranking {
  /// Where another optimizer had fewer configurations to be the best of than the winner's.
  func unequalBudgets(_ winner: Configuration) -> Warning? {
    guard let column = table.column("optimizer"), column.values.count > 1, let best = column[winner.row] else {
      return nil
    }
    var counts: [String: Int] = [:]
    for configuration in configurations { counts[column.text(configuration.row), default: 0] += 1 }
    let own = counts[best.description] ?? 0
    guard let least = counts.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }), least.value < own else { return nil }
    return Warning(
      kind: .unequalBudgets,
      message: "Unequal tuning budgets: \(best) is the best of \(own) configurations, \(least.key) of \(least.value)."
        + " `summary budget` compares optimizers after equally many trials.")
  }

  /// Where keep probabilities did not have the same settings of everything else to be the best with, as random searches
  /// leave them.
  func unequalTuning() -> Warning? {
    guard let column = table.column("keep_probability"), column.values.count > 1 else { return nil }
    let others = table.columns.filter { !Self.dropoutColumns.contains($0.name) }
    let settings = table.groups(by: others).ofRow
    // Networks of different depth fall into the same level.
    let levels = column.values.map(\.keepProbability)
    var tuned: [KeepProbability: Set<Int32>] = [:]
    for configuration in configurations where column.codes[configuration.row] >= 0 {
      guard let level = levels[Int(column.codes[configuration.row])] else { continue }
      tuned[level, default: []].insert(settings[configuration.row])
    }
    guard let first = tuned.values.first, tuned.values.contains(where: { $0 != first }) else { return nil }
    let sizes = tuned.values.map(\.count)
    let common = tuned.values.reduce(first) { $0.intersection($1) }.count
    let range = sizes.min() == sizes.max() ? "\(sizes[0])" : "\(sizes.min()!) to \(sizes.max()!)"
    return Warning(
      kind: .unequalTuning,
      message: "Keep probabilities were tuned over different settings of everything else, \(range) each, \(common) of"
        + " them common to all: what looks like an effect of dropout may be one of tuning.")
  }

  private static let dropoutColumns: Set<String> = ["keep_probability", "dropout_rate", "dropout_form", "seed"]
}
