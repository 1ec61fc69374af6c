import Curvature
import Experiments
import Kernels
import Learning
import Settings

/// Measures how long a plan's probes of the curvature take, on the experiment's own networks and samples.
///
/// One pass of each kind is timed where a run starts, and counts as often as the plan says. How many products a search
/// takes is then known only roughly, so a probe that seems short is made as a whole, and after a moment of training where
/// most of the run's are.
public struct ProbeTiming: Sendable {
  private var seconds: [Setting: Double] = [:]

  /// What the time of a probe depends on; the weights, and where they start, do not count for much.
  private struct Setting: Hashable {
    var network: NetworkSpecification.Architecture
    var problem: ProblemSpecification?
    var loss: PartChoice
    var precision: Precision

    init(_ trial: Trial) {
      (network, problem, loss, precision) = (trial.network.architecture, trial.problem, trial.loss, trial.precision)
    }
  }

  /// - Parameters:
  ///   - maximumSettings: Networks and problems that are measured, spread over those of the plan by their work; the rest
  ///     takes the time of its nearest neighbour, by the ratio of their work.
  ///   - wholeSeconds: Probes are made as a whole up to so many seconds each.
  public init(_ sweep: PreparedSweep, maximumSettings: Int = 4, wholeSeconds: Double = 0.5) {
    let plan = sweep.plan
    // All trials of an experiment are probed alike.
    guard plan.experiment.trials.first?.curvature != nil else { return }
    var representatives: [Setting: Trial] = [:]
    for (trial, _) in plan.experiment.trials.configurations {
      let setting = Setting(trial)
      if representatives[setting] == nil { representatives[setting] = trial }
    }
    let trials = representatives.values.map { (trial: $0, work: plan.probeWork(of: $0)?.operations ?? 0) }
      .sorted { $0.work < $1.work }
    let measured = trials.spread(over: maximumSettings)
      .map { (work: $0.work, seconds: Self.measure($0.trial, sweep, wholeSeconds), setting: Setting($0.trial)) }
    for (_, seconds, setting) in measured { self.seconds[setting] = seconds }
    for (trial, work) in trials where seconds[Setting(trial)] == nil {
      guard let nearest = measured.min(by: { abs($0.work - work) < abs($1.work - work) }) else { continue }
      seconds[Setting(trial)] = nearest.seconds * work / max(1, nearest.work)
    }
  }

  /// Seconds of one of a trial's probes; 0 where it has none.
  public func seconds(of trial: Trial) -> Double { seconds[Setting(trial)] ?? 0 }

  private static func measure(_ trial: Trial, _ sweep: PreparedSweep, _ wholeSeconds: Double) -> Double {
    guard let work = sweep.plan.probeWork(of: trial), let curvature = trial.curvature else { return 0 }
    // As many samples as take no more than some tenths of a second in all, in whole blocks.
    let rows = min(work.samples, max(512, Int(1e9 / work.productOperations) / 512 * 512))
    let scale = Double(work.samples) / Double(max(1, rows))
    var fewer = curvature
    fewer.samples = rows
    let run = TrialRun(trial, selection: sweep.experiment.selection, keeping: .none)
    let times = sweep.library.withProbe(of: run, fewer) { $0.times() }
    let solver = work.formsMatrix ? (try? ProbeTimes.eigenvalues(rows: work.parameters)) ?? 0 : 0
    let estimate =
      scale
      * (work.products * times.product + work.layerProducts * times.layerProducts + work.gradients * times.gradient
        + work.losses * times.loss) + work.sampleGradients * times.sampleGradient
      + work.orthogonalizations * times.orthogonalization + solver
    guard estimate <= wholeSeconds else { return estimate }
    let trained = sweep.plan.probeCount(of: trial) > 1 ? trainedWeights(trial, sweep) : nil
    return sweep.library.withProbe(of: run, curvature, weights: trained) { $0.wholeSeconds() }
  }

  /// Where some epochs of training lead; nil where they take too long for a moment, or to nowhere.
  private static func trainedWeights(_ trial: Trial, _ sweep: PreparedSweep) -> WeightVector? {
    var trial = trial
    trial.curvature = nil
    trial.training.epochs = min(trial.training.epochs, 10)
    let started = ContinuousClock.now
    let record = sweep.library.run(TrialRun(trial, selection: sweep.experiment.selection, keeping: .all)) {
      ContinuousClock.now - started > .milliseconds(300)
    }
    return record.flatMap { $0.outcome.isRankable ? $0.weights.final : nil }
  }
}

/// A probe at given weights.
private struct SampleProbe {
  /// Of one pass of each kind.
  let times: () -> ProbeTimes
  /// Of a whole probe.
  let wholeSeconds: () -> Double

  fileprivate init<S: Scalar>(_ meter: CurvatureMeter<S>, _ parameters: AlignedBuffer<S>) {
    times = { meter.times(at: parameters) }
    wholeSeconds = {
      func seconds() -> Double {
        let started = ContinuousClock.now
        _ = meter.measure(at: parameters, epoch: 0, moments: .start, learningRate: 1)
        return (ContinuousClock.now - started) / .seconds(1)
      }
      // Of short ones the second and later count, which find their memory in place.
      let first = seconds()
      let repetitions = min(10, Int(0.1 / max(first, 1e-6)))
      guard repetitions > 0 else { return first }
      return (0..<repetitions).reduce(0) { sum, _ in sum + seconds() } / Double(repetitions)
    }
  }
}

extension SampleLibrary {
  /// Gives `body` a trial's probe at its initial weights, or at others.
  fileprivate func withProbe<Result>(
    of run: TrialRun, _ specification: CurvatureSpecification, weights: WeightVector? = nil,
    _ body: (SampleProbe) -> Result
  ) -> Result {
    func probe<S: Scalar>(_ samples: SplitSamples<S>) -> SampleProbe {
      let given = weights.flatMap { $0.isEmpty ? nil : AlignedBuffer<S>($0) }
      if let problem = problem(of: run.trial) {
        return SampleProbe(
          CurvatureMeter(specification, problem.function, samples),
          given ?? AlignedBuffer(problem.start.map { S($0) }))
      }
      let engine = run.engine(for: samples)
      return SampleProbe(CurvatureMeter(specification, engine, samples), given ?? run.initialParameters(engine))
    }
    return switch run.trial.precision {
    case .float: body(probe(samples(float, run.trial)))
    case .double: body(probe(samples(double, run.trial)))
    }
  }
}
