/// A named set of trials and the rule that compares them.
public struct Experiment: Hashable, Sendable {
  /// Letters, digits, `.`, `_` and `-`: the name of the directory of results.
  public var name: String
  public var summary: String
  public var trials: [Trial]
  public var selection: SelectionRule
  /// The experiment file as it was read; empty for an experiment made in code.
  public var sourceText = ""
  /// `key=value` overrides that were applied to it.
  public var overrides: [String] = []
  /// The directory that relative paths of data files are taken from.
  public var directory = "."
  /// What deserves a second look but is no error, one line each.
  public var warnings: [String] = []
  /// Where each batch size was written, for errors that only show once the data are known.
  var batchSizeOrigins: [BatchSize: Origin] = [:]
  /// The same of keys of `curvature`.
  var curvatureOrigins: [String: Origin] = [:]
  /// Where `network.image` was written, likewise.
  var imageOrigin: Origin?

  struct Origin: Hashable, Sendable {
    var location: ExperimentFileError.Location
    var key: String
  }

  public init(name: String, summary: String = "", trials: [Trial], selection: SelectionRule = .standard) {
    self.name = name
    self.summary = summary
    self.trials = trials
    self.selection = selection
  }
}

extension Experiment {
  /// Checks that the samples are images of the size the file gives.
  ///
  /// - Parameter features: Features of a sample.
  /// - Throws: ``ExperimentFileError`` with the line of the image.
  public func validate(features: Int) throws(ExperimentFileError) {
    guard let image = trials.lazy.compactMap(\.network.image).first(where: { $0.count != features }) else { return }
    throw ExperimentFileError(problems: [
      .init(
        location: imageOrigin?.location ?? .init(file: name), key: imageOrigin?.key ?? "network.image",
        value: "\(image)", reason: "\(image) is \(image.count) numbers, and a sample has \(features)",
        accepted: "height × width × channels = \(features)")
    ])
  }

  /// Checks what depends on the data: that no batch is larger than the training set.
  ///
  /// - Throws: ``ExperimentFileError`` with the line and key of each batch size that is.
  public func validate(trainingSamples: Int) throws(ExperimentFileError) {
    var tooLarge: [Int] = []
    for trial in trials {
      guard case .samples(let size) = trial.batchSize, size > trainingSamples, !tooLarge.contains(size) else {
        continue
      }
      tooLarge.append(size)
    }
    guard !tooLarge.isEmpty else { return }
    let problems = tooLarge.map { size in
      let origin = batchSizeOrigins[.samples(size)]
      return ExperimentFileError.Problem(
        location: origin?.location ?? .init(file: name), key: origin?.key ?? "grid.batch_size", value: "\(size)",
        reason: "\(size) is larger than the training set of \(trainingSamples) samples",
        accepted: "a whole number from 1 to \(trainingSamples), or full")
    }
    throw ExperimentFileError(problems: problems)
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
    let largest = trials.map { NetworkSize($0.network, inputs: inputs, outputs: outputs).parameters }.max() ?? 0
    if curvature.fullSpectrum, largest > CurvatureSpecification.fullSpectrumLimit {
      report(
        "full_spectrum", "true", "a network has \(largest) parameters",
        accepted: "true for networks of at most \(CurvatureSpecification.fullSpectrumLimit) parameters, or false")
    }
    if !problems.isEmpty { throw ExperimentFileError(problems: problems) }
  }
}
