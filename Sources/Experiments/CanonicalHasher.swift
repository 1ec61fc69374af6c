import Settings

/// Gives the identities of many trials, each the same as ``Trial/identity``, and their hyperparameters.
///
/// Neighbouring trials share most of their content, so each part's text is kept until the part changes.
public struct CanonicalHasher {
  private var optimizer = Part<OptimizerSpecification>()
  private var schedule = Part<ScheduleSpecification>()
  private var network = Part<NetworkAndDropout>()
  private var loss = Part<PartChoice>()
  private var training = Part<TrainingSpecification>()
  private var data = Part<DataSpecification>()
  private var curvature = Part<CurvatureSpecification?>()
  private var last: (trial: Trial, hash: FNV1a)?
  private var problem = Part<ProblemSpecification>()
  private var lastListed: (trial: Trial, hyperparameters: [Hyperparameter], seed: Int)?

  public init() {}

  public mutating func identity(of trial: Trial) -> TrialIdentity {
    var hash = hashBeforeSeed(of: trial)
    hash.update("\(Int(bitPattern: UInt(trial.seed)))\n".utf8)
    if let own = trial.problem {
      hash.update(problem.text(of: own) { $0.hyperparameters })
    } else {
      hash.update(data.text(of: trial.data) { $0.hyperparameters })
    }
    hash.update(curvature.text(of: trial.curvature) { $0?.hyperparameters ?? [] })
    return TrialIdentity(high: hash.high, low: hash.low)
  }

  /// The same as ``Trial/hyperparameters``: those of the last trial but for the seed where that is all that differs.
  public mutating func hyperparameters(of trial: Trial) -> [Hyperparameter] {
    if let last = lastListed, last.trial.isSameBeforeSeed(as: trial), last.trial.isSameAfterSeed(as: trial) {
      var hyperparameters = last.hyperparameters
      hyperparameters[last.seed].value = .integer(Int(bitPattern: UInt(trial.seed)))
      return hyperparameters
    }
    let hyperparameters = trial.hyperparameters
    lastListed = hyperparameters.firstIndex { $0.name == "seed" }.map { (trial, hyperparameters, $0) }
    return hyperparameters
  }

  /// Of what comes before the seed: as it was where that is the last trial's, as in all but one trial of a grid's seeds.
  private mutating func hashBeforeSeed(of trial: Trial) -> FNV1a {
    if let last, last.trial.isSameBeforeSeed(as: trial) { return last.hash }
    var hash = FNV1a()
    hash.update(optimizer.text(of: trial.optimizer) { $0.hyperparameters })
    hash.update(schedule.text(of: trial.schedule) { $0.hyperparameters })
    hash.update("batch_size=\(trial.batchSize.storedValue)\n".utf8)
    if trial.problem == nil {
      hash.update(
        network.text(of: .init(network: trial.network, dropout: trial.dropout)) {
          $0.network.hyperparameters(with: $0.dropout)
        })
      hash.update(loss.text(of: trial.loss) { $0.hyperparameters(of: .loss) })
      hash.update("l2=\(HyperparameterValue.number(trial.l2))\n".utf8)
      hash.update(trial.noiseHyperparameters.canonicalText.utf8)
    }
    hash.update(training.text(of: trial.training) { $0.hyperparameters })
    hash.update("precision=\(trial.precision.rawValue)\nseed=".utf8)
    last = (trial, hash)
    return hash
  }

  /// A hyperparameter of the trial that ``identity(of:)`` was last asked for; nil where the trial has none of that name.
  func value(of name: String, in trial: Trial) -> HyperparameterValue? {
    switch name {
    case "batch_size": .integer(trial.batchSize.storedValue)
    case "l2" where trial.problem == nil: .number(trial.l2)
    case "input_noise" where trial.problem == nil: .number(trial.inputNoise)
    case "precision": .text(trial.precision.rawValue)
    case "seed": .integer(Int(bitPattern: UInt(trial.seed)))
    default:
      optimizer[name] ?? network[name] ?? loss[name] ?? schedule[name] ?? training[name] ?? data[name] ?? curvature[
        name]
        ?? problem[name]
    }
  }

  private struct NetworkAndDropout: Equatable {
    var network: NetworkSpecification
    var dropout: DropoutSpecification
  }

  /// The text of the last value seen.
  private struct Part<Value: Equatable> {
    private var value: Value?
    private var entries: [Hyperparameter] = []
    private var bytes: [UInt8] = []

    subscript(name: String) -> HyperparameterValue? { entries.first { $0.name == name }?.value }

    mutating func text(of value: Value, entries: (Value) -> [Hyperparameter]) -> [UInt8] {
      if value != self.value {
        self.value = value
        self.entries = entries(value)
        bytes = Array(self.entries.canonicalText.utf8)
      }
      return bytes
    }
  }
}

extension Trial {
  /// Whether all that an identity hashes before the seed is equal.
  fileprivate func isSameBeforeSeed(as other: Trial) -> Bool {
    batchSize == other.batchSize && l2.bitPattern == other.l2.bitPattern && inputNoise == other.inputNoise
      && optimizer == other.optimizer
      && schedule == other.schedule && network == other.network && dropout == other.dropout && loss == other.loss
      && training == other.training && precision == other.precision && problem == other.problem
  }

  /// Whether all that comes after it is: the problem, too, is compared above.
  fileprivate func isSameAfterSeed(as other: Trial) -> Bool { data == other.data && curvature == other.curvature }
}
