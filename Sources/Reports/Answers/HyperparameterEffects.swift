import Experiments
import RealModule

/// What each hyperparameter does to the results by itself and together with another, over all runs and for each
/// optimizer alone: an optimizer's grid is often complete where the whole one is not.
public struct HyperparameterEffects: Sendable {
  /// All runs, then those of each optimizer where there are several.
  public let scopes: [Scope]
  public let criterion: Criterion
  public let scale: Scale
  /// Where the metric is to be read at the other epoch.
  let otherEpoch: OtherEpoch?
  /// What stands against all of it.
  let cautions: [String]

  /// What of a run's value is analysed: where one setting nearly diverges, its own value takes all the variance there is.
  public enum Scale: String, Hashable, Sendable, CaseIterable {
    case value
    /// The natural logarithm.
    case log
    /// The place among all runs of the scope, the best first, ties sharing the mean of theirs (Conover and Iman, 1981).
    case rank
  }

  public struct Scope: Sendable {
    /// Nil: all runs.
    public let optimizer: String?
    public let result: Result
  }

  public enum Result: Sendable {
    case complete(Analysis)
    /// The whole grid is not complete, that of each optimizer is.
    case nested(Analysis)
    /// No hyperparameter has two values.
    case nothingVaries
    /// Some combinations of the values have no run.
    case incomplete(present: Int, combinations: Int)
    /// No two seeds that all configurations ran with: what a hyperparameter does cannot be told from what a seed does.
    case oneSeed
    /// There is no logarithm of this value.
    case notPositive(Double)
    case nothingRanked
  }

  public struct Analysis: Sendable {
    public let factors: [Factor]
    /// In the order of factors and pairs, last what three and more do together, and the seed.
    public let effects: [Effect]
    /// Of all configurations, in the scale's unit.
    public let mean: Double
    /// Of the factors of the whole grid.
    public let marginals: [Marginal]
    /// Whether all seeds of each configuration give the same to rounding: no effect can be tested then.
    public let seedsHaveNoEffect: Bool
    /// The one value that all runs that can be ranked have, to rounding; nil where they differ.
    public let onlyValue: Double?
    /// Whether effects are tested: not where a value stands for runs that have none, which a test would take as measured. As
    /// ranks they share the last place, which they did come in.
    public let isTested: Bool
    /// Seeds that all configurations ran with: what is said is over these.
    public let seeds: Int
    /// Runs that diverged, failed or measured nothing, counted as the worst value that was measured.
    public let replaced: Int
    public let runs: Int
    /// How much of the sum of squares around the mean the twentieth of the runs that lie farthest from it has.
    public let shareOfExtremes: Double

    /// The variance of a run: between configurations and between seeds, estimates below 0 taken as 0.
    public var totalVariance: Double { effects.reduce(0) { $0 + max(0, $1.variance) } }
  }

  /// What runs with each level of a factor have in common.
  public struct Marginal: Sendable {
    public let factor: Factor
    /// Over all configurations that share the level, lost runs as the worst value measured; NaN for a level without a run
    /// that can be ranked: of it nothing was measured.
    public let means: [Double]
    /// How the runs of each level ended.
    public let runs: [LevelRuns]
  }

  public struct LevelRuns: Hashable, Sendable {
    public fileprivate(set) var outcomes = OutcomeCounts()
    /// Runs that can be ranked.
    public fileprivate(set) var ranked = 0

    public var lost: Int { outcomes.total - ranked }
  }

  public struct Effect: Sendable {
    public let name: String
    /// Of what it is the effect; none for what many of them do, and for the seed.
    public let hyperparameters: [String]
    /// Without the seeds' noise, so that it may be below 0.
    public let variance: Double
    /// Whether the effect is more than the seeds' noise; NaN for the seed itself, where ``isExact``, and without
    /// ``Analysis/isTested``.
    public let pValue: Double
    /// Whether all seeds agree on the effect to rounding: there is no noise to test it against.
    public let isExact: Bool
  }

  public struct Factor: Sendable {
    public let name: String
    /// In ascending order; nil, first, where some runs have none.
    public let values: [HyperparameterValue?]
    /// As tables show them.
    public var levels: [String] {
      let text = LevelText(name, values.compactMap(\.self))
      return values.map { $0.map { text($0) } ?? NumberText.missing }
    }
  }

  public init(_ ranking: Ranking, scale: Scale = .value) {
    criterion = ranking.criterion
    self.scale = scale
    otherEpoch = ranking.otherEpoch
    cautions = ranking.cautions
    let parts = EffectGrid.byOptimizer(ranking)
    var scopes = [Scope(optimizer: nil, result: Result(ranking, scale, parts.map(\.grid)))]
    if parts.count > 1 {
      for part in parts {
        scopes.append(Scope(optimizer: part.optimizer, result: Result(part.grid.ranking, scale, [])))
      }
    }
    self.scopes = scopes
  }

  /// Why there is no answer at all, where the reason is not in the grid.
  public var refusal: ReportError? {
    switch scopes[0].result {
    case .nothingRanked: .nothingRanked(otherEpoch)
    case .oneSeed: .oneSeed("effects")
    case .notPositive(let value): .notPositive(value, metric: criterion.metric.rawValue)
    case .complete, .nested, .nothingVaries, .incomplete: nil
    }
  }
}

extension HyperparameterEffects.Result {
  /// - Parameter optimizers: The grids of the optimizers, where the whole one is not complete.
  fileprivate init(_ ranking: Ranking, _ scale: HyperparameterEffects.Scale, _ optimizers: [EffectGrid]) {
    guard let response = EffectResponse(ranking, scale) else {
      self = .nothingRanked
      return
    }
    if let value = response.notPositive {
      self = .notPositive(value)
      return
    }
    let grid = EffectGrid(ranking)
    if grid.columns.isEmpty {
      self = .nothingVaries
    } else if ranking.seeds < 2 {
      self = .oneSeed
    } else if !grid.isComplete && !(optimizers.count > 1 && optimizers.allSatisfy(\.isComplete)) {
      self = .incomplete(present: grid.present, combinations: grid.combinations)
    } else if response.seeds.count < 2 {
      self = .oneSeed
    } else if grid.isComplete {
      self = .complete(.init(ranking, response, [grid], grouped: false, scale))
    } else {
      self = .nested(.init(ranking, response, optimizers, grouped: true, scale))
    }
  }
}

extension HyperparameterEffects.Analysis {
  /// - Parameter grids: Complete ones of the ranking's runs; those of its optimizers where they are grouped.
  fileprivate init(
    _ ranking: Ranking, _ response: EffectResponse, _ grids: [EffectGrid], grouped: Bool,
    _ scale: HyperparameterEffects.Scale
  ) {
    isTested = response.replaced == 0 || scale == .rank
    let isTested = isTested
    var names: [String] = []
    for column in ranking.table.columns.map(\.name) where grids.contains(where: { $0.column(column) != nil }) {
      names.append(column)
    }
    let groups = grids.map { grid in
      // In the order of the names, as the grid's own columns are.
      NestedGrid.Group(factors: grid.columns.map { names.firstIndex(of: $0.name)! }, levels: grid.levels)
    }
    let crossed = names.indices.filter { name in
      let values = grids.map { grid in grid.column(names[name]).map { EffectGrid.values($0) } }
      return values.allSatisfy { $0 != nil && $0 == values[0] }
    }
    let design = NestedGrid(groups, crossed: Set(crossed))
    let values = response.values(of: grids)
    let components = VarianceComponents(design, values)
    effects =
      zip(design.terms.indices, design.terms).map { index, term in
        let own = term.factors.map { names[$0] }
        return .init(
          name: term.name(own), hyperparameters: own + (term.extent == .betweenGroups ? ["optimizer"] : []),
          variance: components.variances[index], pValue: isTested ? components.pValues[index] : .nan,
          isExact: isTested && term.degreesOfFreedom > 0 && components.pValues[index].isNaN)
      } + [.init(name: "seed", hyperparameters: [], variance: components.seedVariance, pValue: .nan, isExact: false)]
    factors = names.map { name in
      let column = grids.compactMap { $0.column(name) }[0]
      return .init(name: name, values: EffectGrid.values(column))
    }
    let means = grids.indices.map { group in
      values[0][group].indices.map { point in SampleStatistics(values.map { $0[group][point] }).mean }
    }
    let parts = zip(groups, means).map { FunctionalANOVA(levels: $0.levels, values: $1) }
    mean = SampleStatistics(parts.map(\.mean)).mean
    var marginals: [HyperparameterEffects.Marginal] = []
    if grouped {
      let optimizers = grids.map { $0.ranking.table.column("optimizer")?.values[0] }
      let runs = grids.map { grid in HyperparameterEffects.LevelRuns(grid.ranking) { _ in true } }
      marginals.append(.init(.init(name: "optimizer", values: optimizers), parts.map(\.mean), runs))
    }
    for factor in crossed {
      let own = zip(groups, parts).map { group, part in part.marginals[group.factors.firstIndex(of: factor)!] }
      let averages = own[0].indices.map { level in SampleStatistics(own.map { $0[level] }).mean }
      let runs = averages.indices.map { level in
        grids.reduce(into: HyperparameterEffects.LevelRuns()) { runs, grid in
          runs += .init(grid.ranking) { grid.level($0, names[factor]) == level }
        }
      }
      marginals.append(.init(factors[factor], averages, runs))
    }
    self.marginals = marginals
    seeds = response.seeds.count
    replaced = response.replaced
    runs = ranking.values.count
    shareOfExtremes = response.shareOfExtremes
    seedsHaveNoEffect = ranking.seedsHaveNoEffect
    onlyValue = ranking.onlyValue
  }

  /// Levels of which no run can be ranked.
  public var lostLevels: [(factor: HyperparameterEffects.Factor, level: Int, runs: HyperparameterEffects.LevelRuns)] {
    marginals.flatMap { marginal in
      marginal.runs.indices.filter { marginal.runs[$0].ranked == 0 }.map { (marginal.factor, $0, marginal.runs[$0]) }
    }
  }
}

extension HyperparameterEffects.Marginal {
  fileprivate init(
    _ factor: HyperparameterEffects.Factor, _ means: [Double], _ runs: [HyperparameterEffects.LevelRuns]
  ) {
    self.init(factor: factor, means: zip(means, runs).map { $1.ranked > 0 ? $0 : .nan }, runs: runs)
  }
}

extension HyperparameterEffects.LevelRuns {
  fileprivate init(_ ranking: Ranking, where isIncluded: (Int) -> Bool) {
    let rows = ranking.values.indices.filter(isIncluded)
    outcomes = OutcomeCounts(rows.lazy.map { ranking.table.runs[$0] })
    ranked = rows.count { !ranking.values[$0].isNaN }
  }

  fileprivate static func += (left: inout Self, right: Self) {
    left.outcomes += right.outcomes
    left.ranked += right.ranked
  }
}

extension NestedGrid.Term {
  fileprivate func name(_ factors: [String]) -> String {
    let product = factors.joined(separator: " × ")
    return switch extent {
    case .overall: product
    case .withinGroups: "\(product) within optimizer"
    case .betweenGroups: (factors + ["optimizer"]).joined(separator: " × ")
    case .higherOrder: "three and more together"
    }
  }
}
