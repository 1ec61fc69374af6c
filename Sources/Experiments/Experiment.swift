import Settings

/// A named set of trials and the rule that compares them.
public struct Experiment: Hashable, Sendable {
  /// Letters, digits, `.`, `_` and `-`: the name of the directory of results.
  public var name: String
  public var summary: String
  public var trials: TrialList
  public var selection: SelectionRule
  /// The experiment file as it was read; empty for an experiment made in code.
  public var sourceText = ""
  /// `key=value` overrides that were applied to it.
  public var overrides: [String] = []
  /// The directory that relative paths of data files are taken from.
  public var directory = "."
  /// What deserves a second look but is no error, one line each.
  public var warnings: [String] = []
  /// How it is to run under Slurm; no result depends on it.
  public var slurm = SlurmSettings()
  /// Where each batch size was written, for errors that only show once the data are known.
  var batchSizeOrigins: [BatchSize: Origin] = [:]
  /// The same of keys of `curvature`.
  var curvatureOrigins: [String: Origin] = [:]
  /// Where `network.image` was written, likewise.
  var imageOrigin: Origin?
  /// The same of each optimizer's first entry.
  var optimizerOrigins: [OptimizerKind: Origin] = [:]

  struct Origin: Hashable, Sendable {
    var location: ExperimentFileError.Location
    var key: String
  }

  public init(name: String, summary: String = "", trials: TrialList, selection: SelectionRule = .standard) {
    self.name = name
    self.summary = summary
    self.trials = trials
    self.selection = selection
  }
}

extension Experiment {
  /// Checks that the samples are images of the size the file gives.
  ///
  /// - Parameters:
  ///   - features: Features of a sample.
  ///   - shape: The shape of a sample in the data: images have two or three extents.
  /// - Throws: ``ExperimentFileError`` with the line of the image.
  public func validate(features: Int, shape: [Int] = []) throws(ExperimentFileError) {
    for image in trials.configurations.lazy.compactMap(\.trial.network.image) {
      guard image.count == features else {
        throw refusal(
          of: image, "\(image) is \(image.count) numbers, and a sample has \(features)",
          accepted: "height × width × channels = \(features)")
      }
      let extents = [image.height, image.width, image.channels]
      let given = shape.count == 2 ? shape + [1] : shape
      guard given.count != 3 || given == extents else {
        let size = shape.map(String.init).joined(separator: " × ")
        throw refusal(
          of: image, "\(image), and a sample of the data is \(size)",
          accepted: "[\(shape.map(String.init).joined(separator: ", "))]")
      }
    }
  }

  private func refusal(of image: ImageSize, _ reason: String, accepted: String) -> ExperimentFileError {
    ExperimentFileError(problems: [
      .init(
        location: imageOrigin?.location ?? .init(file: name), key: imageOrigin?.key ?? "network.image",
        value: "\(image)", reason: reason, accepted: accepted)
    ])
  }

  /// Checks what depends on the data: that no batch is larger than the training set, and that what optimizers keep in
  /// memory is not more than ``maximumOptimizerBytes``.
  ///
  /// - Parameters:
  ///   - features: Of a sample.
  ///   - outputs: Outputs of the network: classes, or columns of the targets.
  ///   - memory: The engine's answer to what it keeps.
  /// - Throws: ``ExperimentFileError`` with the line and key of each batch size and optimizer that does not fit.
  public func validate(
    trainingSamples: Int, features: Int, outputs: Int, memory: any EngineMemory
  ) throws(ExperimentFileError) {
    let problems = oversizedBatches(trainingSamples) + oversizedMatrices(features, outputs, memory)
    if !problems.isEmpty { throw ExperimentFileError(problems: problems) }
  }

  /// What one trial's optimizer may keep: 1 GiB.
  public static let maximumOptimizerBytes = 1 << 30

  private func oversizedBatches(_ trainingSamples: Int) -> [ExperimentFileError.Problem] {
    var tooLarge: [Int] = []
    for (trial, _) in trials.configurations {
      guard case .samples(let size) = trial.batchSize, size > trainingSamples, !tooLarge.contains(size) else {
        continue
      }
      tooLarge.append(size)
    }
    return tooLarge.map { size in
      let origin = batchSizeOrigins[.samples(size)]
      return ExperimentFileError.Problem(
        location: origin?.location ?? .init(file: name), key: origin?.key ?? "grid.batch_size", value: "\(size)",
        reason: "\(size) is larger than the training set of \(trainingSamples) samples",
        accepted: "a whole number from 1 to \(trainingSamples), or full")
    }
  }

  /// One problem for each kind of optimizer, that of its largest network.
  private func oversizedMatrices(
    _ features: Int, _ outputs: Int, _ memory: any EngineMemory
  ) -> [ExperimentFileError.Problem] {
    var largest: [OptimizerKind: (order: Int, parameters: Int, share: Double)] = [:]
    for (trial, _) in trials.configurations where trial.optimizer.kind.type.isBatchMethod {
      let share = memory.kept(by: trial.optimizer, trial.precision).bytesPerSquareParameter
      let size = trial.size(inputs: features, outputs: outputs).parameters
      guard Double(size) * Double(size) * share > Double(Self.maximumOptimizerBytes) else { continue }
      let known = largest[trial.optimizer.kind]
      if size > known?.parameters ?? 0 { largest[trial.optimizer.kind] = (known?.order ?? largest.count, size, share) }
    }
    return largest.sorted { $0.value.order < $1.value.order }.map { kind, found in
      let (size, share) = (found.parameters, found.share)
      let limit = Int((Double(Self.maximumOptimizerBytes) / share).squareRoot())
      let gigabytes = Double(size) * Double(size) * share / Double(1 << 30)
      let shown = (gigabytes * 10).rounded() / 10
      let origin = optimizerOrigins[kind]
      return ExperimentFileError.Problem(
        location: origin?.location ?? .init(file: name), key: origin?.key ?? "grid.optimizer", value: kind.name,
        reason: "\(kind.name) keeps matrices of \(size) × \(size) parameters, \(shown) GiB a trial",
        accepted: "up to 1 GiB, which is \(limit) parameters, or truncated_newton, conjugate_gradient, lbfgs,"
          + " which keep no matrix")
    }
  }
}

extension Experiment {
  /// Checks of the probes what depends on the data: that there are so many samples, and few enough parameters.
  ///
  /// - Throws: ``ExperimentFileError`` with the line and key.
  public func validateCurvature(
    trainingSamples: Int, validationSamples: Int, inputs: Int, outputs: Int
  ) throws(ExperimentFileError) {
    guard let curvature = trials.first?.curvature else { return }
    var problems: [ExperimentFileError.Problem] = []
    func report(_ key: String, _ value: String, _ reason: String, accepted: String) {
      let origin = curvatureOrigins[key]
      problems.append(
        .init(
          location: origin?.location ?? .init(file: name), key: origin?.key ?? "curvature.\(key)", value: value,
          reason: reason, accepted: accepted))
    }
    let available = curvature.part == .training ? trainingSamples : validationSamples
    if let samples = curvature.samples, samples > available {
      report(
        "samples", "\(samples)", "\(samples) is larger than the \(curvature.part.rawValue) set of \(available) samples",
        accepted: "a whole number from 1 to \(available), or no such key for all of them")
    } else if available == 0 {
      report("data", curvature.part.rawValue, "the \(curvature.part.rawValue) set is empty", accepted: "training")
    }
    let largest =
      trials.configurations.lazy.map { $0.trial.size(inputs: inputs, outputs: outputs).parameters }.max() ?? 0
    if curvature.fullSpectrum, largest > CurvatureSpecification.fullSpectrumLimit {
      report(
        "full_spectrum", "true", "a network has \(largest) parameters",
        accepted: "true for networks of at most \(CurvatureSpecification.fullSpectrumLimit) parameters, or false")
    }
    if !problems.isEmpty { throw ExperimentFileError(problems: problems) }
  }
}
