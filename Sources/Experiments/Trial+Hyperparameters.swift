extension Trial {
  /// Every choice in the trial as a flat list in a fixed order: the columns of the results and the canonical content.
  ///
  /// A batch size of 0 stands for the full training set. `keep_probability` has one entry a layer input, the data
  /// first; `dropout_rate` is its complement. A trial without noise on its inputs or probes of the curvature
  /// has no entry for them, so that its identity is what it was before there were any.
  public var hyperparameters: [Hyperparameter] {
    var entries = optimizer.hyperparameters
    entries.reserveCapacity(40)
    entries += schedule.hyperparameters
    entries.append(.init("batch_size", .integer(batchSize.storedValue)))
    if problem == nil { entries += networkHyperparameters }
    entries += training.hyperparameters
    entries.append(.init("precision", .text(precision.rawValue)))
    entries.append(.init("seed", .integer(Int(bitPattern: UInt(seed)))))
    entries += problem?.hyperparameters ?? data.hyperparameters
    entries += curvature?.hyperparameters ?? []
    return entries
  }

  private var networkHyperparameters: [Hyperparameter] {
    network.hyperparameters(with: dropout) + loss.hyperparameters(of: .loss) + [.init("l2", .number(l2))]
      + noiseHyperparameters
  }

  /// Only where there is some, so that identities are what they were before there was noise.
  var noiseHyperparameters: [Hyperparameter] { inputNoise == 0 ? [] : [.init("input_noise", .number(inputNoise))] }

  /// The canonical content: one `name=value` line an entry.
  public var canonicalText: String { hyperparameters.canonicalText }

  /// The hash of ``canonicalText``. For many trials ``CanonicalHasher`` gives the same faster.
  public var identity: TrialIdentity { TrialIdentity(of: hyperparameters) }
}

extension TrialIdentity {
  /// That of the trial with these hyperparameters, all of them.
  public init(of hyperparameters: [Hyperparameter]) { self.init(hashing: hyperparameters.canonicalText) }
}

extension [Hyperparameter] {
  var canonicalText: String { map { "\($0.name)=\($0.value)\n" }.joined() }
}

extension NetworkSpecification {
  func hyperparameters(with dropout: DropoutSpecification) -> [Hyperparameter] {
    let keep = dropout.keepProbabilities(hiddenLayers: hiddenLayers)
    // Only where they are asked for: a dense network's identity is what it was before there were images.
    let images: [Hyperparameter] =
      convolutions.isEmpty
      ? []
      : [
        .init("image", .text(image.map(String.init(describing:)) ?? "")),
        .init("convolutions", .text(convolutions.text)),
        .init("drop_channels", .integer(dropout.perChannel ? 1 : 0)),
      ]
    return images + [
      .init("keep_probability", .list(keep)),
      .init("dropout_rate", .list(keep.map(DropoutSpecification.complement))),
      .init("dropout_form", .text(dropout.form.rawValue)),
      .init("hidden", .list(hidden.map(Double.init))),
    ] + activation.hyperparameters(of: .activation) + initialization.hyperparameters + [
      .init("bias", .integer(bias ? 1 : 0))
    ]
  }
}

extension BatchSize {
  /// The number of samples, or 0 for the full training set.
  public var storedValue: Int {
    switch self {
    case .samples(let count): count
    case .full: 0
    }
  }
}

extension TrainingSpecification {
  var hyperparameters: [Hyperparameter] {
    // Only where it is asked for, so that identities are what they were before there was such a key.
    let remainder: [Hyperparameter] = dropRemainder ? [.init("drop_remainder", .integer(1))] : []
    // Runs that were stopped by the loss although they were selected by another metric are other runs.
    let stopping: [Hyperparameter] =
      patience == nil || stoppingMetric == .validationLoss
      ? [] : [.init("stopping_metric", .text(stoppingMetric.rawValue))]
    return [
      .init("epochs_planned", .integer(epochs)),
      .init("order", .text(order.rawValue)),
      .init("patience", .integer(patience ?? -1)),
      .init("minimum_delta", .number(minimumDelta)),
      .init("divergence_bound", .number(divergenceBound)),
      .init("evaluates_training", .integer(evaluatesTraining ? 1 : 0)),
    ] + remainder + stopping
  }
}

extension DataSpecification {
  var hyperparameters: [Hyperparameter] {
    [
      .init("data", .text(source.canonicalText)),
      .init("standardization", .text(standardization.rawValue)),
      .init("split", .list([split.train, split.validation, split.test])),
      .init("split_seed", .integer(Int(bitPattern: UInt(split.seed)))),
      .init("stratified", .integer(split.stratified ? 1 : 0)),
    ]
  }
}

extension DataSource {
  /// The source with all of its settings, in one line.
  public var canonicalText: String {
    switch self {
    case .digits: "digits"
    case .idx(let images, let labels, let testImages, let testLabels):
      "idx images=\(images) labels=\(labels)"
        + (testImages.map { " test_images=\($0)" } ?? "") + (testLabels.map { " test_labels=\($0)" } ?? "")
    case .csv(let path, let target, let header, let task):
      "csv path=\(path) target=\(target) header=\(header) task=\(task.rawValue)"
    case .hdf5(let path, let features, let targets, let task):
      "hdf5 path=\(path) features=\(features) targets=\(targets) task=\(task.rawValue)"
    case .twoGaussians(let samples, let mean, let deviation, let seed):
      "two_gaussians samples=\(samples) mean=\(mean) deviation=\(deviation) seed=\(seed)"
    case .spirals(let samples, let classes, let turns, let noise, let seed):
      "spirals samples=\(samples) classes=\(classes) turns=\(turns) noise=\(noise) seed=\(seed)"
    case .teacher(let samples, let features, let hidden, let outputs, let noise, let seed):
      "teacher samples=\(samples) features=\(features) hidden=\(hidden) outputs=\(outputs) noise=\(noise) seed=\(seed)"
    case .linearRegression(let samples, let features, let conditionNumber, let noise, let seed):
      "linear_regression samples=\(samples) features=\(features) condition_number=\(conditionNumber) noise=\(noise)"
        + " seed=\(seed)"
    }
  }
}
