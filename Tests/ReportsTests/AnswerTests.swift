import Experiments
import Foundation
import Testing

@testable import Reports

/// What statsmodels, Optuna and counting say, from Fixtures/answers.py.
private struct Reference: Decodable {
  var anova: ANOVA
  var posteriors: [Posterior]
  var pairs: [Posterior]
  var profile: Profile
  var holm: Holm
  var selectionBiases: [Bias]
  var moderatedVariances: [Variances]

  struct ANOVA: Decodable {
    var levels: [Int]
    var values, termVariances, optunaShares: [Double]
    var mean, variance, residualVariance: Double
    var marginals: [[Double]]
  }
  struct Posterior: Decodable {
    var alternatives: [[[Double]]]
    var results: [Double]
  }
  struct Profile: Decodable {
    var times: [[Double?]]
    var taus, scores: [Double]
    var shares: [[Double]]
  }
  struct Holm: Decodable { var values, results: [Double] }
  struct Variances: Decodable {
    var variances, results: [Double]
    var degreesOfFreedom: Double
  }
  struct Bias: Decodable {
    var costs: [[Double]]
    var result, deviation: Double
  }

  static let counted: Reference = {
    let url = Bundle.module.url(forResource: "Fixtures/answers", withExtension: "json")!
    return try! JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }()
}

private func agree(_ values: [Double], _ references: [Double], _ tolerance: Double = 1e-12) -> Bool {
  values.count == references.count
    && zip(values, references).allSatisfy { ($0 - $1).magnitude <= tolerance * max(1, $1.magnitude) }
}

@Suite struct AnswerTests {
  private let reference = Reference.counted

  @Test func functionalANOVAAgreesWithStatsmodels() {
    let expected = reference.anova
    let anova = FunctionalANOVA(levels: expected.levels, values: expected.values)
    #expect(agree([anova.mean, anova.variance], [expected.mean, expected.variance]))
    #expect(agree(anova.terms.map(\.variance), expected.termVariances, 1e-10))
    #expect(agree([anova.higherOrderVariance], [expected.residualVariance], 1e-10))
    #expect(zip(anova.marginals, expected.marginals).allSatisfy { agree($0, $1) })
    #expect(anova.terms.map(\.factors) == [[0], [1], [2], [0, 1], [0, 2], [1, 2]])
  }

  /// Optuna's forest, grown to single points, has the exact shares.
  @Test func functionalANOVAAgreesWithOptuna() {
    let expected = reference.anova
    let anova = FunctionalANOVA(levels: expected.levels, values: expected.values)
    #expect(agree(anova.terms.prefix(3).map { $0.variance / anova.variance }, expected.optunaShares, 1e-10))
  }

  /// The tolerance is about three standard errors of a share of 10,000 draws.
  @Test func probabilityOfTheBestMeanAgreesWithSciPy() {
    for expected in reference.posteriors {
      #expect(agree(MeanPosterior.probabilityOfBest(expected.alternatives), expected.results, 0.015))
    }
  }

  /// What stands beside a p-value agrees with it: 1 − p/2 for the better one of two settings, with two seeds too.
  @Test func probabilityOfTheBetterAgreesWithThePairedTest() throws {
    for expected in reference.pairs {
      let found = MeanPosterior.probabilityOfBest(expected.alternatives)
      #expect(agree(found, expected.results, 0.012))
      #expect(found == MeanPosterior.probabilityOfBest(expected.alternatives))
      let test = try #require(MeanComparison.paired(expected.alternatives[0][0], expected.alternatives[1][0]))
      #expect(agree([1 - test.pValue / 2], [expected.results.max()!]))
    }
    #expect(reference.pairs.count == 3)
  }

  @Test func settingsThatAreTheSameShareTheProbability() {
    #expect(MeanPosterior.probabilityOfBest([[[1, 2, 4]], [[1, 2, 4]]]) == [0.5, 0.5])
  }

  /// A candidate that failed with one seed is not one that might well be the best: its other losses are no better.
  @Test func aNoisyCandidateThatIsNoGoodChangesNothing() {
    let good: [[Double]] = [[0.067, 0.071, 0.064, 0.069, 0.066]]
    let other: [[Double]] = [[0.072, 0.076, 0.069, 0.075, 0.070]]
    let failed: [Double] = [0.2, 0.25, 3, 0.22, 0.21]
    #expect(SelectionBias.bootstrap(good + [failed]).map { $0.magnitude < 1e-4 } == true)
    let pair = MeanPosterior.probabilityOfBest([good, other])
    #expect(agree(MeanPosterior.probabilityOfBest([good + [failed], other]), pair, 0.01))
  }

  @Test func performanceProfileAgreesWithIntegration() {
    let expected = reference.profile
    let profile = PerformanceProfile(times: expected.times.map { $0.map { $0 ?? .infinity } })
    for solver in expected.shares.indices {
      #expect(agree(expected.taus.map { profile.share(solver, within: $0) }, expected.shares[solver]))
      #expect(agree([profile.score(solver)], [expected.scores[solver]], 1e-9))
    }
    let hopeless = PerformanceProfile(times: [[.infinity], [.infinity]])
    #expect(hopeless.share(0, within: 1e300) == 0 && hopeless.score(1) == 0)
  }

  @Test func holmAgreesWithStatsmodels() {
    #expect(agree(Multiplicity.holm(reference.holm.values), reference.holm.results))
    #expect(Multiplicity.holm([]).isEmpty)
  }

  /// The mean over all resamples there are, within five standard errors of the draws.
  @Test func selectionBiasAgreesWithAllResamples() throws {
    for expected in reference.selectionBiases {
      let found = try #require(SelectionBias.bootstrap(expected.costs))
      let error = expected.deviation / Double(SelectionBias.draws).squareRoot()
      #expect((found - max(0, expected.result)).magnitude < 5 * error)
      // What cannot win changes nothing, and neither does the order.
      let hopeless = expected.costs.map { $0.map { $0 + 10 } }
      #expect(SelectionBias.bootstrap(expected.costs + hopeless) == found)
      #expect(agree([SelectionBias.bootstrap(expected.costs.reversed())!], [found]))
    }
    #expect(reference.selectionBiases.count == 3)
    #expect(SelectionBias.bootstrap([[1, 2, 4]]).map { $0.magnitude < 0.1 } == true)
    #expect(SelectionBias.bootstrap([[1]]) == nil && SelectionBias.bootstrap([]) == nil)
  }

  /// A winner that every seed gives almost the same is not lucky by what a noisy rival would have been.
  @Test func theBiasIsInUnitsOfTheWinnersNoise() throws {
    let quiet = [0.3001, 0.3, 0.2999, 0.3, 0.3001]
    let noisy: [[Double]] = [[0.35, 0.2, 0.41, 0.33, 0.29], [0.28, 0.45, 0.22, 0.37, 0.31]]
    let error = SampleStatistics(quiet).standardError
    let bias = try #require(SelectionBias.bootstrap([quiet] + noisy))
    #expect(bias > 0 && bias < 2 * error)
  }

  @Test func moderatedVariancesAgreeWithSciPy() {
    for expected in reference.moderatedVariances {
      let found = ModeratedVariances.estimate(expected.variances, degreesOfFreedom: expected.degreesOfFreedom)
      #expect(agree(found, expected.results, 1e-9))
    }
    #expect(reference.moderatedVariances.count == 9)
    // Of one, or of nothing but zeros, nothing is in common; a zero beside others stays what it is.
    #expect(ModeratedVariances.estimate([2], degreesOfFreedom: 3) == [2])
    #expect(ModeratedVariances.estimate([0, 0], degreesOfFreedom: 3) == [0, 0])
    #expect(ModeratedVariances.estimate([0, 1, 1], degreesOfFreedom: 3) == [0, 1, 1])
  }
}
