import Curvature
import Datasets
import Experiments
import Kernels
import Learning
import Settings
import TestSupport
import Testing

@testable import Harness

/// Probes in a trial's run.
@Suite struct CurvatureProbeRunTests {
  private static func trial(
    _ curvature: CurvatureSpecification?, rate: Double = 0.05, keep: Double = 0.8, precision: Precision = .float,
    optimizer: OptimizerKind = .momentum, epochs: Int = 6
  ) -> Trial {
    Trial(
      data: .init(source: .spirals(samples: 200, classes: 3, turns: 1, noise: 0.1, seed: 3)),
      network: .init(hidden: [7, 5], activation: .tanh), loss: .softmaxCrossEntropy, l2: 1e-3,
      optimizer: .init(optimizer, learningRate: rate), batchSize: .samples(16),
      dropout: .init(form: .inverted, input: 1, hidden: [keep]), training: .init(epochs: epochs), precision: precision,
      seed: 4, curvature: curvature)
  }

  private static func everything() -> CurvatureSpecification {
    var result = CurvatureSpecification()
    result.moments = [.start, .best, .final]
    result.every = 2
    result.samples = 50
    result.density = .init()
    result.density?.steps = 20
    result.density?.probes = 2
    result.traceProbes = 4
    result.estimates = [.power]
    result.keepsPrincipalVector = true
    result.keepsDiagonal = true
    return result
  }

  private func run(_ trial: Trial, keeping: KeptWeights = .all) throws -> TrialRecord {
    let library = try SampleLibrary(for: [trial])
    return try #require(library.run(TrialRun(trial, selection: .standard, keeping: keeping), shouldStop: { false }))
  }

  /// Everything of a run that training decides, as bits.
  private func bits(_ record: TrialRecord) -> [UInt64] {
    let weights = [record.weights.initial, record.weights.best, record.weights.final].flatMap(\.doubles)
    let losses = [
      record.trace.batchLoss, record.trace.trainLoss, record.trace.validationLoss, record.trace.gradientNorm,
    ].flatMap { $0 }
    return weights.map(\.bitPattern) + losses.map(\.bitPattern)
      + [record.bestEpoch, record.cost.steps].map { UInt64($0 ?? 99) }
  }

  @Test(arguments: Precision.allCases, [CurvatureSpecification.Dropout.off, .frozen])
  func trainingIsTheSameWithAndWithoutProbes(precision: Precision, dropout: CurvatureSpecification.Dropout) throws {
    var specification = Self.everything()
    specification.dropout = dropout
    let without = try run(Self.trial(nil, precision: precision))
    let with = try run(Self.trial(specification, precision: precision))
    let isSame = bits(without) == bits(with)
    #expect(isSame)
    #expect(without.curvature.isEmpty && with.curvature.count >= 4)
    #expect(without.cost.products == 0 && with.cost.products == with.curvature.reduce(0) { $0 + $1.products })
  }

  @Test func probesAreAFunctionOfTheTrial() throws {
    func measured() throws -> [CurvatureMeasurement] {
      try run(Self.trial(Self.everything())).curvature.map {
        var measurement = $0
        measurement.seconds = 0
        return measurement
      }
    }
    let (first, second) = (try measured(), try measured())
    // NaN is not equal to itself, its text is.
    let isSame = "\(first)" == "\(second)"
    #expect(isSame)
  }

  @Test func momentsAreThoseOfTheSchedule() throws {
    let record = try run(Self.trial(Self.everything()))
    let best = try #require(record.bestEpoch)
    #expect(record.curvature.map(\.epoch) == Array(Set([0, 2, 4, 6, best])).sorted())
    for measurement in record.curvature {
      #expect(measurement.moments.contains(.start) == (measurement.epoch == 0))
      #expect(measurement.moments.contains(.epoch) == [2, 4, 6].contains(measurement.epoch))
      #expect(measurement.moments.contains(.best) == (measurement.epoch == best))
      #expect(measurement.moments.contains(.final) == (measurement.epoch == 6))
      #expect(measurement.samples == 50 && measurement.status == .measured)
      #expect(measurement.learningRateOverBound == 0.05 * measurement.lambdaMax / 2)
    }
    var only = CurvatureSpecification()
    only.moments = [.best]
    #expect(try run(Self.trial(only), keeping: .none).curvature.map(\.epoch) == [best])
  }

  /// Noise on the inputs is training's: probes at the same weights see nothing of it, frozen masks or not.
  @Test(arguments: [CurvatureSpecification.Dropout.off, .frozen])
  func probesSeeNoNoise(dropout: CurvatureSpecification.Dropout) throws {
    var specification = CurvatureSpecification()
    specification.moments = [.start]
    specification.dropout = dropout
    var trial = Self.trial(specification, epochs: 1)
    let quiet = try run(trial)
    trial.inputNoise = 0.5
    let noisy = try run(trial)
    #expect(noisy.curvature.map(\.lambdaMax) == quiet.curvature.map(\.lambdaMax))
    #expect(noisy.trace.batchLoss.last != quiet.trace.batchLoss.last)
    #expect(noisy.hyperparameters.contains(.init("input_noise", .number(0.5))))
    #expect(noisy.identity != quiet.identity)
  }

  /// Against the dense matrix of the weights that were kept: the same loss, dropout off.
  @Test(arguments: [CurvatureSpecification.Part.training, .validation], CurvatureSpecification.Matrix.allCases)
  func valuesAreThoseOfTheKeptWeights(
    part: CurvatureSpecification.Part, matrix: CurvatureSpecification.Matrix
  ) throws {
    var specification = CurvatureSpecification()
    specification.part = part
    specification.matrix = matrix
    specification.moments = [.final]
    specification.tolerance = 1e-8
    let trial = Self.trial(specification, precision: .double)
    let library: SplitSamples<Double> = try RawDataset.samples(of: trial)
    let record = try run(trial)
    let found = try #require(record.curvature.first)
    let surface = LossSurface<Double>(
      network: TrialRun(trial, selection: .standard, keeping: .all).network(inputs: 2, outputs: 3),
      loss: .softmaxCrossEntropy, dropout: .none(layers: 3), l2: 1e-3,
      parameters: AlignedBuffer(record.weights.final.doubles),
      samples: part == .training ? library.train : library.validation)
    let truth =
      matrix == .gaussNewton
      ? try SymmetricMatrix(GaussNewtonOperator(surface)).spectrum().values
      : try SymmetricMatrix(HessianOperator(surface)).spectrum().values
    let error = matrix == .finiteDifferences ? 1e-6 : 1e-9
    #expect(abs(found.lambdaMax - truth.last!) < error * truth.last!)
    #expect(abs(found.lambdaMin - truth[0]) < error * truth.last!)
    #expect(found.loss == surface.value())
    #expect(found.spectrum.count == 10 && found.smallestCount == 5 && found.spectrum == found.spectrum.sorted())
    #expect(found.spectrumConverged.allSatisfy { $0 == 1 } && found.lambdaMaxConverged == true)
    #expect(found.layerLambdaMax.count == 3 && found.taylorSteps.count == 12 && found.taylorFirstErrors.count == 36)
    if matrix == .hessian { #expect(found.definiteness == (truth[0] < -1e-9 ? .saddle : .positiveDefinite)) }
    if truth[0] < -1e-9 { #expect(found.negativesKind == .lowerBound && found.negatives >= 1) }
  }

  @Test func theFullSpectrumHasItsResiduals() throws {
    var specification = CurvatureSpecification()
    specification.fullSpectrum = true
    specification.moments = [.final]
    let found = try #require(try run(Self.trial(specification, precision: .double)).curvature.first)
    #expect(found.hasFullSpectrum && found.parameters == 79 && found.smallestCount == 79)
    #expect(found.spectrumResiduals.allSatisfy { $0 < 1e-12 } && found.spectrumConverged.allSatisfy { $0 == 1 })
    #expect(abs(found.trace - found.spectrum.reduce(0, +)) < 1e-10 && found.traceError == 0)
    #expect(found.negativesKind == .exact && found.asymmetry < 1e-12)
    #expect(found.negatives == Double(found.spectrum.count { $0 < -found.zeroTolerance }))
  }

  @Test func theLargestAloneIsCheaper() throws {
    var specification = CurvatureSpecification()
    specification.moments = [.final]
    (specification.layers, specification.taylorModels) = (false, false)
    let both = try #require(try run(Self.trial(specification)).curvature.first)
    (specification.largest, specification.smallest) = (1, 0)
    let one = try #require(try run(Self.trial(specification)).curvature.first)
    #expect(abs(one.lambdaMax / both.lambdaMax - 1) < 1e-4 && one.products < both.products)
    #expect(one.lambdaMin.isNaN && one.definiteness == nil && one.spectrum == [one.lambdaMax])
  }

  /// What is left of the weights is measured, or the status says why it is not.
  @Test(arguments: Precision.allCases, [1e9, 1e38])
  func aDivergedRunsFinalProbeIsTried(precision: Precision, rate: Double) throws {
    var trial = Self.trial(Self.everything(), rate: rate, precision: precision, optimizer: .gradientDescent)
    trial.training.divergenceBound = rate == 1e9 ? 10 : 1e300
    trial.l2 = rate == 1e9 ? 0 : 1e-3
    let record = try run(trial)
    guard case .diverged = record.outcome else {
      Issue.record("\(record.outcome)")
      return
    }
    let final = try #require(record.curvature.last)
    let weights = record.weights.final.doubles
    #expect(final.moments == .final && final.parameters == 79 && final.samples == 50)
    #expect((final.status == .weightsNotFinite) == weights.contains { !$0.isFinite })
    if final.status == .measured {
      #expect(final.lambdaMax.isFinite && final.products > 0)
    } else {
      #expect(final.lambdaMax.isNaN && final.products == 0 && final.seconds.isNaN && final.spectrum.isEmpty)
    }
    #expect(record.curvature.first?.moments.contains(.start) == true && record.curvature[0].lambdaMax.isFinite)
  }

  /// Weights so large that nothing finite is left of the loss.
  @Test func weightsOutOfRangeAreNoCrash() throws {
    let trial = Self.trial(Self.everything())
    let samples: SplitSamples<Float> = try RawDataset.samples(of: trial)
    let run = TrialRun(trial, selection: .standard, keeping: .none)
    let engine: Backpropagation<Float> = run.engine(for: samples)
    for value in [Float.infinity, .nan, 1e38, 1e20] {
      let meter = CurvatureMeter(Self.everything(), engine, samples)
      let found = meter.measure(
        at: AlignedBuffer(repeatElement(value, count: 79).map { $0 }), epoch: 1, moments: .final, learningRate: 1)
      #expect(found.status == (value.isFinite ? found.status : .weightsNotFinite))
      #expect((found.status == .measured) == found.lambdaMax.isFinite)
    }
  }
}

/// LeCun's linear unit ("Efficient BackProp", section 5): two Gaussian classes, one output, squared error.
@Suite struct LinearUnitTests {
  /// λ_max does not depend on the weights, so each run knows at its start whether it will converge.
  @Test func theBoundTellsConvergenceFromDivergence() throws {
    var specification = CurvatureSpecification()
    specification.moments = [.start]
    (specification.largest, specification.smallest) = (1, 0)
    func record(_ rate: Double, bias: Bool) throws -> TrialRecord {
      let trial = Trial(
        data: .init(
          source: .twoGaussians(samples: 100, mean: [0.4, 0.8], deviation: 0.2, seed: 0), standardization: .none),
        network: .init(hidden: [], initialization: .init(.lecun), bias: bias), loss: .squaredError,
        optimizer: .init(.gradientDescent, learningRate: rate), batchSize: .full,
        training: .init(epochs: 2_000, divergenceBound: 1e3, evaluatesTraining: false), precision: .double, seed: 1,
        curvature: specification)
      let library = try SampleLibrary(for: [trial])
      return try #require(library.run(TrialRun(trial, selection: .standard, keeping: .none), shouldStop: { false }))
    }
    for bias in [false, true] {
      let lambdaMax = try #require(try record(0.1, bias: bias).curvature.first).lambdaMax
      // 0.84 for the distribution; three standard deviations of the second moment of sixty samples.
      #expect(bias ? lambdaMax > 0.9 : abs(lambdaMax - 0.84) < 0.15)
      let (under, over) = (try record(0.99 * 2 / lambdaMax, bias: bias), try record(1.01 * 2 / lambdaMax, bias: bias))
      #expect(abs(under.curvature[0].learningRateOverBound - 0.99) < 1e-9 && under.outcome == .completed)
      #expect(abs(over.curvature[0].learningRateOverBound - 1.01) < 1e-9 && !over.outcome.isRankable)
    }
  }
}

extension RawDataset {
  /// What a trial trains on.
  fileprivate static func samples<S: Scalar>(of trial: Trial) throws -> SplitSamples<S> {
    try DataLoader.load(trial.data.source).prepare(trial.data, as: S.self)
  }
}
