import Experiments

/// What a run's columns say that its trace, or its other columns, do not.
///
/// A checksum says that bytes are those that were last written, by whoever wrote them. A program that changes a value makes
/// the checksum anew, so of a file that another program wrote to each column that can be derived is derived.
enum RunContradiction {
  /// The first contradiction, as a message has it; nil where all agree.
  ///
  /// Values are compared as bits: a sweep stored the very ones.
  ///
  /// - Parameter checksum: That of the record as it was written; 0 where it is not known.
  static func first(
    in record: TrialRecord, _ stored: RunSummary, selection: SelectionRule, checksum: Int64
  ) -> String? {
    let derived = RunSummary(record)
    let checks: [() -> String?] = [
      { difference("epochs", stored.epochs, derived.epochs) }, { bestEpoch(of: record, selection) },
      { metrics(stored.final, derived.final, "final") }, { metrics(stored.best, derived.best, "best") },
      { cost(of: record) }, { times(of: record) }, { outcome(of: record) }, { variances(of: record) },
      { weights(of: record) }, { probes(of: record) }, { changed(record, checksum) },
    ]
    return checks.lazy.compactMap { $0() }.first
  }

  /// What no other value tells of.
  private static func changed(_ record: TrialRecord, _ checksum: Int64) -> String? {
    guard checksum != 0, checksum != Int64(RecordCoding.checksum(of: record)) else { return nil }
    return "its checksum is not that of its values: one of them was changed"
  }

  private static func difference<Value: Equatable>(_ name: String, _ stored: Value, _ derived: Value) -> String? {
    stored == derived ? nil : "\(name) is \(stored), the trace says \(derived)"
  }

  private static func difference(_ name: String, _ stored: Double, _ derived: Double) -> String? {
    stored == derived || (stored.isNaN && derived.isNaN) ? nil : "\(name) is \(stored), the trace says \(derived)"
  }

  /// The first epoch with the best value of the selection metric.
  private static func bestEpoch(of record: TrialRecord, _ selection: SelectionRule) -> String? {
    let values: [Double]
    switch selection.metric {
    case .validationLoss: values = record.trace.validationLoss
    case .validationAccuracy: values = record.trace.validationAccuracy.map { -$0 }
    }
    var best: Int?
    for (epoch, value) in values.enumerated() where value.isFinite && value < best.map({ values[$0] }) ?? .infinity {
      best = epoch
    }
    return difference("best_epoch", record.bestEpoch ?? -1, best ?? -1)
  }

  private static func metrics(
    _ stored: RunSummary.Metrics, _ derived: RunSummary.Metrics, _ epoch: String
  ) -> String? {
    for metric in Schema.metrics {
      let (found, expected) = (stored[keyPath: metric.value], derived[keyPath: metric.value])
      if let text = difference("\(metric.name)_\(epoch)", found, expected) { return text }
    }
    return nil
  }

  /// Time of training is that of the last epoch, within that of the run; what is counted is no less than nothing.
  private static func cost(of record: TrialRecord) -> String? {
    let cost = record.cost
    for (name, count) in [("steps", cost.steps), ("gradients", cost.gradients), ("products", cost.products)]
    where count < 0 { return "\(name) is \(count)" }
    if let last = record.trace.seconds.last {
      if let text = difference("training_seconds", cost.trainingSeconds, last) { return text }
    }
    let isWithin = cost.trainingSeconds >= 0 && cost.trainingSeconds <= cost.totalSeconds
    return isWithin ? nil : "training_seconds is \(cost.trainingSeconds), total_seconds \(cost.totalSeconds)"
  }

  /// What is counted since the run began does not fall.
  private static func times(of record: TrialRecord) -> String? {
    let columns = [
      ("seconds_trace", record.trace.seconds), ("gradient_passes", record.trace.gradientPasses),
      ("product_passes", record.trace.productPasses),
    ]
    for (name, values) in columns {
      for (epoch, pair) in zip(values, values.dropFirst()).enumerated() where !(pair.0 <= pair.1) {
        return "\(name) falls from \(pair.0) to \(pair.1) at epoch \(epoch + 1)"
      }
    }
    return nil
  }

  /// A run that trained all of its epochs has that many, and no run has more. It diverges at no step after its last.
  private static func outcome(of record: TrialRecord) -> String? {
    let trained = max(0, record.trace.count - 1)
    for entry in record.hyperparameters where entry.name == "epochs_planned" {
      guard case .integer(let planned) = entry.value else { continue }
      let isRight = record.outcome == .completed ? Int64(trained) == planned : Int64(trained) <= planned
      if !isRight { return "the outcome is \(record.outcome.name) after \(trained) epochs of \(planned)" }
    }
    if case .diverged(let step) = record.outcome, step > record.cost.steps {
      return "diverged_step is \(step), steps \(record.cost.steps)"
    }
    return nil
  }

  /// At one epoch there is one variance.
  private static func variances(of record: TrialRecord) -> String? {
    guard let best = record.bestEpoch, best == record.trace.count - 1 else { return nil }
    return difference(
      "val_loss_variance_best", record.validation.bestVariance ?? .nan, record.validation.finalVariance ?? .nan)
  }

  /// At one epoch there are one's weights; after a divergence the final ones are those of the step that failed.
  private static func weights(of record: TrialRecord) -> String? {
    let weights = record.weights
    guard let best = record.bestEpoch, !weights.best.isEmpty else { return nil }
    if best == 0, !weights.initial.isEmpty, weights.best != weights.initial {
      return "the weights of the best epoch, 0, are not the initial ones"
    }
    if best == record.trace.count - 1, record.outcome.isRankable, !weights.final.isEmpty, weights.best != weights.final
    {
      return "the weights of the best epoch, the last, are not the final ones"
    }
    return nil
  }

  /// Probes are of epochs that there are, at their learning rates.
  private static func probes(of record: TrialRecord) -> String? {
    for probe in record.curvature {
      let epoch = probe.epoch
      guard record.trace.learningRate.indices.contains(epoch) else {
        return "a probe is of epoch \(epoch) of \(record.trace.count - 1)"
      }
      if epoch > 0, !probe.learningRate.isNaN, probe.learningRate != record.trace.learningRate[epoch] {
        return difference("learning_rate of a probe", probe.learningRate, record.trace.learningRate[epoch])
      }
      if probe.moments.contains(.best), epoch != record.bestEpoch { return "a probe of the best epoch is of \(epoch)" }
    }
    return nil
  }
}
