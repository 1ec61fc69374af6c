import Experiments

/// How good the winner is where it was not chosen: its validation result before and after a correction for the choice, on
/// new samples, and what the test set says.
public struct WinnersCurse: Hashable, Sendable {
  /// The winner's value on validation, over its seeds.
  public let validation: SampleStatistics
  /// What to add to the validation mean for the choice among `candidates`; see ``SelectionBias``. 0 where seeds have no
  /// effect: no configuration was lucky. Nil without two seeds, and where all seeds of the winner, but not of the others,
  /// give the same: how far it is lucky cannot be told.
  public let selectionBias: Double?
  public let seedsHaveNoEffect: Bool
  /// Configurations that kept all of their seeds.
  public let candidates: Int
  /// The validation mean so corrected, over seeds at this split of the data; nil without ``selectionBias``.
  public let corrected: MeanEstimate?
  /// What the winner's value is expected to be on new samples, from its validation result.
  public let newSamples: NewSamples?
  /// The same from its test result, which no choice was made by; nil where the test set was not looked at for this winner.
  public let testNewSamples: NewSamples?
  /// Test minus corrected validation of the same metric, over seeds and over the samples of both sets; over seeds alone
  /// where the variance over samples is not known. Nil where the test set was not looked at for this winner, and where
  /// neither is known.
  public let test: MeanComparison?

  /// A value on samples that no one has seen, from a finite number of samples and seeds.
  public struct NewSamples: Hashable, Sendable {
    public let estimate: MeanEstimate
    public let seeds: Int
    public let samples: Int
  }
}

extension Ranking {
  /// Nil where no run can be ranked.
  public func winnersCurse(_ evaluation: TestEvaluation?) -> WinnersCurse? {
    guard let winner else { return nil }
    let complete = configurations.filter(\.isComplete)
    let bias = winner.isComplete ? luck(of: winner, among: complete) : nil
    let mean = winner.statistics.mean + (bias ?? 0)
    let overSeeds = MeanEstimate.Part(seeds: winner.statistics)
    let rows = rankedRows(of: winner)
    let variance = SampleVariance(rows.map { SampleVariance(table.runs[$0], criterion) })
    let tested = testValues(winner, evaluation)
    return WinnersCurse(
      validation: winner.statistics, selectionBias: bias, seedsHaveNoEffect: seedsHaveNoEffect,
      candidates: complete.count,
      corrected: bias == nil ? nil : overSeeds.flatMap { MeanEstimate(mean: mean, [$0], scale: intervalScale) },
      newSamples: variance.flatMap { newSamples(mean, winner.statistics, $0) },
      testNewSamples: tested.flatMap { test in
        test.variance.flatMap { newSamples(test.statistics.mean, test.statistics, $0) }
      },
      test: tested.flatMap { test in
        .newSamples(
          test.differences, shiftedBy: -(bias ?? 0), size: test.statistics.mean.magnitude,
          [test.variance, variance].compactMap(\.self))
      })
  }

  /// The winner's selection bias; nil where it cannot be told.
  private func luck(of winner: Configuration, among complete: [Configuration]) -> Double? {
    if winner.statistics.standardDeviation == 0 { return seedsHaveNoEffect || complete.count == 1 ? 0 : nil }
    return selectionBias(amongComplete: complete)
  }

  /// Var = s²/S over seeds plus s²/n over the samples that all seeds share.
  private func newSamples(
    _ mean: Double, _ seeds: SampleStatistics, _ variance: SampleVariance
  ) -> WinnersCurse.NewSamples? {
    let parts = [MeanEstimate.Part(seeds: seeds), variance.part].compactMap(\.self)
    guard let estimate = MeanEstimate(mean: variance.center(mean, criterion), parts, scale: intervalScale) else {
      return nil
    }
    return .init(estimate: estimate, seeds: seeds.count, samples: variance.samples)
  }

  private struct TestValues {
    var statistics: SampleStatistics
    /// Test minus validation, seed by seed.
    var differences: [Double]
    var variance: SampleVariance?
  }

  private func testValues(_ winner: Configuration, _ evaluation: TestEvaluation?) -> TestValues? {
    guard case .winner = testResult(evaluation), let evaluation else { return nil }
    let results = Dictionary(evaluation.runs.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
    var tests: [Double] = []
    var differences: [Double] = []
    var variances: [SampleVariance?] = []
    for row in rows(of: winner) where !values[row].isNaN {
      guard let run = results[table.runs[row].identity.description],
        let test = criterion.metric == .validationAccuracy ? run.accuracy : run.loss
      else { continue }
      tests.append(test)
      differences.append(test - values[row])
      variances.append(SampleVariance(run, criterion))
    }
    guard !tests.isEmpty else { return nil }
    return TestValues(
      statistics: SampleStatistics(tests), differences: differences, variance: SampleVariance(variances))
  }
}

/// What the finite number of samples adds to the variance of a value that is a mean over them.
private struct SampleVariance {
  let part: MeanEstimate.Part
  let samples: Int

  private init?(variance: Double?, samples: Int?) {
    guard let variance, let samples, variance.isFinite, variance >= 0, samples >= 2 else { return nil }
    part = MeanEstimate.Part(variance: variance / Double(samples), degreesOfFreedom: Double(samples - 1))
    self.samples = samples
  }

  /// Of the validation samples; nil where it is not known, and for other metrics.
  init?(_ run: RunSummary, _ criterion: Criterion) {
    let metrics = criterion.epoch == .final ? run.final : run.best
    switch criterion.metric {
    case .validationLoss: self.init(variance: metrics.validationLossVariance, samples: run.validationSamples)
    case .validationAccuracy: self.init(accuracy: metrics.validationAccuracy, samples: run.validationSamples)
    default: return nil
    }
  }

  /// Of the test samples.
  init?(_ run: TestEvaluation.Run, _ criterion: Criterion) {
    switch criterion.metric {
    case .validationLoss: self.init(variance: run.lossVariance, samples: run.samples)
    case .validationAccuracy: self.init(accuracy: run.accuracy, samples: run.samples)
    default: return nil
    }
  }

  /// Of a share of samples, p(1 − p), with half a success and half a failure more, so that no errors among n samples are
  /// not taken for none among all. Source: F. J. Anscombe, "On estimating binomial response relations", Biometrika 43 (1956).
  private init?(accuracy: Double?, samples: Int?) {
    guard let accuracy, let samples, samples >= 2 else { return nil }
    let share = Self.center(accuracy, samples: samples)
    self.init(variance: share * (1 - share), samples: samples)
  }

  /// The mean over runs of the same samples; nil where one is not known.
  init?(_ runs: [SampleVariance?]) {
    let known = runs.compactMap(\.self)
    guard let samples = known.map(\.samples).min(), known.count == runs.count else { return nil }
    let mean = known.reduce(0) { $0 + $1.part.variance } / Double(known.count)
    self.init(variance: mean * Double(samples), samples: samples)
  }

  /// Where the interval of a value lies: a share is drawn to ½ by half a success and half a failure.
  func center(_ mean: Double, _ criterion: Criterion) -> Double {
    criterion.metric == .validationAccuracy ? Self.center(mean, samples: samples) : mean
  }

  private static func center(_ share: Double, samples: Int) -> Double {
    (min(1, max(0, share)) * Double(samples) + 0.5) / Double(samples + 1)
  }
}

extension MeanComparison {
  /// The mean of differences seed by seed, plus `shift`, as a difference on new samples: its variance is that over seeds
  /// and those over samples together. Nil where neither is known.
  fileprivate static func newSamples(
    _ differences: [Double], shiftedBy shift: Double, size: Double, _ variances: [SampleVariance]
  ) -> Self? {
    let statistics = SampleStatistics(differences)
    let seeds = MeanEstimate.Part(seeds: statistics)
    // One set's samples alone say nothing of a difference.
    let samples = variances.count == 2 ? variances.map(\.part) : []
    guard let estimate = MeanEstimate(mean: statistics.mean + shift, [seeds].compactMap(\.self) + samples) else {
      return nil
    }
    return Self(
      method: samples.isEmpty ? .paired : .pairedNewSamples, counts: [differences.count, differences.count],
      difference: estimate.mean, standardError: estimate.standardError, degreesOfFreedom: estimate.degreesOfFreedom)
  }
}
