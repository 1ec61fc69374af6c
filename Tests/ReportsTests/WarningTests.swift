import Experiments
import TestSupport
import Testing

@testable import Reports

@Suite struct WarningTests {
  private func kinds(_ runs: [SampleRun], planned: Int? = nil) -> Set<Warning.Kind> {
    Set(runs.ranking().warnings(plannedRuns: planned).map(\.kind))
  }

  /// Three learning rates by three seeds, the middle one best by far.
  private func grid(_ losses: [Double]) -> [SampleRun] {
    var runs: [SampleRun] = []
    for (learningRate, loss) in zip([0.001, 0.01, 0.1], losses) {
      for (seed, noise) in [0.001, 0.003, 0.002].enumerated() {
        runs.append(SampleRun(learningRate: learningRate, seed: seed, loss: loss + noise * loss))
      }
    }
    return runs
  }

  @Test func nothingToSayAboutASoundSweep() { #expect(kinds(grid([3, 1, 2])) == []) }

  @Test(arguments: [([1, 2, 3], "lowest", "lower"), ([3, 2, 1], "highest", "higher")])
  func learningRateOnTheEdge(losses: [Double], edge: String, advice: String) throws {
    let warning = try #require(grid(losses).ranking().warnings().first { $0.kind == .learningRateOnEdge })
    #expect(warning.message.contains("the \(edge) on the grid of adam (0.001 to 0.1): try \(advice) ones."))
  }

  /// Each optimizer has a grid of its own.
  @Test func edgeIsThatOfTheWinnersOptimizer() {
    let others = (1...3).map { SampleRun(optimizer: "sgd", learningRate: 10, seed: $0, loss: 9) }
    #expect(kinds(grid([3, 2, 1]) + others).contains(.learningRateOnEdge))
  }

  /// Every keep probability with the same settings, whatever the depth; and one of them short of a learning rate.
  @Test func tuningIsTheSameForEachKeepProbability() throws {
    let runs = [0.5, 1].flatMap { keep in
      [(0.01, 1), (0.1, 1), (0.1, 2)].flatMap { rate, depth in
        [1, 2].map { seed in
          var run = SampleRun(learningRate: rate, seed: seed, loss: keep + rate + Double(depth))
          run.keepProbability = [1] + [Double](repeating: keep, count: depth)
          run.extra = [.init("hidden", .list([Double](repeating: 8, count: depth)))]
          return run
        }
      }
    }
    #expect(!kinds(runs).contains(.unequalTuning))
    let less = Array(runs.dropLast(2))
    let warning = try #require(less.ranking().warnings().first { $0.kind == .unequalTuning })
    #expect(warning.message.contains("everything else, 2 to 3 each, 2 of them common to all"))
    #expect(!kinds(less, planned: 12).contains(.unequalTuning) && kinds(less, planned: 12).contains(.missingRuns))
  }

  /// Two saddles and Rosenbrock's function: each is a ranking of its own.
  @Test func severalProblems() throws {
    func run(_ problem: String, _ eigenvalues: [Double]?, loss: Double) -> SampleRun {
      var run = SampleRun(loss: loss)
      run.extra = [.init("problem", .text(problem))]
      if let eigenvalues { run.extra.append(.init("eigenvalues", .list(eigenvalues))) }
      return run
    }
    let runs = [run("saddle", [2, -1], loss: 2), run("rosenbrock", nil, loss: 1), run("saddle", [1, -1], loss: 3)]
    let problems = runs.ranking().problems
    #expect(problems.map(\.name) == ["rosenbrock", "saddle (eigenvalues 1/-1)", "saddle (eigenvalues 2/-1)"])
    #expect(problems.map { $0.ranking.values } == [[1], [3], [2]])
    let warning = try #require(runs.ranking().warnings().first)
    #expect(warning.kind == .severalProblems)
    #expect(
      warning.message.hasPrefix(
        "The runs are of 3 problems, whose losses cannot be compared: rosenbrock; saddle (eigenvalues 1/-1); saddle"))
    let one = Array(runs.prefix(1)).ranking()
    #expect(one.problems.map(\.name) == [""] && !one.warnings().contains { $0.kind == .severalProblems })
  }

  /// An optimizer that lost on the edge of its grid may have lost because of that.
  @Test func edgesOfTheOthers() throws {
    func runs(_ optimizer: String, _ losses: [Double]) -> [SampleRun] {
      grid(losses).map { run in
        var run = run
        (run.optimizer, run.loss) = (optimizer, run.loss + 5)
        return run
      }
    }
    let sound = grid([3, 1, 2]) + runs("sgd", [3, 1, 2])
    #expect(!kinds(sound).contains(.otherLearningRateOnEdge))
    let warnings = (sound + runs("lion", [1, 2, 3]) + runs("momentum", [3, 2, 1])).ranking().warnings()
    let found = try #require(warnings.first { $0.kind == .otherLearningRateOnEdge })
    #expect(
      found.message.contains("lion (0.001, the lowest), momentum (0.1, the highest). Beyond them")
        || found.message.contains("momentum (0.1, the highest), lion (0.001, the lowest). Beyond them"))
    #expect(!warnings.contains { $0.kind == .learningRateOnEdge })
  }

  private struct Edge: Sendable, CustomTestStringConvertible {
    var name: String
    var values: [Int]
    /// Position of the best value.
    var best: Int
    /// Part of the warning; empty: there is none.
    var message: String
    var testDescription: String { "\(name) \(values), best \(best)" }

    init(_ name: String, _ values: [Int], _ best: Int, _ message: String) {
      (self.name, self.values, self.best, self.message) = (name, values, best, message)
    }
  }

  private static let edges: [Edge] = [
    Edge(
      "batch_size", [16, 32, 64], 0, "The best batch_size, 16, is the lowest on the grid of adam (16 to 64): try lower"),
    Edge("batch_size", [16, 32, 0], 0, "(16 to full): try lower ones."),
    Edge("batch_size", [16, 32, 0], 2, ""), Edge("batch_size", [1, 2, 4], 0, ""), Edge("batch_size", [16, 32], 0, ""),
    Edge("l2", [0, 1, 2], 0, ""), Edge("l2", [0, 1, 2], 1, ""), Edge("split_seed", [1, 2, 3], 2, ""),
    Edge("momentum", [1, 2, 3], 2, "The best momentum, 3, is the highest on the grid of adam (1 to 3): try higher"),
  ]

  /// Three values or more; nothing lies beyond 0, a batch of 1 or the full batch.
  @Test(arguments: edges)
  private func otherHyperparametersOnTheEdge(edge: Edge) {
    var runs: [SampleRun] = []
    for (index, value) in edge.values.enumerated() {
      let setting = edge.name == "batch_size" ? HyperparameterValue.integer(value) : .number(Double(value))
      for seed in 1...2 {
        let loss: Double = index == edge.best ? 1 : 2 + 0.01 * Double(seed)
        runs.append(SampleRun(seed: seed, loss: loss, extra: [.init(edge.name, setting)]))
      }
    }
    let found = runs.ranking().warnings().filter { $0.kind == .hyperparameterOnEdge }
    #expect(found.count == (edge.message.isEmpty ? 0 : 1))
    #expect(found.allSatisfy { $0.message.contains(edge.message) }, "\(found)")
  }

  /// The winner had more tries than another optimizer; not the other way round.
  @Test func unequalTuningBudgets() {
    func runs(_ adam: Int, _ sgd: Int) -> [SampleRun] {
      let losses: [Double] = [2, 1, 2, 3, 4]
      let others = (1...sgd).map { SampleRun(optimizer: "sgd", learningRate: Double($0), loss: 9) }
      return others + (0..<adam).map { SampleRun(learningRate: Double($0 + 1), loss: losses[$0]) }
    }
    #expect(
      runs(5, 3).ranking().warnings().first { $0.kind == .unequalBudgets }?.message.hasPrefix(
        "Unequal tuning budgets: adam is the best of 5 configurations, sgd of 3.") == true)
    #expect(!kinds(runs(3, 3)).contains(.unequalBudgets) && !kinds(runs(3, 5)).contains(.unequalBudgets))
  }

  @Test func keepProbabilityOnTheLowerEdgeOnly() {
    let low = [0.3, 0.5, 1].flatMap { keep in
      (1...2).map { SampleRun(keepProbability: [1, keep], seed: $0, loss: keep + 0.01 * Double($0)) }
    }
    #expect(kinds(low).contains(.keepProbabilityOnEdge))
    let high = [0.3, 0.5, 1].flatMap { keep in
      (1...2).map { SampleRun(keepProbability: [1, keep], seed: $0, loss: 2 - keep + 0.01 * Double($0)) }
    }
    #expect(!kinds(high).contains(.keepProbabilityOnEdge))
  }

  @Test func keepProbabilityOfOneLayerOnTheEdge() {
    let runs = [[0.8, 0.5], [1, 0.5]].flatMap { keep in
      (1...2).map { SampleRun(keepProbability: keep, seed: $0, loss: keep[0] + 0.01 * Double($0)) }
    }
    #expect(kinds(runs).contains(.keepProbabilityOnEdge))
  }

  @Test func aQuarterDiverged() {
    func runs(_ diverged: Int) -> [SampleRun] {
      (1...8).map { index in
        SampleRun(
          learningRate: Double(index), loss: Double(index),
          outcome: index > 8 - diverged ? .diverged(step: 1) : .completed)
      }
    }
    #expect(!kinds(runs(1)).contains(.muchDiverged))
    #expect(kinds(runs(2)).contains(.muchDiverged))
    #expect(kinds(runs(8)) == [.muchDiverged])
  }

  @Test func oneSeedIsTooFew() {
    #expect(kinds([SampleRun(loss: 1), SampleRun(learningRate: 1, loss: 2)]).contains(.tooFewSeeds))
  }

  /// Three seeds; SciPy's ttest_rel has the p-values 0.68, 0.0027, 0.12, 0.00098 and 0.00048 of ranks 2 to 6 against the
  /// first, Holm makes them 0.68, 0.0082, 0.24, 0.0039 and 0.0024.
  @Test func ranksInsideTheNoise() throws {
    let losses: [[Double]] = [
      [1.0, 1.2, 1.1], [1.1, 1.05, 1.3], [1.1, 1.31, 1.22], [1.1, 1.6, 1.3], [2.0, 2.3, 2.2], [5, 5.1, 5.3],
    ]
    let runs = losses.enumerated().flatMap { index, losses in
      losses.enumerated().map { SampleRun(learningRate: Double(index), seed: $0.offset, loss: $0.element) }
    }
    let ranking = runs.ranking()
    #expect(ranking.ranksInsideNoise(shown: 10).map(\.rank) == [2, 4])
    let warning = try #require(ranking.warnings().first { $0.kind == .insideSeedNoise })
    #expect(
      warning.message.hasPrefix(
        "Ranks 2 and 4 are not told from rank 1 by these seeds (of the first 6, p-values adjusted"),
      "\(warning.message)")
    #expect(ranking.ranksInsideNoise(shown: 1).isEmpty && ranking.ranksInsideNoise(shown: 3).map(\.rank) == [2])
  }

  @Test func stillImprovingAtTheEnd() {
    func runs(_ bestEpochs: [Int]) -> [SampleRun] {
      bestEpochs.enumerated().map {
        SampleRun(seed: $0.offset, loss: 1 + 0.1 * Double($0.offset), bestEpoch: $0.element)
      }
    }
    #expect(kinds(runs([10, 10, 3])).contains(.stillImproving))
    #expect(!kinds(runs([10, 3, 3])).contains(.stillImproving))
  }

  /// The loss of a network that no step made better is not one that overfits, and neither is one that still falls.
  @Test func theUntrainedNetworkIsBest() throws {
    func runs(_ bestEpochs: [Int]) -> [SampleRun] {
      bestEpochs.enumerated().map { seed, best in
        var run = SampleRun(seed: seed, loss: 1 + 0.01 * Double(seed), bestEpoch: best)
        run.finalLoss = 3
        return run
      }
    }
    let warnings = runs([0, 0, 4]).ranking().warnings()
    let warning = try #require(warnings.first { $0.kind == .untrainedIsBest })
    #expect(warning.message.contains("is partly the untrained network: the best epoch of 2 of its 3 runs is 0"))
    let course: Set<Warning.Kind> = [.untrainedIsBest, .stillImproving, .validationLossRising]
    #expect(kinds(runs([0, 0, 4])).intersection(course) == [.untrainedIsBest])
    let all = try #require(runs([0, 0, 0]).ranking().warnings().first { $0.kind == .untrainedIsBest })
    #expect(all.message.contains("is the untrained network: the best epoch of all of its 3 runs is 0"))
    #expect(kinds(runs([10, 10, 4])).intersection(course) == [.stillImproving])
    #expect(kinds(runs([4, 10, 4])).intersection(course) == [.validationLossRising])
  }

  @Test func validationLossRising() {
    func runs(_ final: Double) -> [SampleRun] {
      (1...2).map { SampleRun(seed: $0, loss: 1, finalLoss: final) }
    }
    #expect(kinds(runs(1.2)).contains(.validationLossRising))
    #expect(!kinds(runs(1.05)).contains(.validationLossRising))
  }

  /// Times of runs side by side beside times of runs alone.
  @Test func timesOfDifferentConcurrency() {
    func runs(_ workers: [Int]) -> [SampleRun] {
      workers.enumerated().map { SampleRun(seed: $0.offset, loss: 1, seconds: 2, workers: $0.element) }
    }
    func warnings(_ workers: [Int], _ metric: Criterion.Metric) -> [String] {
      runs(workers).ranking(metric).warnings().filter { $0.kind == .mixedConcurrency }.map(\.message)
    }
    #expect(
      warnings([2, 1, 2], .trainingSeconds) == [
        "The runs' times are not comparable: trained 1 trial at a time (1 run), 2 trials at a time (2 runs)."
      ])
    #expect(warnings([2, 0], .totalSeconds).first?.contains("unknown (1 run)") == true)
    #expect(warnings([2, 2], .trainingSeconds).isEmpty && warnings([0, 0], .trainingSeconds).isEmpty)
    // Losses do not depend on it.
    #expect(warnings([1, 2], .validationLoss).isEmpty)
    #expect(Concurrency(runs([1, 1]).summaries).description == "1 trial at a time")
    #expect(Concurrency(runs([0]).summaries).description == nil)
  }

  @Test func failedAndMissingRuns() throws {
    let runs = [SampleRun(loss: 1), SampleRun(learningRate: 1, outcome: .failed(message: "out of memory"))]
    let warnings = runs.ranking().warnings(plannedRuns: 5)
    #expect(try #require(warnings.first { $0.kind == .failedRuns }).message.hasSuffix(": out of memory"))
    #expect(warnings.contains { $0.kind == .missingRuns && $0.message.hasPrefix("3 of 5 runs") })
    #expect(!kinds(runs, planned: 2).contains(.missingRuns))
  }
}
