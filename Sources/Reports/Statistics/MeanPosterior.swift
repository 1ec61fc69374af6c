import RandomNumbers
import RealModule

/// The probability that each of several alternatives really is the best, each at its best candidate.
///
/// With x̄ the means over n seeds and S their covariance over the seeds, the means are distributed as a multivariate t with
/// n − 1 degrees of freedom around x̄ with the scale S/n. The difference of any two is then Student's, x̄ⱼ − x̄ₖ +
/// t₍ₙ₋₁₎·s/√n with s the deviation of the differences seed by seed: of two alternatives with one candidate each the better
/// one has the probability 1 − p/2, p the p-value of the paired t test. An alternative's candidate of the lowest mean stands
/// for it, its mean raised by ``optimism(_:)``, what being the best of several noisy means flatters it by: alternatives with
/// more candidates, or noisier ones, would win otherwise. The probability is the share of the draws that an alternative
/// wins, ties in equal parts.
///
/// The covariance is never formed, so that candidates may outnumber seeds: with z standard normal, one number a seed,
/// x̄ⱼ + Σₛ zₛ·(xⱼₛ − x̄ⱼ)/√(n(n − 1)) has it. The bootstrap would draw multinomial weights instead and is too sure with few
/// seeds: with two of them that agree it says 1.
///
/// Source: S. Geisser, J. Cornfield, "Posterior distributions for multivariate normal parameters", Journal of the Royal
/// Statistical Society B 25 (1963): the prior whose posterior has Student's t for every linear combination.
public enum MeanPosterior {
  public static let draws = 10_000

  /// - Parameter alternatives: Candidates of each alternative, each with one cost a seed, the lower the better; all of the
  ///   same two seeds or more. One without candidates never wins.
  public static func probabilityOfBest(_ alternatives: [[[Double]]]) -> [Double] {
    let seeds = alternatives.lazy.flatMap { $0 }.first?.count ?? 0
    precondition(seeds >= 2 && alternatives.allSatisfy { $0.allSatisfy { $0.count == seeds } })
    let bests = alternatives.map { candidates in
      candidates.min { SampleStatistics($0).mean < SampleStatistics($1).mean }
    }
    let optimism = alternatives.map(optimism)
    var wins = [Double](repeating: 0, count: alternatives.count)
    var winners: [Int] = []
    visitWeights(seeds) { weights in
      var best = Double.infinity
      winners.removeAll(keepingCapacity: true)
      for (index, values) in bests.enumerated() {
        guard let values else { continue }
        let cost = zip(weights, values).reduce(optimism[index]) { $0 + $1.0 * $1.1 }
        if cost < best {
          best = cost
          winners.removeAll(keepingCapacity: true)
          winners.append(index)
        } else if cost == best {
          winners.append(index)
        }
      }
      for winner in winners { wins[winner] += 1 / Double(winners.count) }
    }
    return wins.map { $0 / Double(draws) }
  }

  /// By how much the best of the candidates' means is too low, from choosing it: the mean over bootstrap samples of the seeds
  /// of what a sample's best gains from being chosen there, x̄ⱼ − x̄*ⱼ with j the candidate of the lowest x̄*ⱼ, times √(n/(n − 1))
  /// since a sample of the seeds has (n − 1)/n of their variance.
  ///
  /// Draws from a normal distribution would have a candidate that failed with one seed be the best in many of them, with
  /// losses that no seed of it comes near; a sample's mean lies among its own losses.
  ///
  /// Source: B. Efron, "Estimating the Error Rate of a Prediction Rule: Improvement on Cross-Validation", J. Am. Stat. Assoc.
  /// 78 (1983): the optimism of what was fitted, from samples drawn from the sample.
  /// - Parameter candidates: Each with one cost a seed, the lower the better; all of the same two seeds or more.
  /// - Returns: 0 for one candidate or none.
  public static func optimism(_ candidates: [[Double]]) -> Double {
    guard candidates.count > 1 else { return 0 }
    let seeds = candidates[0].count
    let lanes = Lanes(candidates, seeds: seeds)
    var stream = RandomStream(RandomKey(seed: 1, purpose: .resampling))
    var gains = 0.0
    for _ in 0..<draws {
      var weights = [Double](repeating: 0, count: seeds)
      for _ in 0..<seeds { weights[stream.nextIndex(below: seeds)] += 1 / Double(seeds) }
      gains += lanes.gainOfSmallest(weights: weights)
    }
    return gains / Double(draws) * (Double(seeds) / Double(seeds - 1)).squareRoot()
  }

  /// Eight candidates side by side, seed by seed, so that eight sums are taken at once, each in the order of the seeds.
  private struct Lanes {
    private var columns: [SIMD8<Double>] = []
    /// Of eight candidates each.
    private var means: [SIMD8<Double>] = []

    init(_ candidates: [[Double]], seeds: Int) {
      columns.reserveCapacity((candidates.count + 7) / 8 * seeds)
      for start in stride(from: 0, to: candidates.count, by: 8) {
        for seed in 0..<seeds {
          // The last one fills what is left: twice in a minimum is once.
          var column = SIMD8<Double>()
          for lane in 0..<8 { column[lane] = candidates[min(start + lane, candidates.count - 1)][seed] }
          columns.append(column)
        }
        means.append(columns.suffix(seeds).reduce(SIMD8<Double>(), +) / Double(seeds))
      }
    }

    /// Mean less sum of the candidate with the smallest sum of its values times the weights.
    func gainOfSmallest(weights: [Double]) -> Double {
      var smallest = SIMD8<Double>(repeating: .infinity)
      var ofSmallest = SIMD8<Double>()
      var start = 0
      for mean in means {
        var sums = SIMD8<Double>()
        for seed in weights.indices { sums += weights[seed] * columns[start + seed] }
        let isSmaller = sums .< smallest
        smallest.replace(with: sums, where: isSmaller)
        ofSmallest.replace(with: mean, where: isSmaller)
        start += weights.count
      }
      let least = smallest.min()
      return smallest.indices.first { smallest[$0] == least }.map { ofSmallest[$0] - least } ?? 0
    }
  }

  /// Calls `body` with the weights of the seeds in each draw: wₛ = 1/n + c·(zₛ − z̄), so that Σ wₛxⱼₛ is the draw's mean
  /// of xⱼ, with c = √(ν/χ²)/√(n(n − 1)) for ν = n − 1 the same for all candidates.
  private static func visitWeights(_ seeds: Int, _ body: ([Double]) -> Void) {
    var stream = RandomStream(RandomKey(seed: 0, purpose: .resampling))
    let count = Double(seeds)
    var weights = [Double](repeating: 0, count: seeds)
    for _ in 0..<draws {
      var sum = 0.0
      for seed in 0..<seeds {
        weights[seed] = stream.nextNormal()
        sum += weights[seed]
      }
      var square = 0.0
      for _ in 1..<seeds {
        let normal = stream.nextNormal()
        square += normal * normal
      }
      // √ν cancels the n − 1 under the root.
      let scale = 1 / (count * square).squareRoot()
      for seed in 0..<seeds { weights[seed] = 1 / count + scale * (weights[seed] - sum / count) }
      body(weights)
    }
  }
}
