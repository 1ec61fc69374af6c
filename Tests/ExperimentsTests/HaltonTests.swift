import Learning
import Settings
import Testing

@testable import Experiments

@Suite struct HaltonTests {
  /// `scipy.stats.qmc.Halton(d=5, scramble=False).random(40)` of SciPy 1.17.1, some of its rows.
  private static let scipy: [Int: [Double]] = [
    0: [0, 0, 0, 0, 0],
    1: [0.5, 0.3333333333333333, 0.2, 0.14285714285714285, 0.09090909090909091],
    2: [0.25, 0.6666666666666666, 0.4, 0.2857142857142857, 0.18181818181818182],
    5: [0.625, 0.7777777777777777, 0.04, 0.7142857142857142, 0.4545454545454546],
    11: [0.8125, 0.7037037037037037, 0.28, 0.5918367346938775, 0.008264462809917356],
    39: [0.890625, 0.16049382716049382, 0.888, 0.673469387755102, 0.5702479338842975],
  ]

  @Test func theUnscrambledSequenceIsSciPys() {
    let sequence = HaltonSequence(dimensions: 5, seed: nil)
    for (index, expected) in Self.scipy {
      #expect(zip(sequence[index], expected).allSatisfy { abs($0 - $1) < 1e-15 }, "point \(index)")
    }
  }

  /// Scrambling keeps what makes the sequence even: of the first bᵏ points one lies in each interval of width b⁻ᵏ.
  @Test(arguments: [0, 1, 7] as [UInt64])
  func scramblingKeepsTheStrata(seed: UInt64) {
    let sequence = HaltonSequence(dimensions: 3, seed: seed)
    for (dimension, base) in [2, 3, 5].enumerated() {
      let count = base * base * base
      let strata = (0..<count).map { Int(sequence[$0][dimension] * Double(count) + 1e-9) }
      #expect(Set(strata) == Set(0..<count))
    }
    #expect(sequence[3] != HaltonSequence(dimensions: 3, seed: nil)[3])
    #expect(sequence[3] == HaltonSequence(dimensions: 3, seed: seed)[3])
  }

  private static func experiment(_ search: String) -> String {
    """
    name: search
    data: {source: digits}
    network: {hidden: [8]}
    loss: softmax_cross_entropy
    training: {epochs: 1}
    search: \(search)
    grid:
      optimizer: [{name: adam, learning_rate: {log: {from: 1e-4, to: 1e-1, count: 1000}}}, {name: momentum, learning_rate: {log: {from: 1e-3, to: 1, count: 1000}}}]
      batch_size: [16, 32, 64, full]
      dropout: {keep_probability: {linear: {from: 0.1, to: 1, count: 1000}}}
      seed: {from: 0, count: 3}

    """
  }

  @Test func aSearchTakesItsPartOfTheGrid() throws {
    let experiment = try ExperimentFile.parse(
      text: Self.experiment("{halton: 64}"), file: "search.yaml", parts: .standard)
    #expect(experiment.trials.count == 192)
    let trials = stride(from: 0, to: 192, by: 3).map { experiment.trials[$0] }
    #expect(Set(trials).count == 64)
    #expect(experiment.trials.prefix(3).map(\.seed) == [0, 1, 2])
    // Even: half of the points an optimizer, a quarter a batch size or nearly, every eighth of the keep probabilities.
    #expect(trials.count { $0.optimizer.kind == .adam } == 32)
    for size in [16, 32, 64, 0] {
      #expect((12...20).contains(trials.count { $0.batchSize.storedValue == size }))
    }
    #expect(Set(trials.map { Int($0.dropout.hidden[0] * 8 - 1e-9) }).count >= 7)
    let again = try ExperimentFile.parse(text: Self.experiment("{halton: 64}"), file: "search.yaml", parts: .standard)
    #expect(again.trials == experiment.trials)
    let more = try ExperimentFile.parse(text: Self.experiment("{halton: 65}"), file: "search.yaml", parts: .standard)
    #expect(TrialList(more.trials.prefix(192)) == experiment.trials)
    let other = try ExperimentFile.parse(
      text: Self.experiment("{halton: 64, seed: 1}"), file: "search.yaml", parts: .standard)
    #expect(other.trials != experiment.trials)
  }

  @Test(
    arguments: [
      ("{halton: 0}", "search.halton"), ("{sobol: 64}", "sobol"), ("64", "search"),
      ("{halton: 64, seed: -1}", "search.seed"),
    ])
  func refusals(search: String, key: String) {
    let error = #expect(throws: ExperimentFileError.self) {
      try ExperimentFile.parse(text: Self.experiment(search), file: "search.yaml", parts: .standard)
    }
    #expect(error?.description.contains(key) == true, "\(String(describing: error))")
  }

  @Test func moreThanTheGridHas() {
    let text = Self.experiment("{halton: 64}").replacing("count: 1000", with: "count: 2")
    // 2 × 2 × 4 × 2 configurations.
    let error = #expect(throws: ExperimentFileError.self) {
      try ExperimentFile.parse(text: text, file: "search.yaml", parts: .standard)
    }
    #expect(error?.description.contains("64 configurations of a grid that has 32") == true)
  }
}
