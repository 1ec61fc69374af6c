import Experiments
import Learning
import Settings
import Testing

/// The `curvature:` section, and what it does to a trial.
@Suite struct CurvatureReaderTests {
  static let keys =
    "at, every, data, samples, seed, dropout, matrix, largest, smallest, tolerance, iterations, full_spectrum,"
    + " density, trace, layers, taylor_models, estimates, principal_eigenvector, diagonal"

  private func experiment(_ line: String = "", _ overrides: [String] = []) throws -> Experiment {
    let text = """
      name: e
      data: digits
      network: {hidden: [4]}
      loss: softmax_cross_entropy
      training: {epochs: 2}
      grid: {optimizer: [{name: adam, learning_rate: 0.1}], batch_size: 8}
      \(line)
      """
    return try ExperimentFile.parse(text: text, file: "e.yaml", overrides: overrides, parts: .standard)
  }

  private func read(_ line: String, _ overrides: [String] = []) throws -> CurvatureSpecification? {
    try experiment(line, overrides).trials[0].curvature
  }

  @Test func everyKeyIsRead() throws {
    let read = try read(
      """
      curvature:
        at: [start, final]
        every: 3
        data: validation
        samples: 120
        seed: 9
        dropout: frozen
        matrix: gauss_newton
        largest: 2
        smallest: 0
        tolerance: 1e-6
        iterations: 90
        full_spectrum: true
        density: {probes: 3, steps: 20, points: 11}
        trace: 16
        layers: false
        taylor_models: false
        estimates: [online, power]
        principal_eigenvector: true
        diagonal: true
      """)
    var expected = CurvatureSpecification()
    expected.moments = [.start, .final]
    expected.every = 3
    expected.part = .validation
    expected.samples = 120
    expected.seed = 9
    expected.dropout = .frozen
    expected.matrix = .gaussNewton
    expected.largest = 2
    expected.smallest = 0
    expected.tolerance = 1e-6
    expected.iterations = 90
    expected.fullSpectrum = true
    expected.density = .init()
    expected.density?.probes = 3
    expected.density?.steps = 20
    expected.density?.points = 11
    expected.traceProbes = 16
    expected.layers = false
    expected.taylorModels = false
    expected.estimates = [.power, .online]
    expected.keepsPrincipalVector = true
    expected.keepsDiagonal = true
    #expect(read == expected)
    #expect(
      expected.canonicalText
        == "at=start,final every=3 data=validation samples=120 seed=9 dropout=frozen matrix=gauss_newton largest=2"
        + " smallest=0 tolerance=1e-06 iterations=90 full_spectrum=true density=3x20x11 trace=16 layers=false"
        + " taylor_models=false estimates=power,online principal_eigenvector=true diagonal=true")
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    #expect(try read("curvature: {}") == CurvatureSpecification())
    #expect(try read("") == nil && read("curvature: none") == nil)
    #expect(try read("curvature: {every: 2}")?.moments == [])
    #expect(try read("curvature: {at: start, density: true, trace: true}")?.density == .init())
    #expect(try read("curvature: {density: false, trace: none, samples: all}") == CurvatureSpecification())
    #expect(try read("curvature: {}", ["curvature.largest=7"])?.largest == 7)
  }

  /// Results from before there were probes still match; every setting is part of what a run is.
  @Test func theIdentityChangesWithTheSettingsAndNotWithoutThem() throws {
    #expect(IdentityTests.first.identity.description == "075aa294b5c80e51f09543ad3e8fd6b9")
    #expect(!IdentityTests.first.canonicalText.contains("curvature"))
    let lines = [
      "{}", "{at: start}", "{every: 2}", "{data: validation}", "{samples: 9}", "{seed: 1}", "{dropout: frozen}",
      "{matrix: gauss_newton}", "{largest: 2}", "{smallest: 2}", "{tolerance: 0.1}", "{iterations: 7}",
      "{full_spectrum: true}", "{density: true}", "{trace: true}", "{layers: false}", "{taylor_models: false}",
      "{estimates: power}", "{principal_eigenvector: true}", "{diagonal: true}", "none",
    ]
    var hasher = CanonicalHasher()
    var identities: Set<TrialIdentity> = []
    for line in lines {
      let trial = try experiment("curvature: \(line)").trials[0]
      #expect(hasher.identity(of: trial) == trial.identity)
      #expect(hasher.hyperparameters(of: trial) == trial.hyperparameters)
      identities.insert(trial.identity)
    }
    #expect(identities.count == lines.count)
    #expect(try identities.contains(experiment().trials[0].identity))
  }

  @Test(arguments: [
    ("curvature: yes", "e.yaml:7: curvature: \"yes\" is not a mapping; accepted: none, or a mapping of \(keys)"),
    ("curvature: {lambda: 3}", "e.yaml:7: curvature.lambda: unknown key; accepted: \(keys)"),
    (
      "curvature:\n  larges: 3",
      "e.yaml:8: curvature.larges: unknown key; did you mean largest? accepted: \(keys)"
    ),
    (
      "curvature: {at: [start, bets]}",
      "e.yaml:7: curvature.at[1]: \"bets\" is not a moment of a run; did you mean best? accepted: a list of start,"
        + " best, final"
    ),
    ("curvature: {at: [best, best]}", "e.yaml:7: curvature.at[1]: best is given twice; accepted: each moment once"),
    ("curvature: {at: []}", "e.yaml:7: curvature.at: nothing is measured; accepted: a list of start, best, final"),
    (
      "curvature: {data: test}",
      "e.yaml:7: curvature.data: the test set is looked at once, for the winner only; accepted: training, validation"
    ),
    (
      "curvature: {matrix: hesian}",
      "e.yaml:7: curvature.matrix: \"hesian\" is not a matrix; did you mean hessian? accepted: hessian, gauss_newton,"
        + " finite_differences"
    ),
    (
      "curvature: {largest: 0}",
      "e.yaml:7: curvature.largest: 0 is out of range; accepted: a whole number from 1 to 1000"
    ),
    (
      "curvature: {every: 0}",
      "e.yaml:7: curvature.every: 0 is out of range; accepted: none, or a whole number from 1 to 1000000"
    ),
    (
      "curvature: {tolerance: 1}", "e.yaml:7: curvature.tolerance: 1 is out of range; accepted: a number in (0, 1)"
    ),
    (
      "curvature: {density: 4}",
      "e.yaml:7: curvature.density: 4 is not settings; accepted: true, false, or a mapping of probes, steps, points"
    ),
    (
      "curvature: {trace: 1}",
      "e.yaml:7: curvature.trace: 1 is out of range; accepted: true, false, or a whole number of random vectors from"
        + " 2 to 100000"
    ),
    ("curvature: {layers: 1}", "e.yaml:7: curvature.layers: 1 is not a truth value; accepted: true or false"),
    (
      "curvature: {estimates: [newton]}",
      "e.yaml:7: curvature.estimates[0]: \"newton\" is not an estimate; accepted: power, taylor, online"
    ),
  ])
  func refused(line: String, message: String) throws {
    let error = #expect(throws: ExperimentFileError.self) { try experiment(line) }
    #expect(error?.description == message)
  }

  /// What only the data can tell is still said with its line.
  @Test(arguments: [
    (
      "curvature: {samples: 301}", [],
      "e.yaml:7: curvature.samples: 301 is larger than the training set of 300 samples; accepted: a whole number from"
        + " 1 to 300, or no such key for all of them"
    ),
    (
      "curvature: {data: validation, samples: 61}", [],
      "e.yaml:7: curvature.samples: 61 is larger than the validation set of 60 samples; accepted: a whole number from"
        + " 1 to 60, or no such key for all of them"
    ),
    (
      "curvature: {}", ["curvature.full_spectrum=true", "hidden=[100]"],
      "--set curvature.full_spectrum: curvature.full_spectrum: a network has 7510 parameters; accepted: true for"
        + " networks of at most 5000 parameters, or false"
    ),
  ])
  func refusedOnceTheDataAreKnown(line: String, overrides: [String], message: String) throws {
    let experiment = try experiment(line, overrides)
    let error = #expect(throws: ExperimentFileError.self) {
      try experiment.validateCurvature(trainingSamples: 300, validationSamples: 60, inputs: 64, outputs: 10)
    }
    #expect(error?.description == message)
  }
}
