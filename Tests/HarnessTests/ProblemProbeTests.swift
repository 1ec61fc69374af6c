import Curvature
import Experiments
import Foundation
import Kernels
import Learning
import Settings
import TestSupport
import Testing

@testable import Harness

/// Probes of problems, whose Hessians are known.
@Suite struct ProblemProbeTests {
  private func runs(
    _ problem: String, _ curvature: String, optimizer: String = "{name: newton}", precision: String = "double",
    epochs: Int = 60
  ) throws -> [TrialRecord] {
    let text = """
      name: p
      problem: \(problem)
      precision: \(precision)
      training: {epochs: \(epochs)}
      curvature: \(curvature)
      grid:
        optimizer: \(optimizer)
      """
    let experiment = try ExperimentFile.parse(text: text, file: "e.yaml", parts: .standard)
    let sweep = try PreparedSweep(experiment, keeping: .all)
    return try experiment.trials.map { trial in
      let run = TrialRun(trial, selection: experiment.selection, keeping: .all)
      let record = sweep.library.run(run) { false }
      return try #require(record)
    }
  }

  private func probes(
    _ problem: String, _ curvature: String, optimizer: String = "{name: newton}", precision: String = "double",
    epochs: Int = 60
  ) throws -> [CurvatureMeasurement] {
    try #require(
      try runs(problem, curvature, optimizer: optimizer, precision: precision, epochs: epochs).first
    ).curvature
  }

  private func expectEqual(_ found: [Double], _ expected: [Double], within error: Double) {
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= error, "\(found), \(expected)") }
  }

  private static let eigenvalues = [100, 30, 9, 2.5, 0.5, 0.01]
  private static let chosen = "{kind: quadratic, eigenvalues: [100, 30, 9, 2.5, 0.5, 0.01], rotation_seed: 5}"

  /// Weight decay that is added to the gradient is curvature to gradient descent: with λ_max 10 and η 0.019, η·10/2 is
  /// 0.095 and no limit. The runs are their own oracle: over 1 they diverge.
  @Test func weightDecayCountsForStability() throws {
    let runs = try runs(
      "{kind: quadratic, eigenvalues: [10, 1]}", "{at: start}",
      optimizer: "{name: gradient_descent, learning_rate: 0.019, weight_decay: [0, 95, 100]}", epochs: 1000)
    #expect(runs.map(\.outcome.isRankable) == [true, true, false])
    for (run, limit) in zip(runs, [0.095, 0.9975, 1.045]) {
      #expect(abs(run.curvature[0].learningRateOverBound - limit) < 1e-12)
      #expect(abs(run.curvature[0].lambdaMax - 10) < 1e-12)
    }
    // Decoupled, it shrinks the weights by itself.
    let decoupled = try probes(
      "{kind: quadratic, eigenvalues: [10, 1]}", "{at: start}",
      optimizer: "{name: adamw, learning_rate: 0.019, weight_decay: 10}", epochs: 1)
    #expect(abs(decoupled[0].learningRateOverBound - 0.095) < 1e-12)
  }

  /// A rotated quadratic has the eigenvalues it was given, anywhere and by every way to them.
  @Test(arguments: ["hessian", "gauss_newton", "finite_differences"])
  func aQuadraticsEigenvalues(matrix: String) throws {
    for precision in ["double", "float"] {
      let found = try probes(
        Self.chosen,
        "{at: [start, final], every: 2, matrix: \(matrix), full_spectrum: true, diagonal: true, density: true,"
          + " estimates: [power, taylor, online], tolerance: 1e-9, principal_eigenvector: true}",
        optimizer: "{name: gradient_descent, learning_rate: 0.019}", precision: precision, epochs: 4)
      #expect(found.map(\.epoch) == [0, 2, 4])
      let error = matrix == "finite_differences" ? 1e-7 : 1e-11
      for probe in found {
        #expect(probe.status == .measured && probe.hasFullSpectrum && probe.definiteness == .positiveDefinite)
        expectEqual(probe.spectrum, Self.eigenvalues.reversed(), within: error * 100)
        #expect(matrix == "finite_differences" || abs(probe.condition / 1e4 - 1) < 1e-10)
        #expect(probe.conditionKind == .spectral && probe.negatives == 0 && probe.zeros == 0)
        #expect(abs(probe.trace - 142.01) < error * 1000 && probe.asymmetry < (error < 1e-10 ? 1e-12 : 1e-7))
        #expect(abs(probe.learningRateOverBound - 0.95) < error * 10)
        #expect(abs(probe.power / 100 - 1) < 1e-7 && abs(probe.taylor / 100 - 1) < 1e-6)
        #expect(abs(probe.online / 100 - 1) < 1e-6 && probe.onlineError < 1)
        #expect(probe.layerLambdaMax.isEmpty && probe.principalVector.count == 6)
        // The quadratic model is the function: nothing of third order is left.
        #expect(probe.taylorSteps.count == 12 && probe.taylorFirstErrors[0] > 1)
        #expect(probe.taylorFirstOrders.allSatisfy { abs($0 - 2) < 1e-6 } || matrix == "finite_differences")
        #expect(probe.taylorSecondErrors[0] < 1e-4)
        #expect(matrix == "finite_differences" || abs(probe.diagonal.reduce(0, +) - 142.01) < 1e-9)
      }
    }
  }

  /// Numbers from outside: DeepOBS' matrix.
  @Test func quadraticDeepsEigenvalues() throws {
    let text = """
      name: p
      problem: quadratic_deep
      precision: double
      training: {epochs: 1, order: fixed, drop_remainder: true}
      curvature: {at: start, tolerance: 1e-9, trace: true, density: true, estimates: online, data: DATA}
      grid: {optimizer: {name: gradient_descent, learning_rate: 0.01}, batch_size: 128}
      """
    for (data, samples) in [("training", 1000), ("validation", 896)] {
      let experiment = try ExperimentFile.parse(
        text: text.replacing("DATA", with: data), file: "e.yaml", parts: .standard)
      let sweep = try PreparedSweep(experiment, keeping: .none)
      let run = TrialRun(experiment.trials[0], selection: experiment.selection, keeping: .none)
      let record = sweep.library.run(run) { false }
      let probe = try #require(record?.curvature.first)
      #expect(abs(probe.lambdaMax - 53.1290154) < 1e-6 && abs(probe.lambdaMin - 0.0055221) < 1e-6)
      #expect(probe.lambdaMaxConverged == true && probe.lambdaMinConverged == true)
      #expect(probe.definiteness == .positiveDefinite && probe.samples == samples)
      #expect(abs(probe.condition / (53.1290154 / 0.0055221) - 1) < 1e-3)
      #expect(abs(probe.trace - 477.61228) < 4 * probe.traceError && probe.traceError < 50)
      #expect(abs(probe.online - 53.1290154) < max(0.5, probe.onlineError))
      #expect(abs(probe.learningRateOverBound - 0.265645077) < 1e-8)
      #expect(data == "training" || abs(probe.loss - 353.446764) < 1e-5)
    }
  }

  /// H(1, 1) = [[802, −400], [−400, 200]]: λ = 501 ± √250601.
  @Test func rosenbrocksEigenvaluesAtItsMinimum() throws {
    let found = try probes("rosenbrock", "{at: [start, final], tolerance: 1e-8}")
    let end = try #require(found.last)
    let root = 250_601.0.squareRoot()
    expectEqual(end.spectrum, [501 - root, 501 + root], within: 1e-4)
    #expect(abs(end.lambdaMax - 1001.6006) < 1e-3 && abs(end.lambdaMin - 0.39936) < 1e-4)
    #expect(end.definiteness == .positiveDefinite && abs(end.condition / 2508.01 - 1) < 1e-3)
    // At (−1.2, 1): 1200w² − 400w₂ + 2 = 1330.
    let start = try #require(found.first)
    #expect(abs(start.spectrum.reduce(0, +) - 1530) < 1e-9 && start.asymmetry < 1e-12)
    for (order, expected) in [(start.taylorFirstOrders, 2.0), (start.taylorSecondOrders, 3)] {
      #expect(order.count == 3 && order.allSatisfy { abs($0 - expected) < 0.1 }, "\(order)")
    }
  }

  /// It is called a saddle at the saddle, and a minimum where the run ends.
  @Test func aSaddleIsCalledOne() throws {
    let found = try probes(
      "{kind: saddle, eigenvalues: [3, 1, -2], start: [0.5, 0.5, 1e-3], rotation_seed: 1}",
      "{at: [start, final]}", optimizer: "{name: gradient_descent, learning_rate: 0.1}", epochs: 400)
    #expect(found[0].definiteness == .saddle && found[0].negatives == 1 && found[0].negativesKind == .exact)
    #expect(found[0].conditionKind == .magnitude)
    #expect(found[1].definiteness == .positiveDefinite && found[1].negatives == 0)
    // κ = 1: 3u² − 2 = 4 at u² = 2.
    expectEqual(found[1].spectrum, [1, 3, 4], within: 1e-6)
    let origin = try probes(
      "{kind: saddle, eigenvalues: [3, 1, -2], start: 0}", "{at: start, matrix: hessian}", epochs: 1)
    expectEqual(origin[0].spectrum, [-2, 1, 3], within: 0)
    #expect(origin[0].definiteness == .saddle && origin[0].gradientNorm == 0)
  }

  @Test func aDivergedProblemSaysWhy() throws {
    let found = try runs(
      "{kind: quadratic, eigenvalues: [4, 1]}", "{at: [start, final]}",
      optimizer: "{name: gradient_descent, learning_rate: 1e200}", epochs: 9)[0]
    #expect(!found.outcome.isRankable && found.curvature.count == 2)
    let final = found.curvature[1]
    #expect(final.status != .measured || final.lambdaMax == 4)
  }
}
