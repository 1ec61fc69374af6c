import RandomNumbers
import RealModule

/// The probability that each of several alternatives really is the best, each at its best candidate.
///
/// With x̄ the means over n seeds and S their covariance over the seeds, the means are distributed as a multivariate t with
/// n − 1 degrees of freedom around x̄ with the scale S/n. The difference of any two is then Student's, x̄ⱼ − x̄ₖ +
/// t₍ₙ₋₁₎·s/√n with s the deviation of the differences seed by seed: of two alternatives with one candidate each the better
/// one has the probability 1 − p/2, p the p-value of the paired t test. An alternative's candidate of the lowest mean stands
/// for it, its mean plus its ``SelectionBias``, what being the best of several noisy means flatters it by: alternatives with
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
    let biases = alternatives.map { SelectionBias.bootstrap($0) ?? 0 }
    var wins = [Double](repeating: 0, count: alternatives.count)
    var winners: [Int] = []
    visitWeights(seeds) { weights in
      var best = Double.infinity
      winners.removeAll(keepingCapacity: true)
      for (index, values) in bests.enumerated() {
        guard let values else { continue }
        let cost = zip(weights, values).reduce(biases[index]) { $0 + $1.0 * $1.1 }
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
