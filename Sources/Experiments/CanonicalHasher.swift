/// Gives the identities of many trials, each the same as ``Trial/identity``.
///
/// Neighbouring trials share most of their content, so each part's text is kept until the part changes.
public struct CanonicalHasher {
  private var optimizer = Part<OptimizerSpecification>()
  private var schedule = Part<ScheduleSpecification>()
  private var network = Part<NetworkAndDropout>()
  private var training = Part<TrainingSpecification>()
  private var data = Part<DataSpecification>()

  public init() {}

  public mutating func identity(of trial: Trial) -> TrialIdentity {
    var hash = FNV1a()
    hash.update(optimizer.text(of: trial.optimizer) { $0.hyperparameters })
    hash.update(schedule.text(of: trial.schedule) { $0.hyperparameters })
    hash.update("batch_size=\(trial.batchSize.storedValue)\n".utf8)
    hash.update(
      network.text(of: .init(network: trial.network, dropout: trial.dropout)) {
        $0.network.hyperparameters(with: $0.dropout)
      })
    hash.update("loss=\(trial.loss.rawValue)\nl2=\(HyperparameterValue.number(trial.l2))\n".utf8)
    hash.update(training.text(of: trial.training) { $0.hyperparameters })
    hash.update("precision=\(trial.precision.rawValue)\nseed=\(Int(bitPattern: UInt(trial.seed)))\n".utf8)
    hash.update(data.text(of: trial.data) { $0.hyperparameters })
    return TrialIdentity(high: hash.high, low: hash.low)
  }

  private struct NetworkAndDropout: Equatable {
    var network: NetworkSpecification
    var dropout: DropoutSpecification
  }

  /// The text of the last value seen.
  private struct Part<Value: Equatable> {
    private var value: Value?
    private var bytes: [UInt8] = []

    mutating func text(of value: Value, entries: (Value) -> [Hyperparameter]) -> [UInt8] {
      if value != self.value {
        self.value = value
        bytes = Array(entries(value).canonicalText.utf8)
      }
      return bytes
    }
  }
}
