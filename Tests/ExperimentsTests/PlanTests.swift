import Experiments
import TestSupport
import Testing

@Suite struct PlanTests {
  /// 64-8-4-10 with 100 training and 50 validation samples, 2 epochs of 4 steps.
  private func plan(
    _ changes: (key: String, line: String)..., kept: KeptWeights = .best,
    memory: FixedMemory = FixedMemory()
  ) throws -> Plan {
    var text = SampleFile.text
    for (key, line) in changes {
      let lines = text.split(separator: "\n").map { $0.hasPrefix("\(key):") ? line : String($0) }
      text = lines.joined(separator: "\n") + "\n"
    }
    return Plan(
      experiment: try parse(text), inputs: 64, outputs: 10, trainSamples: 100, validationSamples: 50, weightsKept: kept,
      memory: memory)
  }

  @Test func sizes() {
    let size = NetworkSize(NetworkSpecification(hidden: [8, 4]), inputs: 64, outputs: 10)
    #expect(size.weights == 64 * 8 + 8 * 4 + 4 * 10)
    #expect(size.parameters == 64 * 8 + 8 + 8 * 4 + 4 + 4 * 10 + 10)
    let linear = NetworkSize(NetworkSpecification(hidden: [], bias: false), inputs: 3, outputs: 2)
    #expect(linear.parameters == 6)
    // one layer: its output and the gradient of its weights, no gradient of its input
    #expect(linear.forwardOperations == 12)
    #expect(linear.gradientOperations == 24)
  }

  @Test func operationsOfOneTrial() throws {
    let plan = try plan()
    let trial = plan.experiment.trials[0]
    let layers: [Double] = [64 * 8, 8 * 4, 4 * 10]
    let forward = 2 * layers.reduce(0, +)
    let backward = forward + 2 * (layers[1] + layers[2])
    let costs = plan.costs(of: trial)
    #expect(costs.steps == 2 * 4)
    #expect(costs.training == 2 * 100 * (forward + backward))
    #expect(costs.evaluation == 3 * (50 + 100) * forward)
    #expect(costs.updates == 8 * 606 * 12)
    #expect(plan.cost(of: trial) == costs.training + costs.evaluation + costs.updates)
    #expect(plan.operations == plan.cost(of: trial))
  }

  /// At the start and after both epochs: 606 products of two gradients each, then the eigenvalues.
  @Test func probesCount() throws {
    let plan = try plan()
    var trial = plan.experiment.trials[0]
    #expect(plan.costs(of: trial).probes == 0 && plan.probeCount(of: trial) == 0 && plan.probeWork(of: trial) == nil)
    var curvature = CurvatureSpecification()
    (curvature.moments, curvature.every, curvature.fullSpectrum) = ([.start], 1, true)
    (curvature.layers, curvature.taylorModels) = (false, false)
    trial.curvature = curvature
    let gradient = NetworkSize(trial.network, inputs: 64, outputs: 10).gradientOperations
    let solver = 11.0 * 606 * 606 * 606
    #expect(plan.probeCount(of: trial) == 3)
    // The gradient and the loss come once as well.
    #expect(abs(plan.costs(of: trial).probes - 3 * ((2 * 606 + 1.4) * 100 * gradient + solver)) < 1)
    #expect(plan.costs(of: trial).total > 10 * plan.cost(of: plan.experiment.trials[0]))
    (curvature.fullSpectrum, curvature.part, curvature.every) = (false, .validation, nil)
    trial.curvature = curvature
    let work = try #require(plan.probeWork(of: trial))
    #expect(work.samples == 50 && work.products == 130 && work.layerProducts == 0 && !work.formsMatrix)
    // Twice against three quarters of 120 vectors, which a basis holds.
    #expect(work.orthogonalizations == 130 * 2 * 90)
  }

  @Test func everyPartOfAProbeCounts() throws {
    let plan = try plan()
    var trial = plan.experiment.trials[0]
    func work(_ change: (inout CurvatureSpecification) -> Void) throws -> ProbeWork {
      var curvature = CurvatureSpecification()
      (curvature.layers, curvature.taylorModels) = (false, false)
      change(&curvature)
      trial.curvature = curvature
      return try #require(plan.probeWork(of: trial))
    }
    let plain = try work { _ in }
    #expect(plain.products == 130 && plain.gradients == 1 && plain.losses == 1 && plain.samples == 100)
    #expect(try work { $0.iterations = 20 }.products == 20)
    #expect(try work { ($0.largest, $0.smallest) = (1, 0) }.products == 12)
    // Differences know no cheaper way to the largest alone.
    #expect(try work { ($0.largest, $0.smallest, $0.matrix) = (1, 0, .finiteDifferences) }.products == 45)
    #expect(try work { $0.density = .init() }.products == 130 + 8 * 64)
    #expect(try work { $0.traceProbes = 32 }.products == 162)
    #expect(try work { $0.layers = true }.layerProducts == 50)
    #expect(try work { $0.estimates = [.power] }.products == 330)
    #expect(try work { $0.estimates = [.taylor] }.gradients == 201)
    // 5,000 steps, ten times three passes over the 100 samples, and two checks of each of them: two gradients each.
    #expect(try work { $0.estimates = [.online] }.sampleGradients == 2 * (5_000 + 3_000 + 200))
    #expect(try work { $0.keepsDiagonal = true }.products == 130 + 22 / 2)
    let models = try work { $0.taylorModels = true }
    #expect(models.products == 133 && models.gradients == 4 && models.losses == 40)
    #expect(try work { $0.samples = 30 }.samples == 30)
  }

  /// One state is measured once, whatever names it has.
  @Test(
    arguments: [
      (["best", "final"], nil, 2), (["start", "best", "final"], nil, 3), (["start", "final"], 5, 5), (["final"], 3, 7),
      (["best"], 1, 20), (["start", "best", "final"], 1, 21),
    ] as [([String], Int?, Int)])
  func probesOfARun(moments: [String], every: Int?, expected: Int) {
    var curvature = CurvatureSpecification()
    curvature.moments = CurvatureMoments.all.reduce(into: []) { if moments.contains($1.name) { $0.insert($1.value) } }
    curvature.every = every
    #expect(curvature.probes(epochs: 20) == expected)
  }

  @Test func trainingLossIsNotEvaluatedWhereNotAskedFor() throws {
    let plan = try plan(("training", "training: {epochs: 2, evaluate_training: false}"))
    #expect(plan.costs(of: plan.experiment.trials[0]).evaluation == 3 * 50 * 2.0 * 584)
  }

  @Test func stepsAndOrderOfWeight() throws {
    let plan = try plan(("  batch_size", "  batch_size: [1, 33, 100, full]"))
    #expect(plan.experiment.trials.map { plan.costs(of: $0).steps } == [200, 8, 2, 2])
    #expect(plan.steps == 212)
    var trial = plan.experiment.trials[1]
    trial.training.dropRemainder = true
    #expect(plan.costs(of: trial).steps == 6)
    let costs = plan.experiment.trials.map { plan.cost(of: $0) }
    #expect(costs[0] > costs[1] && costs[1] > costs[2] && costs[2] == costs[3])
  }

  @Test func time() throws {
    let plan = try plan(("  batch_size", "  batch_size: [1, 50]"))
    let costs = plan.experiment.trials.map { plan.cost(of: $0) }
    let rate = { (trial: Trial) in trial.batchSize == .samples(1) ? 0.5 : 10 }
    let seconds = [costs[0] / 0.5e9, costs[1] / 10e9]
    #expect(abs(plan.seconds(workers: 1, rate: rate) - (seconds[0] + seconds[1])) < 1e-12)
    #expect(plan.seconds(workers: 8, rate: rate) == seconds[0])
    // Without probes there is nothing to time.
    #expect(plan.seconds(workers: 8, rate: rate, probe: { _ in 1e9 }) == seconds[0])
    let probed = try self.plan(("  batch_size", "  batch_size: [1, 50]\ncurvature: {at: [start, final]}"))
    let difference = probed.seconds(workers: 1, rate: rate, probe: { _ in 3 }) - seconds[0] - seconds[1]
    #expect(abs(difference - 2 * 2 * 3) < 1e-9)
  }

  @Test func bytes() throws {
    // Parameters, gradient, two vectors of the optimizer's, one kept copy; blocks of 64 samples.
    let activations = Double(2 * 64 + 4 * (8 + 4) + 3 * 10)
    #expect(try plan().workerBytes == 4 * (5 * 606 + 64 * activations))
    let dense = OptimizerMemory(vectors: 3, doubleVectors: 7, matrices: 2)
    let memory = FixedMemory(rows: 512, kept: dense)
    #expect(
      try plan(memory: memory).workerBytes == 4 * (6 * 606 + 512 * activations) + 8 * 7 * 606 + 16 * 606 * 606)
    // Eight traces and two of the cost; four more for a second-order optimizer.
    let traces = 3.0 * 10 * 8
    #expect(try plan(kept: .none).diskBytes == 400 + traces)
    #expect(try plan(kept: .best).diskBytes == 400 + traces + 606 * 4)
    #expect(try plan(kept: .all).diskBytes == 400 + traces + 3 * 606 * 4)
    let newton = try plan(("  optimizer", "  optimizer: newton"), ("  batch_size", "  batch_size: full"), kept: .none)
    #expect(newton.diskBytes == 400 + 3.0 * 15 * 8)
  }

  @Test func axes() throws {
    let plan = try plan(
      ("  optimizer", "  optimizer: [{name: adam, learning_rate: [0.1, 0.2]}, {name: momentum, learning_rate: 0.1}]"),
      ("  batch_size", "  batch_size: [32, full]\n  seed: [5, 6, 7]"))
    #expect(plan.trialCount == 18)
    let varying = plan.axes.filter(\.varies)
    #expect(varying.map(\.name) == ["optimizer", "learning_rate", "batch_size", "seed"])
    #expect(
      varying.map(\.values) == [
        [.text("adam"), .text("momentum")], [.number(0.1), .number(0.2)], [.integer(32), .integer(0)],
        [.integer(5), .integer(6), .integer(7)],
      ])
    let names = Set(plan.experiment.trials.flatMap { $0.hyperparameters.map(\.name) })
    #expect(Set(plan.axes.map(\.name)) == names)
    #expect(plan.axes.first { $0.name == "momentum" }?.values == [.number(0.9)])
    #expect(plan.networks == [NetworkSize(NetworkSpecification(hidden: [8, 4]), inputs: 64, outputs: 10)])
  }
}
