import Foundation
import Testing

@testable import Reports

/// What SciPy and mpmath say, from Fixtures/statistics.py.
private struct Reference: Decodable {
  var beta: [Beta]
  var logBeta: [LogBeta]
  var tails: [Tail]
  var quantiles: [Quantile]
  var samples: [Sample]
  var comparisons: [Comparison]

  struct Beta: Decodable { var x, a, b, value: Double }
  struct LogBeta: Decodable { var a, b, value: Double }
  struct Tail: Decodable { var df, t, tail, density: Double }
  struct Quantile: Decodable { var df, p, t: Double }
  struct Sample: Decodable {
    var values: [Double]
    var mean, standardDeviation, standardError, median, lower, upper: Double
  }
  struct Comparison: Decodable {
    var method: String
    var first, second: [Double]
    var difference, statistic, df, p, lower, upper: Double
  }

  static let scipy: Reference = {
    let url = Bundle.module.url(forResource: "Fixtures/statistics", withExtension: "json")!
    return try! JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }()
}

private func relativeError(_ value: Double, _ reference: Double) -> Double {
  value == reference ? 0 : (value - reference).magnitude / max(reference.magnitude, 1e-300)
}

@Suite struct StatisticsTests {
  private let reference = Reference.scipy

  @Test func incompleteBetaAgreesWithSciPy() {
    for point in reference.beta where point.value > 1e-300 {
      let value = IncompleteBeta.regularized(point.x, complement: 1 - point.x, point.a, point.b)
      #expect(relativeError(value, point.value) < 1e-10, "I_\(point.x)(\(point.a), \(point.b))")
    }
    for point in reference.logBeta {
      let value = IncompleteBeta.logBeta(point.a, point.b)
      #expect(relativeError(value, point.value) < 1e-12, "ln B(\(point.a), \(point.b))")
    }
  }

  @Test func incompleteBetaAtTheEnds() {
    #expect(IncompleteBeta.regularized(0, complement: 1, 2, 3) == 0)
    #expect(IncompleteBeta.regularized(1, complement: 0, 2, 3) == 1)
  }

  @Test func studentTailAndDensityAgreeWithSciPy() {
    for point in reference.tails {
      let distribution = StudentT(degreesOfFreedom: point.df)
      if point.tail > 1e-150 {
        #expect(relativeError(distribution.upperTail(point.t), point.tail) < 1e-10, "\(point)")
      }
      if point.density > 1e-150 {
        #expect(relativeError(distribution.density(point.t), point.density) < 1e-10, "\(point)")
      }
      #expect((distribution.cumulative(-point.t) - point.tail).magnitude < 1e-12, "\(point)")
      #expect((distribution.cumulative(point.t) - (1 - point.tail)).magnitude < 1e-12, "\(point)")
    }
  }

  @Test func studentQuantilesAgreeWithSciPy() {
    for point in reference.quantiles {
      let quantile = StudentT(degreesOfFreedom: point.df).quantile(point.p)
      #expect(relativeError(quantile, point.t) < 1e-10, "\(point)")
    }
  }

  /// With one degree of freedom T is Cauchy's: quantile cot(π(1 − q)).
  @Test(arguments: [0.5, 0.6, 0.75, 0.99, 1 - 1e-9])
  func cauchyQuantiles(probability: Double) {
    let quantile = StudentT(degreesOfFreedom: 1).quantile(probability)
    #expect(abs(quantile - 1 / tan(.pi * (1 - probability))) <= 1e-12 * max(1, quantile))
  }

  @Test func nonNumbersAndInfinitiesInTheTail() {
    let distribution = StudentT(degreesOfFreedom: 3)
    #expect(distribution.upperTail(.nan).isNaN)
    #expect(distribution.upperTail(.infinity) == 0)
    #expect(distribution.upperTail(-.infinity) == 1)
    #expect(distribution.twoSidedPValue(0) == 1)
  }

  @Test func samplesAgreeWithSciPy() throws {
    for sample in reference.samples {
      let statistics = SampleStatistics(sample.values)
      #expect(statistics.count == sample.values.count)
      #expect(relativeError(statistics.mean, sample.mean) < 1e-14)
      #expect(relativeError(statistics.standardDeviation, sample.standardDeviation) < 1e-13)
      #expect(relativeError(statistics.standardError, sample.standardError) < 1e-13)
      #expect(statistics.median == sample.median)
      let interval = try #require(statistics.confidenceInterval())
      #expect(relativeError(interval.lower, sample.lower) < 1e-10)
      #expect(relativeError(interval.upper, sample.upper) < 1e-10)
    }
  }

  @Test func smallSamples() {
    let empty = SampleStatistics([])
    #expect(empty.count == 0 && empty.mean.isNaN && empty.median.isNaN && empty.confidenceInterval() == nil)
    let one = SampleStatistics([3])
    #expect(one.mean == 3 && one.median == 3 && one.standardDeviation.isNaN && one.confidenceInterval() == nil)
  }

  /// The naive Σx² − nx̄² would leave nothing of this spread.
  @Test func spreadFarFromZero() {
    let statistics = SampleStatistics([1e9 + 1, 1e9 + 2, 1e9 + 3])
    #expect(statistics.mean == 1e9 + 2)
    #expect(statistics.standardDeviation == 1)
  }

  @Test func comparisonsAgreeWithSciPy() throws {
    for expected in reference.comparisons {
      let comparison = try #require(
        expected.method == "paired"
          ? MeanComparison.paired(expected.first, expected.second)
          : MeanComparison.welch(SampleStatistics(expected.first), SampleStatistics(expected.second)))
      #expect(comparison.method.rawValue == expected.method)
      #expect(relativeError(comparison.difference, expected.difference) < 1e-12)
      #expect(relativeError(comparison.difference / comparison.standardError, expected.statistic) < 1e-12)
      #expect(relativeError(comparison.degreesOfFreedom, expected.df) < 1e-12)
      #expect(relativeError(comparison.pValue, expected.p) < 1e-10)
      let interval = try #require(comparison.confidenceInterval())
      #expect(relativeError(interval.lower, expected.lower) < 1e-10)
      #expect(relativeError(interval.upper, expected.upper) < 1e-10)
    }
  }

  @Test func comparisonsWithoutNoiseOrWithoutSeeds() throws {
    #expect(MeanComparison.paired([1], [2]) == nil)
    #expect(MeanComparison.welch(SampleStatistics([1]), SampleStatistics([2, 3])) == nil)
    let equal = try #require(MeanComparison.paired([1, 2], [1, 2]))
    #expect(equal.pValue == 1 && !equal.isLargerThanNoise())
    let shifted = try #require(MeanComparison.welch(SampleStatistics([1, 1]), SampleStatistics([2, 2])))
    #expect(shifted.pValue == 0 && shifted.isLargerThanNoise() && shifted.degreesOfFreedom == 2)
    // No noise was measured, which is no interval without a width.
    #expect(shifted.confidenceInterval() == nil && SampleStatistics([2, 2]).confidenceInterval() == nil)
  }

  /// Numbers at the end of what a Double holds must not stop the report.
  @Test func hugeValuesDoNotTrap() throws {
    let huge = SampleStatistics([1e308, -1e308, 1e308])
    _ = huge.confidenceInterval()
    let comparison = try #require(MeanComparison.welch(huge, SampleStatistics([0, 1])))
    #expect(!comparison.isLargerThanNoise())
    _ = comparison.confidenceInterval()
    _ = MeanComparison.paired([1e308, 1e308], [-1e308, -1e308])?.pValue
  }
}
