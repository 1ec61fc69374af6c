import Experiments
import Foundation
import Settings

/// Measures how fast this machine trains the trials of a plan, by training a few of them for a moment.
public struct ThroughputProbe: Sendable {
  /// What was measured, in ascending order of samples in a step.
  public let rates: [Rate]
  /// Of every configuration's key, the rate measured at the setting nearest to its own.
  private let nearest: [Key: Double]

  public struct Rate: Hashable, Sendable {
    public var setting: Setting
    /// GFLOP/s of one worker.
    public var rate: Double
  }

  /// What the rate depends on.
  public struct Setting: Hashable, Sendable {
    /// Samples in a step.
    public var batch: Int
    public var network: NetworkSize
    public var optimizer: OptimizerKind
    public var precision: Precision
    /// Operations of a step.
    public var operations: Double

    init(_ trial: Trial, _ plan: Plan) {
      batch = plan.samplesAStep(of: trial)
      network = plan.size(of: trial)
      (optimizer, precision) = (trial.optimizer.kind, trial.precision)
      let costs = plan.costs(of: trial)
      operations = (costs.training + costs.updates) / Double(max(1, costs.steps))
    }

    /// How unlike two settings are: factors between their batches and their steps, as powers of e.
    func distance(to other: Setting) -> Double {
      abs(log(Double(batch) / Double(other.batch))) + 0.5 * abs(log(max(1, operations) / max(1, other.operations)))
        + (optimizer == other.optimizer ? 0 : 1) + (precision == other.precision ? 0 : 1)
        + (network == other.network ? 0 : 0.25)
    }
  }

  /// What a trial's setting follows from. A plan may have a hundred thousand configurations, and few of these.
  private struct Key: Hashable {
    var network: NetworkSpecification
    var problem: ProblemSpecification?
    var batch: BatchSize
    var optimizer: OptimizerKind
    var precision: Precision

    init(_ trial: Trial) {
      (network, problem, batch) = (trial.network, trial.problem, trial.batchSize)
      (optimizer, precision) = (trial.optimizer.kind, trial.precision)
    }
  }

  /// - Parameters:
  ///   - seconds: Time to spend on each setting.
  ///   - maximumSettings: Settings measured, spread over those of the plan; the rest takes its nearest neighbour's rate.
  public init(_ sweep: PreparedSweep, seconds: Double = 0.1, maximumSettings: Int = 12) {
    var settings: [Key: Setting] = [:]
    var representatives: [Setting: Trial] = [:]
    for (trial, _) in sweep.plan.experiment.trials.configurations where settings[Key(trial)] == nil {
      let setting = Setting(trial, sweep.plan)
      settings[Key(trial)] = setting
      if representatives[setting] == nil { representatives[setting] = trial }
    }
    let chosen = representatives.keys.sorted { ($0.batch, $0.operations) < ($1.batch, $1.operations) }
      .spread(over: maximumSettings)
    let rates = chosen.map {
      Rate(setting: $0, rate: Self.rate(of: representatives[$0]!, in: sweep, seconds: seconds))
    }
    self.rates = rates
    nearest = settings.mapValues { setting in
      rates.min { $0.setting.distance(to: setting) < $1.setting.distance(to: setting) }?.rate ?? 1
    }
  }

  /// The rate of the measured setting nearest to a trial's.
  public func rate(of trial: Trial) -> Double { nearest[Key(trial)] ?? 1 }

  /// GFLOP/s of a trial's first steps, over and over where all of them take less than the time.
  private static func rate(of trial: Trial, in sweep: PreparedSweep, seconds: Double) -> Double {
    // Probes of the curvature would be timed without a step being counted.
    var trial = trial
    trial.curvature = nil
    var total = (operations: 0.0, seconds: 0.0)
    let begun = ContinuousClock.now
    repeat {
      let part = measure(trial, in: sweep, seconds: seconds - total.seconds)
      guard part.seconds > 0 else { break }
      total = (total.operations + part.operations, total.seconds + part.seconds)
      // Making a trial ready takes its time as well.
    } while total.seconds < seconds && (ContinuousClock.now - begun) / .seconds(1) < 2 * seconds
    return total.seconds > 0 ? total.operations / total.seconds / 1e9 : 1
  }

  /// Counts the steps a trial takes in the time, and the operations that the plan gives for them.
  private static func measure(
    _ trial: Trial, in sweep: PreparedSweep, seconds: Double
  ) -> (operations: Double, seconds: Double) {
    let costs = sweep.plan.costs(of: trial)
    var started: ContinuousClock.Instant?
    var elapsed = 0.0
    var steps = -1
    _ = sweep.library.run(TrialRun(trial, selection: sweep.experiment.selection, keeping: .none)) {
      let now = ContinuousClock.now
      elapsed = (now - (started ?? now)) / .seconds(1)
      started = started ?? now
      steps += 1
      return elapsed >= seconds
    }
    guard steps > 0, elapsed > 0 else { return (0, 0) }
    let share = Double(steps) / Double(costs.steps)
    // Evaluations come at the ends of epochs; the one before training was over when the clock started.
    let evaluations = (share * Double(trial.training.epochs)).rounded(.down) / Double(trial.training.epochs + 1)
    return ((costs.training + costs.updates) * share + costs.evaluation * evaluations, elapsed)
  }
}

extension Array {
  /// At most so many of the elements, the first and the last among them, spread evenly.
  func spread(over maximum: Int) -> [Element] {
    let step = Swift.max(1, Double(count - 1) / Double(Swift.max(1, maximum - 1)))
    return stride(from: 0, through: Double(count - 1), by: step).map { self[Int($0.rounded())] }
  }
}
