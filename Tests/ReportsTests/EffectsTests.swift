import Experiments
import Foundation
import TestSupport
import Testing

@testable import Reports

/// What statsmodels says, from Fixtures/effects.py.
private struct Reference: Decodable {
  var crossed: Crossed
  var nested: Nested

  struct Crossed: Decodable {
    var levels: [Int]
    /// Of each seed.
    var values: [[Double]]
    var variances, pValues: [Double]
    var seedVariance: Double
  }
  struct Nested: Decodable {
    var levels: [Int]
    /// Of each seed, of each group.
    var values: [[[Double]]]
    var variances: [String: Double]
  }

  static let statsmodels: Reference = {
    let url = Bundle.module.url(forResource: "Fixtures/effects", withExtension: "json")!
    return try! JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }()
}

private func agree(_ values: [Double], _ references: [Double], _ tolerance: Double = 1e-10) -> Bool {
  values.count == references.count
    && zip(values, references).allSatisfy { ($0 - $1).magnitude <= tolerance * max(1, $1.magnitude) }
}

@Suite struct EffectsTests {
  @Test func crossedComponentsAgreeWithStatsmodels() {
    let expected = Reference.statsmodels.crossed
    let grid = NestedGrid([.init(factors: [0, 1], levels: expected.levels)], crossed: [0, 1])
    let found = VarianceComponents(grid, expected.values.map { [$0] })
    #expect(grid.terms.map(\.factors) == [[0], [1], [0, 1], []])
    #expect(agree(Array(found.variances.prefix(3)), expected.variances))
    #expect(agree(Array(found.pValues.prefix(3)), expected.pValues, 1e-9))
    #expect(agree([found.seedVariance], [expected.seedVariance]))
    // Two factors have nothing of three.
    #expect(found.variances[3] == 0 && found.pValues[3].isNaN)
  }

  @Test func nestedComponentsAgreeWithStatsmodels() throws {
    let expected = Reference.statsmodels.nested
    let group = NestedGrid.Group(factors: [0, 1], levels: expected.levels)
    let grid = NestedGrid([group, group], crossed: [1])
    let found = VarianceComponents(grid, expected.values)
    let names = ["C(o)", "C(o):C(l)", "C(k)", "C(o):C(k)", "C(o):C(l):C(k)"]
    #expect(grid.terms.map(\.factors) == [[], [0], [1], [1], [0, 1], []])
    #expect(agree(Array(found.variances.prefix(5)), try names.map { try #require(expected.variances[$0]) }))
    #expect(grid.terms.map(\.degreesOfFreedom) == [1, 4, 1, 1, 4, 0])
  }

  private func analysis(
    _ runs: [SampleRun], _ scale: HyperparameterEffects.Scale = .value
  ) throws -> HyperparameterEffects.Analysis {
    switch HyperparameterEffects(runs.ranking(), scale: scale).scopes[0].result {
    case .complete(let analysis), .nested(let analysis): return analysis
    case let other: throw Other(result: other)
    }
  }

  private struct Other: Error { var result: HyperparameterEffects.Result }

  @Test func oneSeedIsRefused() {
    let effects = HyperparameterEffects([SampleRun].additive.filter { $0.seed == 1 }.ranking())
    #expect(effects.refusal == .oneSeed("effects") && effects.refusal?.exitStatus == 65)
    #expect(HyperparameterEffects([SampleRun].additive.ranking()).refusal == nil)
  }

  /// Effects are ±½ of the means, ±1 of one seed and 0 of the other, so that V = (2·¼ − ½·(1 + 0))/1 = 0: all is noise.
  @Test func noiseIsTakenOut() throws {
    let runs = [(0.01, [2.0, 0]), (0.1, [0.0, 0])].flatMap { rate, losses in
      losses.enumerated().map { SampleRun(learningRate: rate, seed: $0, loss: $1) }
    }
    let found = try analysis(runs)
    #expect(found.effects.map(\.name) == ["learning_rate", "three and more together", "seed"])
    #expect(agree(found.effects.map(\.variance), [0, 0, 1]))
    // F = (½)²/(½)² = 1 with one and one degrees of freedom: Student's t with one is beyond 1 in a half.
    #expect((found.effects[0].pValue - 0.5).magnitude < 1e-12)
  }

  /// What stands for a lost run is not measured: a test on values would take it so. The last place is what it came in.
  @Test(arguments: HyperparameterEffects.Scale.allCases)
  func lostRunsAreNotTestedByValue(scale: HyperparameterEffects.Scale) throws {
    var runs = [SampleRun].additive
    let whole = try analysis(runs, scale)
    #expect(whole.isTested && whole.effects.dropLast(2).allSatisfy { !$0.pValue.isNaN || $0.isExact })
    runs[0].outcome = .diverged(step: 2)
    let found = try analysis(runs, scale)
    #expect(found.replaced == 1 && found.isTested == (scale == .rank))
    #expect(found.effects.contains { !$0.pValue.isNaN } == (scale == .rank))
    #expect(scale == .rank || !found.effects.contains(where: \.isExact))
    var text = ""
    HyperparameterEffects(runs.ranking(), scale: scale).report(into: &text)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("All shares hang on what stands for them") == (scale != .rank), "\(words)")
  }

  /// Each optimizer has learning rates of its own: nested in it, and the keep probability crossed with it.
  @Test func ratesOfEachOptimizerAreNested() throws {
    var runs: [SampleRun] = []
    for (optimizer, level, rates) in [("adam", 0.0, [0.001, 0.01]), ("momentum", 4.0, [0.03, 0.1, 0.3])] {
      for (place, rate) in rates.enumerated() {
        for (keep, effect) in [(0.5, 0.0), (1.0, 2.0)] {
          for seed in 1...2 {
            runs.append(
              SampleRun(
                optimizer: optimizer, learningRate: rate, keepProbability: [1, keep], seed: seed,
                loss: 1 + level + effect + Double(place)))
          }
        }
      }
    }
    let effects = HyperparameterEffects(runs.ranking())
    guard case .nested(let found) = effects.scopes[0].result else {
      Issue.record("\(effects.scopes[0].result)")
      return
    }
    let variances = Dictionary(uniqueKeysWithValues: found.effects.map { ($0.name, $0.variance) })
    // Means 2.5 and 7; rates 0, 1 with variance ¼ and 0, 1, 2 with ⅔; two levels 2 apart.
    #expect(variances["optimizer"] == 4.5 * 4.5 / 4 && variances["keep_probability"] == 1)
    #expect(agree([try #require(variances["learning_rate within optimizer"])], [(0.25 + 2.0 / 3) / 2]))
    #expect(agree([try #require(variances["keep_probability × optimizer"])], [0]))
    #expect(found.marginals.map(\.factor.name) == ["optimizer", "keep_probability"])
    #expect(found.marginals[0].means == [2.5, 7] && found.marginals[1].means == [3.75, 5.75])
    let json = try parsed(effects)
    #expect(json["scopes"][0]["status"].text == "nested")
    #expect(json["scopes"].first("optimizer", "adam")["status"].text == "complete")
  }

  /// A keep probability is one level for networks of one and of two hidden layers.
  @Test func depthsShareKeepProbabilities() throws {
    let runs = [1, 2].flatMap { depth in
      [0.5, 0.8, 1].flatMap { keep in
        (1...2).map { seed in
          var run = SampleRun(seed: seed, loss: keep + Double(depth))
          run.keepProbability = [1] + [Double](repeating: keep, count: depth)
          run.extra = [.init("hidden", .list([Double](repeating: 8, count: depth)))]
          return run
        }
      }
    }
    let found = try analysis(runs)
    #expect(found.effects.map(\.name).prefix(3) == ["hidden", "keep_probability", "hidden × keep_probability"])
    #expect(agree([found.effects[0].variance], [0.25]))
    #expect(found.factors[1].levels == ["0.5", "0.8", "1"])
    let pairs = try PairedComparisons(runs.ranking(), of: "keep_probability")
    #expect(pairs.levels.map(\.value) == ["0.5", "0.8", "1"] && pairs.pairs.count == 3)
    let rates = try PairedComparisons(runs.ranking(), of: "dropout_rate")
    #expect(rates.levels.map(\.value) == ["0.5", "0.2", "0"])
    #expect(try GroupedRuns(runs.ranking(), by: ["keep_probability"]).groups.count == 3)
  }

  /// One loss of 1000 takes everything as a value, not as a logarithm or a rank.
  @Test func scalesTameOutliers() throws {
    let losses: [Double: [Double]] = [0.5: [1, 2, 3, 4], 1: [10, 20, 30, 4000]]
    let runs = losses.flatMap { keep, losses in
      losses.enumerated().flatMap { place, loss in
        (1...2).map { seed in
          SampleRun(learningRate: Double(place + 1), keepProbability: [1, keep], seed: seed, loss: loss)
        }
      }
    }
    func shares(_ scale: HyperparameterEffects.Scale) throws -> [Double] {
      let found = try analysis(runs, scale)
      return found.effects.map(found.share)
    }
    // Effects of a factor of two levels are the half of their distance: ranks 2.5 and 6.5 of eight, doubled by the seeds.
    let ranks = try analysis(runs, .rank)
    #expect(ranks.mean == 8.5 && ranks.marginals[1].means == [4.5, 12.5] && ranks.effects[1].variance == 16)
    #expect(try shares(.value)[1] < 0.15 && shares(.log)[1] > 0.5 && shares(.rank)[1] > 0.7)
    let zero = HyperparameterEffects((runs + [SampleRun(loss: 0)]).ranking(), scale: .log)
    #expect(zero.refusal == .notPositive(0, metric: "validation_loss") && zero.refusal?.exitStatus == 64)
  }

  @Test func seedsAreNotCompared() throws {
    #expect(throws: ReportError.seedsCompared(["optimizer", "learning_rate", "keep_probability", "dropout_rate"])) {
      try PairedComparisons([SampleRun].additive.ranking(), of: "seed")
    }
  }
}
