import RandomNumbers
import RealModule

/// The probability that each of several alternatives really is the best, by the bootstrap over seeds.
///
/// Seeds are drawn with replacement, the same ones for all candidates, which keeps the pairing; in each resample every
/// alternative is tuned again: its best candidate by the resample's mean stands for it. The probability is the share of
/// resamples that an alternative wins, ties in equal parts. Up to 8 seeds all resamples are counted with their exact
/// multinomial weights; beyond, 10,000 are drawn. Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap"
/// (1993), chapters 6 and 8.
public enum SeedBootstrap {
  public static let exactLimit = 8
  public static let resamples = 10_000

  /// - Parameter alternatives: Candidates of each alternative, each with one cost a seed, the lower the better; all of the
  ///   same two seeds or more.
  public static func probabilityOfBest(_ alternatives: [[[Double]]]) -> [Double] {
    let seeds = alternatives.lazy.flatMap { $0 }.first?.count ?? 0
    precondition(seeds >= 2 && alternatives.allSatisfy { $0.allSatisfy { $0.count == seeds } })
    let rows = alternatives.map { Lanes($0, seeds: seeds) }
    var wins = [Double](repeating: 0, count: alternatives.count)
    var total = 0.0
    visitResamples(seeds) { counts, weight in
      var best = Double.infinity
      var winners: [Int] = []
      for (index, values) in rows.enumerated() {
        let cost = values.smallestSum(weights: counts)
        if cost < best {
          best = cost
          winners = [index]
        } else if cost == best {
          winners.append(index)
        }
      }
      for winner in winners { wins[winner] += weight / Double(winners.count) }
      total += weight
    }
    return wins.map { $0 / total }
  }

  /// Candidates side by side, seed by seed, so that many sums are taken at once, each in the order of the seeds: an
  /// addition waits for the one before, those of other candidates do not.
  private struct Lanes {
    private typealias Vector = SIMD8<Double>
    private static let vectors = 4
    private static let width = vectors * Vector.scalarCount

    /// For each `width` candidates and each seed, `vectors` in a row.
    private var columns: [Vector] = []

    init(_ candidates: [[Double]], seeds: Int) {
      columns.reserveCapacity((candidates.count + Self.width - 1) / Self.width * seeds * Self.vectors)
      for start in stride(from: 0, to: candidates.count, by: Self.width) {
        for seed in 0..<seeds {
          for first in stride(from: start, to: start + Self.width, by: Vector.scalarCount) {
            // The last one fills what is left: twice in a minimum is once.
            var column = Vector()
            for lane in 0..<Vector.scalarCount {
              column[lane] = candidates[min(first + lane, candidates.count - 1)][seed]
            }
            columns.append(column)
          }
        }
      }
    }

    /// The smallest of the candidates' sums of their values times the weights; ∞ without candidates.
    func smallestSum(weights: [Double]) -> Double {
      var smallest = Vector(repeating: .infinity)
      columns.withUnsafeBufferPointer { columns in
        var place = 0
        while place < columns.count {
          var (a, b, c, d) = (Vector(), Vector(), Vector(), Vector())
          for weight in weights {
            a += weight * columns[place]
            b += weight * columns[place + 1]
            c += weight * columns[place + 2]
            d += weight * columns[place + 3]
            place += Self.vectors
          }
          smallest = pointwiseMin(smallest, pointwiseMin(pointwiseMin(a, b), pointwiseMin(c, d)))
        }
      }
      return smallest.min()
    }
  }

  /// Calls `body` with how often each seed is drawn, and the resample's weight.
  private static func visitResamples(_ seeds: Int, _ body: ([Double], Double) -> Void) {
    var counts = [Double](repeating: 0, count: seeds)
    guard seeds > exactLimit else {
      visitAll(&counts, 0, rest: seeds, weight: 1, body)
      return
    }
    var stream = RandomStream(RandomKey(seed: 0, purpose: .resampling))
    for _ in 0..<resamples {
      for seed in 0..<seeds { counts[seed] = 0 }
      for _ in 0..<seeds { counts[stream.nextIndex(below: seeds)] += 1 }
      body(counts, 1)
    }
  }

  /// Every way to draw; the weight is ∏ 1/count!, to which the multinomial probability is proportional.
  private static func visitAll(
    _ counts: inout [Double], _ seed: Int, rest: Int, weight: Double, _ body: ([Double], Double) -> Void
  ) {
    if seed == counts.count - 1 {
      counts[seed] = Double(rest)
      body(counts, weight / .gamma(Double(rest) + 1))
      return
    }
    for count in 0...rest {
      counts[seed] = Double(count)
      visitAll(&counts, seed + 1, rest: rest - count, weight: weight / .gamma(Double(count) + 1), body)
    }
  }
}
