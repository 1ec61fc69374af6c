import Experiments
import Foundation
import TestSupport
import Testing

@testable import Reports

/// Values of a hyperparameter that six digits do not tell apart.
@Suite struct LevelTextTests {
  private func texts(_ values: [Double]) -> [String] {
    let level = LevelText("learning_rate", values.map(HyperparameterValue.number))
    return values.map { level(.number($0)) }
  }

  /// As `'%.7g' % x` and so on write them; what fewer digits tell in full has fewer.
  @Test(arguments: [
    ([0.1234567, 0.1234568], ["0.1234567", "0.1234568"]),
    ([0.1, 0.12345671, 0.12345674], ["0.1", "0.12345671", "0.12345674"]),
    ([0.1, 0.0031622776601683794], ["0.1", "0.00316228"]),
    ([0.3, 0.1 + 0.2], ["0.3", "0.30000000000000004"]),
    ([1, 1.0000001], ["1", "1.0000001"]), ([-1e-7, 1e-7, 0], ["-1e-07", "1e-07", "0"]),
    // Steps of a unit in the sixth digit are told apart by six.
    ([0.100001, 0.100002], ["0.100001", "0.100002"]), ([9.99998, 9.99999], ["9.99998", "9.99999"]),
  ])
  func asManyDigitsAsTellThemApart(values: [Double], expected: [String]) {
    #expect(texts(values) == expected)
  }

  /// Neighbours of every size and distance read differently, and can be read back to what they were told from.
  @Test func anyTwoNumbersReadDifferently() {
    for exponent in stride(from: -12.0, through: 12, by: 1.7) {
      let value = 1.2345678901234567 * pow(10, exponent)
      for distance in stride(from: -15.5, through: -3, by: 0.5) {
        let other = value * (1 + pow(10, distance))
        #expect(other == value || Set(texts([value, other])).count == 2, "\(value) \(other)")
      }
    }
  }

  @Test func listsAndDropoutToo() {
    let keep = LevelText("keep_probability", [.list([1, 0.5]), .list([1, 0.5000001])])
    #expect(keep(.list([1, 0.5])) == "0.5" && keep(.list([1, 0.5000001])) == "0.5000001")
    let rate = LevelText("dropout_rate", [.list([0, 0.5]), .list([0, 0.4999999])])
    #expect(rate(.list([0, 0.4999999])) == "0.4999999")
    let mixed = LevelText("l2", [.integer(1), .number(1.0000001)])
    #expect(mixed(.integer(1)) == "1" && mixed(.number(1.0000001)) == "1.0000001")
  }

  private let runs = [0.1234567, 0.1234568].enumerated().flatMap { index, rate in
    (0..<2).map { seed in
      SampleRun(
        learningRate: rate, keepProbability: [1, index == 0 ? 0.5 : 0.5000001], seed: seed,
        loss: Double(1 + index) + 0.1 * Double(seed))
    }
  }

  /// Wherever levels are listed.
  @Test func reportsTellLevelsApart() throws {
    let ranking = runs.ranking()
    var options = SummaryReport.Options()
    options.groupKeys = ["learning_rate"]
    let results = SweepResults(name: "close", selection: .standard, runs: runs.summaries)
    var texts = [String](repeating: "", count: 6)
    try SummaryReport(results).report(into: &texts[0])
    try SummaryReport(results, options: options).report(into: &texts[1])
    try PairedComparisons(ranking, of: "learning_rate").report(into: &texts[2])
    HyperparameterEffects(
      runs.map { run in
        var run = run
        run.keepProbability = [1, 1]
        return run
      }.ranking()
    ).report(into: &texts[3])
    try #require(LearningRateSensitivity(ranking)).report(into: &texts[4])
    SweepComparison(
      ("first", Array(runs.prefix(2)).ranking()), ("second", Array(runs.suffix(2)).ranking())
    ).report(into: &texts[5])
    for (index, text) in texts.enumerated() {
      #expect(
        text.contains("0.1234567") && text.contains("0.1234568") && !text.contains("0.123457"), "\(index): \(text)")
    }
    #expect(texts[0].contains("the lowest on the grid of adam (0.1234567 to 0.1234568)"), "\(texts[0])")
    #expect(texts[0].contains("Best: keep_probability 0.5 (") && texts[0].contains(" 0.5000001 "))
    let data = ReportData(try SummaryReport(results), [:], [:])
    var meta = ""
    data.meta.write(to: &meta)
    #expect(
      try ParsedJSON(meta)["columns"].first("name", "learning_rate")["labels"].texts == ["0.1234567", "0.1234568"])
  }

  /// What a table shows can be typed, and means no other level.
  @Test(arguments: [
    ("learning_rate=0.1234567", [0.1234567]), ("learning_rate=0.1234568", [0.1234568]),
    ("learning_rate!=0.1234568", [0.1234567]), ("learning_rate<=0.1234567", [0.1234567]),
    ("learning_rate>0.1234567", [0.1234568]), ("learning_rate>=0.1234568", [0.1234568]),
    // What is neither is both.
    ("learning_rate=0.123457", [0.1234567, 0.1234568]),
  ])
  func conditionsMeanOneLevel(condition: String, expected: [Double]) throws {
    let table = try RunTable(runs.summaries).filtered(by: [Condition(condition)], at: .best)
    #expect(table.column("learning_rate")?.values == expected.map(HyperparameterValue.number))
  }
}
