import Experiments
import Testing

@Suite struct PlanTests {
  /// 64-8-4-10 with 100 training and 50 validation samples, 2 epochs of 4 steps.
  private func plan(_ changes: (key: String, line: String)..., kept: KeptWeights = .best) throws -> Plan {
    var text = SampleFile.text
    for (key, line) in changes {
      let lines = text.split(separator: "\n").map { $0.hasPrefix("\(key):") ? line : String($0) }
      text = lines.joined(separator: "\n") + "\n"
    }
    return Plan(
      experiment: try parse(text), inputs: 64, outputs: 10, trainSamples: 100, validationSamples: 50, weightsKept: kept)
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
    #expect(plan.costs(of: trial).probes == 0)
    var curvature = CurvatureSpecification()
    (curvature.moments, curvature.every, curvature.fullSpectrum) = ([.start], 1, true)
    (curvature.layers, curvature.taylorModels) = (false, false)
    trial.curvature = curvature
    let gradient = NetworkSize(trial.network, inputs: 64, outputs: 10).gradientOperations
    #expect(plan.costs(of: trial).probes == 3 * (2 * 606 * 100 * gradient + 11 * 606 * 606 * 606))
    #expect(plan.costs(of: trial).total > 10 * plan.cost(of: plan.experiment.trials[0]))
    (curvature.fullSpectrum, curvature.part, curvature.every) = (false, .validation, nil)
    trial.curvature = curvature
    #expect(plan.costs(of: trial).probes == 2 * 140 * 50 * gradient)
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
    let rate = { (batch: Int) in batch == 1 ? 0.5 : 10 }
    let seconds = [costs[0] / 0.5e9, costs[1] / 10e9]
    #expect(abs(plan.seconds(workers: 1, rate: rate) - (seconds[0] + seconds[1])) < 1e-12)
    #expect(plan.seconds(workers: 8, rate: rate) == seconds[0])
  }

  @Test func bytes() throws {
    // Adam: parameters, gradient, two states, one kept copy; the block of 100 samples is larger than the batch
    let activations = Double(2 * 64 + 4 * (8 + 4) + 3 * 10)
    #expect(try plan().workerBytes == 4 * (5 * 606 + 100 * activations))
    #expect(try plan().dataBytes == 4 * 150 * 65)
    // Eight traces and two of the cost; four more for a second-order optimizer.
    let traces = 3.0 * 10 * 8
    #expect(try plan(kept: .none).diskBytes == 400 + traces)
    #expect(try plan(kept: .best).diskBytes == 400 + traces + 606 * 4)
    #expect(try plan(kept: .all).diskBytes == 400 + traces + 3 * 606 * 4)
    let newton = try plan(("  optimizer", "  optimizer: newton"), ("  batch_size", "  batch_size: full"), kept: .none)
    #expect(newton.diskBytes == 400 + 3.0 * 14 * 8)
    // Sum and matrix in memory, and the factor: 4, 8 and 8 bytes a square parameter.
    #expect(newton.workerBytes == 4 * (11 * 606 + 100 * activations) + 20 * 606 * 606)
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
