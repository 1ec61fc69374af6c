import Experiments

/// How well each optimizer does after a given number of random trials: optimizers compared at equal tuning budget.
///
/// A trial is a run of the sweep, drawn at random from those of its optimizer. Runs that diverged, failed or measured
/// nothing count as the worst value that any run measured.
public struct TuningBudget: Sendable {
  public let optimizers: [Optimizer]
  /// 1, 2, 4, …, at most the number of runs of the optimizer with the fewest: beyond them nothing is known of it.
  public let budgets: [Int]
  /// For each budget, for each optimizer, the probability that its best trial is the best of all; see
  /// ``SearchBudget/probabilityOfBest(_:of:)``. NaN where an optimizer has fewer runs than ``fewestForProbability``.
  public let probabilityOfBest: [[Double]]
  public let criterion: Criterion

  public struct Optimizer: Sendable {
    public let name: String
    public let runs: Int
    public let replaced: Int
    public let search: SearchBudget
  }

  /// Of two equal optimizers with two runs each, one has both of the better ones every third time.
  static let fewestForProbability = 3

  /// T, the largest of the budgets.
  public var largest: Int { budgets[budgets.count - 1] }

  /// The optimizer with the fewest runs, where others have more: it ends the budgets.
  public var scarcest: Optimizer? {
    guard let fewest = optimizers.min(by: { $0.runs < $1.runs }) else { return nil }
    return optimizers.contains { $0.runs > fewest.runs } ? fewest : nil
  }

  /// Nil where no run can be ranked.
  public init?(_ ranking: Ranking) {
    criterion = ranking.criterion
    let higherIsBetter = ranking.criterion.metric.higherIsBetter
    let measured = ranking.values.filter { !$0.isNaN }
    guard let worst = higherIsBetter ? measured.min() : measured.max() else { return nil }
    let column = ranking.table.column("optimizer")
    let names = column?.values.map(\.description) ?? ["all"]
    optimizers = names.enumerated().map { code, name in
      let values = ranking.values.indices.filter { column.map { $0.codes } == nil || column!.codes[$0] == Int32(code) }
        .map { ranking.values[$0] }
      return Optimizer(
        name: name, runs: values.count, replaced: values.count(where: \.isNaN),
        search: SearchBudget(values.map { $0.isNaN ? worst : $0 }, higherIsBetter: higherIsBetter))
    }
    let fewest = optimizers.map(\.runs).min() ?? 1
    budgets = Array(sequence(first: 1) { $0 * 2 <= fewest ? $0 * 2 : nil })
    let searches = optimizers.map(\.search)
    let unknown = fewest < Self.fewestForProbability ? searches.map { _ in Double.nan } : nil
    probabilityOfBest = budgets.map { unknown ?? SearchBudget.probabilityOfBest(searches, of: $0) }
  }
}
