import RealModule

/// What random search finds within a budget, from the values that all of its trials gave.
///
/// k trials are drawn with replacement. With the share G(v) of values that are not better than v, the best of k is v or
/// worse with probability G(v)ᵏ; so E_k = Σ_v v·[G(v)ᵏ − G(v⁺)ᵏ], v⁺ the next worse value. Source: J. Dodge et al., "Show
/// Your Work: Improved Reporting of Experimental Results" (2019), equations 1 to 6, written for a maximum there.
public struct SearchBudget: Hashable, Sendable {
  /// Distinct values, ascending, as costs: the lower the better.
  let costs: [Double]
  /// Share of the values that are larger than `costs[i]`.
  let shareWorse: [Double]
  private let sign: Double

  /// - Parameter values: Finite and not empty: what a trial that diverged counts as is the caller's decision.
  public init(_ values: [Double], higherIsBetter: Bool = false) {
    precondition(!values.isEmpty && values.allSatisfy(\.isFinite), "a trial counts as a finite value")
    sign = higherIsBetter ? -1 : 1
    var costs: [Double] = []
    var shareWorse: [Double] = []
    let sorted = values.map { [sign] in sign * $0 }.sorted()
    for (index, value) in sorted.enumerated() {
      let share = Double(sorted.count - index - 1) / Double(sorted.count)
      if costs.last == value {
        shareWorse[shareWorse.count - 1] = share
      } else {
        costs.append(value)
        shareWorse.append(share)
      }
    }
    self.costs = costs
    self.shareWorse = shareWorse
  }

  /// Mean and standard deviation of the best of `count` trials.
  public func best(of count: Int) -> (mean: Double, standardDeviation: Double) {
    let chances = probabilities(count)
    let mean = zip(costs, chances).reduce(0) { $0 + $1.0 * $1.1 }
    let variance = zip(costs, chances).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    return (sign * mean, variance.squareRoot())
  }

  /// P(the best of `count` trials is `costs[i]`).
  func probabilities(_ count: Int) -> [Double] {
    var above = 1.0
    return shareWorse.map { share in
      let next = Double.pow(share, count)
      defer { above = next }
      return above - next
    }
  }

  /// How tunability weighs the budgets k = 1…T.
  public enum Weighting: String, Hashable, Sendable, CaseIterable {
    /// w_k ∝ T − k: what little tuning gives counts most.
    case early
    case uniform
    /// w_k ∝ k.
    case late
  }

  /// Σ_k w_k·E_k over the budgets k = 1…`budget`, the weights adding up to 1.
  ///
  /// Source: P. Sivaprasad et al., "Optimizer Benchmarking Needs to Account for Hyperparameter Tuning" (2020), section 3.
  public func tunability(budget: Int, weighting: Weighting) -> Double {
    guard budget > 1 else { return best(of: 1).mean }
    let weights = (1...budget).map { count -> Double in
      switch weighting {
      case .early: Double(budget - count)
      case .uniform: 1
      case .late: Double(count)
      }
    }
    let total = weights.reduce(0, +)
    return weights.indices.reduce(0) { $0 + weights[$1] * best(of: $1 + 1).mean } / total
  }

  /// For each search the probability that its best of `count` trials is the best of all; ties count in equal parts.
  public static func probabilityOfBest(_ searches: [SearchBudget], of count: Int) -> [Double] {
    let costs = Set(searches.flatMap(\.costs)).sorted()
    var positions = [Int](repeating: 0, count: searches.count)
    let chances = searches.map { $0.probabilities(count) }
    var above = [Double](repeating: 1, count: searches.count)
    var result = [Double](repeating: 0, count: searches.count)
    for cost in costs {
      var equal = [Double](repeating: 0, count: searches.count)
      for index in searches.indices
      where positions[index] < searches[index].costs.count && searches[index].costs[positions[index]] == cost {
        equal[index] = chances[index][positions[index]]
        above[index] = Double.pow(searches[index].shareWorse[positions[index]], count)
        positions[index] += 1
      }
      for index in searches.indices where equal[index] > 0 {
        // Distribution of how many of the others tie, none of them being better.
        var ties = [1.0]
        for other in searches.indices where other != index {
          var next = [Double](repeating: 0, count: ties.count + 1)
          for (tied, chance) in ties.enumerated() {
            next[tied] += chance * above[other]
            next[tied + 1] += chance * equal[other]
          }
          ties = next
        }
        result[index] += equal[index] * ties.enumerated().reduce(0) { $0 + $1.element / Double($1.offset + 1) }
      }
    }
    return result
  }
}
