import Experiments

/// Measures how fast this machine trains the trials of a plan, by training a few of them for a moment.
public struct ThroughputProbe: Sendable {
  /// GFLOP/s of one worker, by samples in a step, in ascending order of samples.
  public let rates: [(batch: Int, rate: Double)]

  /// - Parameters:
  ///   - seconds: Time to spend on each batch size.
  ///   - maximumSizes: Batch sizes measured, spread over those of the plan; the rest takes its nearest neighbour's rate.
  public init(_ sweep: PreparedSweep, seconds: Double = 0.1, maximumSizes: Int = 6) {
    var representatives: [Int: Trial] = [:]
    for (trial, _) in sweep.experiment.trials.configurations {
      let batch = Self.batch(of: trial, in: sweep)
      if representatives[batch] == nil { representatives[batch] = trial }
    }
    let sizes = representatives.keys.sorted()
    let step = max(1, Double(sizes.count - 1) / Double(max(1, maximumSizes - 1)))
    let chosen = stride(from: 0, through: Double(sizes.count - 1), by: step).map { sizes[Int($0.rounded())] }
    rates = chosen.map { ($0, Self.rate(of: representatives[$0]!, in: sweep, seconds: seconds)) }
  }

  /// The rate at the batch size measured nearest to this one.
  public func rate(batch: Int) -> Double {
    rates.min { abs($0.batch - batch) < abs($1.batch - batch) }?.rate ?? 1
  }

  private static func batch(of trial: Trial, in sweep: PreparedSweep) -> Int {
    trial.batchSize == .full ? sweep.plan.trainSamples : trial.batchSize.storedValue
  }

  /// Counts the steps a trial takes in the time, and the operations that the plan gives for them.
  private static func rate(of trial: Trial, in sweep: PreparedSweep, seconds: Double) -> Double {
    let costs = sweep.plan.costs(of: trial)
    // Probes of the curvature would be timed without a step being counted.
    var trial = trial
    trial.curvature = nil
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
    guard steps > 0, elapsed > 0 else { return 1 }
    let share = Double(steps) / Double(costs.steps)
    // Evaluations come at the ends of epochs; the one before training was over when the clock started.
    let evaluations = (share * Double(trial.training.epochs)).rounded(.down) / Double(trial.training.epochs + 1)
    return ((costs.training + costs.updates) * share + costs.evaluation * evaluations) / elapsed / 1e9
  }
}
