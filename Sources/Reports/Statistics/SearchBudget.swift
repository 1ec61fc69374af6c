/// What random search finds within a budget, estimated from the values that n independent trials gave.
///
/// E_k, the expected best of k trials, is estimated by its mean over all choices of k of the n: with v₍₁₎ the best value,
/// E_k = Σᵢ v₍ᵢ₎·C(n − i, k − 1)/C(n, k), for k ≤ n. It is a U-statistic: unbiased, and no unbiased estimate varies less.
/// Source: R. Tang et al., "Showing Your Work Doesn't Always Work" (2020), who show that drawing the k with replacement, as
/// J. Dodge et al., "Show Your Work" (2019) do, is pessimistic: the best value is often left out.
public struct SearchBudget: Hashable, Sendable {
  /// Ascending, as costs: the lower the better.
  private let costs: [Double]
  private let sign: Double

  /// - Parameter values: Finite and not empty: what a trial that diverged counts as is the caller's decision.
  public init(_ values: [Double], higherIsBetter: Bool = false) {
    precondition(!values.isEmpty && values.allSatisfy(\.isFinite), "a trial counts as a finite value")
    let sign = higherIsBetter ? -1.0 : 1
    self.sign = sign
    costs = values.map { sign * $0 }.sorted()
  }

  /// n.
  public var trials: Int { costs.count }

  /// An estimate of E_k.
  public struct Estimate: Hashable, Sendable {
    public let mean: Double
    /// How much the estimate would vary with other trials, by the jackknife: √((n − 1)/n·Σᵢ(E₍₋ᵢ₎ − Ē)²), E₍₋ᵢ₎ the
    /// estimate without trial i. NaN for k = n, where the estimate is one best value and nothing tells how it varies.
    ///
    /// Source: B. Efron, C. Stein, "The jackknife estimate of variance", Annals of Statistics 9 (1981). No unbiased estimate
    /// exists for k > n/2 (Q. Wang, B. Lindsay, Statistica Sinica 24, 2014); there it is on the small side.
    public let standardError: Double
  }

  /// E_k for k = `count`.
  ///
  /// - Parameter count: At most ``trials``: what more trials would find, these do not tell.
  public func best(of count: Int) -> Estimate {
    precondition((1...trials).contains(count), "the best of \(count) of \(trials) trials")
    let mean = zip(costs, Self.weights(trials, count)).reduce(0) { $0 + $1.0 * $1.1 }
    return Estimate(mean: sign * mean, standardError: count < trials ? jackknife(count, mean) : .nan)
  }

  /// C(n − i, k − 1)/C(n, k) for i = 1…n: the chance that value i is the best of k out of n.
  private static func weights(_ trials: Int, _ count: Int) -> [Double] {
    var weight = Double(count) / Double(trials)
    return (1...trials).map { rank in
      defer { weight *= Double(max(0, trials - rank - count + 1)) / Double(max(1, trials - rank)) }
      return weight
    }
  }

  /// The mean of the estimates without one trial each is the estimate of all. What rounding leaves of it is 0.
  private func jackknife(_ count: Int, _ mean: Double) -> Double {
    let weights = Self.weights(trials - 1, count)
    // Without trial i, those before it keep their place and those after it move up by one.
    var before = 0.0
    var after = zip(costs.dropFirst(), weights).reduce(0) { $0 + $1.0 * $1.1 }
    var squares = 0.0
    for index in costs.indices {
      let deviation = before + after - mean
      squares += deviation * deviation
      guard index < weights.count else { break }
      before += weights[index] * costs[index]
      after -= weights[index] * costs[index + 1]
    }
    let error = (squares * Double(trials - 1) / Double(trials)).squareRoot()
    let size = zip(costs, Self.weights(trials, count)).reduce(0) { $0 + $1.0.magnitude * $1.1 }
    return Rounding.covers(error, of: size) ? 0 : error
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
  ///
  /// - Parameter budget: T, at most ``trials``.
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
}

// MARK: - Which search is the best

extension SearchBudget {
  /// For each search the probability that the best of `count` new trials of it is the best of all; ties count in equal
  /// parts, those to rounding among them.
  ///
  /// New trials are drawn from Pólya's urn: each is one of the n values, and goes back with a copy of itself. That averages
  /// over what the distribution of a trial may be, given n of them, by the Bayesian bootstrap, so that few trials leave
  /// more doubt than many. With m of the n values worse than v, all k are worse than v with probability
  /// Π_{j<k} (m + j)/(n + j). Only the order of the values counts. Source: D. Rubin, "The Bayesian bootstrap", Annals of
  /// Statistics 9 (1981).
  public static func probabilityOfBest(_ searches: [SearchBudget], of count: Int) -> [Double] {
    let all = searches.flatMap(\.costs).sorted()
    let merged = Dictionary(zip(all, Rounding.merged(all)), uniquingKeysWith: { first, _ in first })
    let ranked = searches.map { search in RankedDraws(search.costs.map { merged[$0]! }, count) }
    var positions = [Int](repeating: 0, count: searches.count)
    var above = [Double](repeating: 1, count: searches.count)
    var result = [Double](repeating: 0, count: searches.count)
    for cost in Set(merged.values).sorted() {
      var equal = [Double](repeating: 0, count: searches.count)
      for (index, draws) in ranked.enumerated()
      where positions[index] < draws.costs.count && draws.costs[positions[index]] == cost {
        equal[index] = above[index] - draws.chanceOfWorse[positions[index]]
        above[index] = draws.chanceOfWorse[positions[index]]
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

  /// The distribution of the best of k new trials over the distinct values.
  private struct RankedDraws {
    /// Distinct, ascending.
    private(set) var costs: [Double] = []
    /// P(the best of k is larger than `costs[i]`).
    private(set) var chanceOfWorse: [Double] = []

    init(_ sorted: [Double], _ count: Int) {
      // The product over j, from that of one worse value more.
      var chance = 1.0
      for (index, value) in sorted.enumerated() {
        let worse = sorted.count - index - 1
        chance *= Double(worse) / Double(worse + count)
        if costs.last == value {
          chanceOfWorse[chanceOfWorse.count - 1] = chance
        } else {
          costs.append(value)
          chanceOfWorse.append(chance)
        }
      }
    }
  }
}
