import Foundation
import Testing

@testable import Reports

/// What counting every possible outcome says, from Fixtures/budget.py.
private struct Counted: Decodable {
  var estimates: [Estimate]
  var tunability: Tunability
  var probabilityOfBest: [ProbabilityOfBest]

  struct Estimate: Decodable {
    var values: [Double]
    var count: Int
    var mean, largestMean: Double
    var standardError: Double?
  }
  struct Tunability: Decodable {
    var values: [Double]
    var budget: Int
    var results: [String: Double]
  }
  struct ProbabilityOfBest: Decodable {
    var searches: [[Double]]
    var count: Int
    var results: [Double]
  }

  static let all: Counted = {
    let url = Bundle.module.url(forResource: "Fixtures/budget", withExtension: "json")!
    return try! JSONDecoder().decode(Counted.self, from: Data(contentsOf: url))
  }()
}

@Suite struct SearchBudgetTests {
  private func agree(_ first: Double, _ second: Double) -> Bool { abs(first - second) < 1e-13 * max(1, abs(second)) }

  @Test func expectedBestIsTheMeanOverAllChoices() {
    for expected in Counted.all.estimates {
      let best = SearchBudget(expected.values).best(of: expected.count)
      #expect(agree(best.mean, expected.mean))
      let largest = SearchBudget(expected.values, higherIsBetter: true).best(of: expected.count)
      #expect(agree(largest.mean, expected.largestMean))
    }
  }

  @Test func standardErrorIsTheJackknifes() {
    for expected in Counted.all.estimates {
      let error = SearchBudget(expected.values).best(of: expected.count).standardError
      if let standardError = expected.standardError {
        #expect(agree(error, standardError), "\(expected)")
      } else {
        #expect(error.isNaN && expected.count == expected.values.count)
      }
    }
  }

  /// Of one trial it is the standard error of a mean.
  @Test func standardErrorOfOneTrial() {
    let values = [0.31, 0.25, 0.9, 0.4]
    #expect(agree(SearchBudget(values).best(of: 1).standardError, SampleStatistics(values).standardError))
  }

  @Test func weightsDoNotOverflowWithManyTrials() {
    let budget = SearchBudget((0..<5_000).map(Double.init))
    // The smallest of k numbers below n, drawn without replacement: (n − k)/(k + 1).
    #expect(abs(budget.best(of: 1_024).mean - 3_976.0 / 1_025) < 1e-9)
    #expect(budget.best(of: 5_000).mean == 0)
  }

  @Test func tunabilityAgreesWithCounting() {
    let expected = Counted.all.tunability
    let search = SearchBudget(expected.values)
    #expect(expected.results.count == SearchBudget.Weighting.allCases.count)
    for weighting in SearchBudget.Weighting.allCases {
      let value = search.tunability(budget: expected.budget, weighting: weighting)
      #expect(agree(value, expected.results[weighting.rawValue]!))
    }
  }

  @Test func probabilityOfBestAgreesWithCounting() {
    for expected in Counted.all.probabilityOfBest {
      let found = SearchBudget.probabilityOfBest(expected.searches.map { SearchBudget($0) }, of: expected.count)
      #expect(zip(found, expected.results).allSatisfy(agree), "\(expected)")
    }
  }
}
