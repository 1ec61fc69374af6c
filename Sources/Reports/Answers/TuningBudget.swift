import Experiments

/// How well each optimizer does after a given number of random trials: optimizers compared at equal tuning budget.
///
/// A trial is a run of the sweep, drawn at random from those of its optimizer. Of a configuration all of whose seeds
/// give the same it is the configuration: its runs are one draw, which several seeds would only count several times. Trials that diverged, failed or
/// measured nothing count as the worst value that any run measured, and for the probability of being the best as worse than it.
public struct TuningBudget: Sendable {
  public let optimizers: [Optimizer]
  /// 1, 2, 4, …, at most the number of trials of the optimizer with the fewest: beyond them nothing is known of it.
  public let budgets: [Int]
  /// For each budget, for each optimizer, the probability that its best trial is the best of all; see
  /// ``SearchBudget/probabilityOfBest(_:of:)``. NaN where an optimizer has fewer trials than ``fewestForProbability``.
  public let probabilityOfBest: [[Double]]
  public let criterion: Criterion
  /// What stands against all of it.
  let cautionsOfRuns: [String]
  /// The one value that all runs that can be ranked have, to rounding; nil where they differ.
  public let onlyValue: Double?

  public struct Optimizer: Sendable {
    public let name: String
    public let runs: Int
    /// Trials that count as the worst value measured.
    public let replaced: Int
    public let search: SearchBudget
    /// Configurations, and those of them that are one trial, since all of their seeds give the same to rounding.
    public let configurations: Int
    public let repeated: Int

    /// Whether each trial is a configuration.
    public var seedsHaveNoEffect: Bool { repeated > 0 && trials == configurations }

    public var trials: Int { search.trials }

    /// Whether no trial can be ranked: nothing is known of it but that.
    public var isLost: Bool { replaced == trials }

    /// E_k; NaN where ``isLost``.
    public func best(of count: Int) -> SearchBudget.Estimate {
      isLost ? .init(mean: .nan, standardError: .nan) : search.best(of: count)
    }

    /// NaN where ``isLost``.
    public func tunability(budget: Int, weighting: SearchBudget.Weighting) -> Double {
      isLost ? .nan : search.tunability(budget: budget, weighting: weighting)
    }
  }

  /// Of two equal optimizers with two trials each, one has both of the better ones every third time.
  static let fewestForProbability = 3

  /// T, the largest of the budgets.
  public var largest: Int { budgets[budgets.count - 1] }

  /// The optimizer with the fewest trials, where others have more: it ends the budgets.
  public var scarcest: Optimizer? {
    guard let fewest = optimizers.min(by: { $0.trials < $1.trials }) else { return nil }
    return optimizers.contains { $0.trials > fewest.trials } ? fewest : nil
  }

  /// Nil where no run can be ranked.
  public init?(_ ranking: Ranking) {
    criterion = ranking.criterion
    let higherIsBetter = ranking.criterion.metric.higherIsBetter
    let measured = ranking.values.filter { !$0.isNaN }
    guard let worst = higherIsBetter ? measured.min() : measured.max() else { return nil }
    let column = ranking.table.column("optimizer")
    let names = column?.values.map(\.description) ?? ["all"]
    onlyValue = ranking.onlyValue
    cautionsOfRuns = ranking.cautions
    func isOwn(_ code: Int, _ row: Int) -> Bool { column.map { $0.codes[row] == Int32(code) } ?? true }
    let repeated = names.indices.map { code in ranking.repeatedConfigurations { isOwn(code, $0.row) } }
    let trials = names.indices.map { code -> [Double] in
      // A lost run beside equal ones was lost by its seed: it is a draw of its own.
      let copies = Set(repeated[code].flatMap { ranking.rankedRows(of: $0).dropFirst() })
      return ranking.values.indices.filter { isOwn(code, $0) && !copies.contains($0) }
        .map { ranking.values[$0] }
    }
    func searches(lostAs lost: Double) -> [SearchBudget] {
      trials.map { SearchBudget($0.map { $0.isNaN ? lost : $0 }, higherIsBetter: higherIsBetter) }
    }
    optimizers = zip(names.indices, searches(lostAs: worst)).map { code, search in
      Optimizer(
        name: names[code], runs: column.map { $0.codes.count { $0 == Int32(code) } } ?? ranking.values.count,
        replaced: trials[code].count(where: \.isNaN), search: search,
        configurations: ranking.configurations.count { isOwn(code, $0.row) }, repeated: repeated[code].count)
    }
    let fewest = optimizers.map(\.trials).min() ?? 1
    budgets = Array(sequence(first: 1) { $0 * 2 <= fewest ? $0 * 2 : nil })
    let unknown = fewest < Self.fewestForProbability ? names.map { _ in Double.nan } : nil
    let beyond = Double.greatestFiniteMagnitude * (higherIsBetter ? -1 : 1)
    let ordered = searches(lostAs: beyond)
    probabilityOfBest = budgets.map { unknown ?? SearchBudget.probabilityOfBest(ordered, of: $0) }
  }
}
