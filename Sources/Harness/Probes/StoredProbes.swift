import Experiments
import Kernels
import Learning
import Settings
import Store

/// Measures the curvature at weights that a sweep's runs left, also of runs that its grid does not have any more.
public struct StoredProbes: Sendable {
  public let specification: CurvatureSpecification
  private let selection: SelectionRule
  private let trials: [TrialIdentity: Trial]
  private let library: SampleLibrary
  /// Whether the moments were asked for, or are whatever weights there are.
  private let namesMoments: Bool

  /// - Parameters:
  ///   - results: The sweep's results.
  ///   - runs: The runs to measure.
  ///   - settings: `key=value` of the section `curvature` of an experiment file. What they leave out is as in the
  ///     sweep's own.
  ///   - dataFolder: Where relative paths of data files start; nil for where they did for the sweep.
  ///   - parts: What the experiment may name.
  /// - Throws: `StoreError`, `ExperimentFileError`, `DatasetError`, ``ProbeRefusal``.
  public init(
    results: ResultReader, runs: [TrialRecord], settings: [String], dataFolder: String? = nil, parts: Parts
  ) throws {
    let manifest = results.manifest
    let file = results.isDirectory ? "\(results.path)/sweep.json" : results.path
    let overrides = manifest.overrides
    let keys = settings.map { $0.hasPrefix("curvature.") ? $0 : "curvature.\($0)" }
    let experiment = try ExperimentFile.parse(
      text: manifest.experimentText, file: file, overrides: overrides, parts: parts)
    var probed = try ExperimentFile.parse(
      text: manifest.experimentText, file: file, overrides: overrides + keys, parts: parts)
    var specification = probed.trials[0].curvature ?? CurvatureSpecification()
    if keys.contains(where: { $0.hasPrefix("curvature.every=") }) {
      throw ProbeRefusal(reason: "every: weights between the start, the best and the final epoch are not kept")
    }
    specification.every = nil
    namesMoments = keys.contains { $0.hasPrefix("curvature.at=") }
    if !namesMoments { specification.moments = [.start, .best, .final] }
    self.specification = specification
    selection = experiment.selection
    let trials = try runs.map { run in
      guard let trial = Trial(run, like: experiment.trials[0], among: parts) else {
        throw ProbeRefusal(reason: "run \(run.identity.short) is not of the experiment that \(file) holds")
      }
      return trial
    }
    self.trials = Dictionary(trials.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
    library = try SampleLibrary(for: TrialList(trials), directory: dataFolder ?? manifest.folderOfData)
    guard library.contentHash == manifest.provenance.dataHash else {
      throw ProbeRefusal(reason: "the data differ from those that the sweep trained on")
    }
    guard let first = trials.first else { return }
    let size = library.size(for: first)
    probed.trials = TrialList(
      trials.map { trial in
        var trial = trial
        trial.curvature = specification
        return trial
      })
    try probed.validateCurvature(
      trainingSamples: size.train, validationSamples: size.validation, inputs: size.features, outputs: size.outputs)
  }

  /// What is asked of a run, in canonical form.
  public func question(of record: TrialRecord) throws -> String {
    var specification = specification
    specification.moments = try vectors(of: record).reduce([]) { $0.union($1.moments) }
    return specification.canonicalText
  }

  /// Whether the run computed in Double and its weights were rounded to Float, as earlier versions did.
  public func areRounded(_ record: TrialRecord) -> Bool {
    trials[record.identity]?.precision == .double && record.weights.precision == .float
  }

  /// - Parameter record: One of the runs that this was made for.
  /// - Throws: ``ProbeRefusal`` where weights were not kept.
  public func measure(_ record: TrialRecord) throws -> [CurvatureMeasurement] {
    guard let trial = trials[record.identity] else { preconditionFailure("another run") }
    let run = TrialRun(trial, selection: selection, keeping: .none)
    let firstRate = run.firstRate(trainingSamples: library.size(for: trial).train)
    return try vectors(of: record).map { vector in
      library.curvature(
        run, specification, at: vector.weights, epoch: vector.epoch, moments: vector.moments,
        learningRate: vector.epoch == 0 ? firstRate : record.trace.learningRate[vector.epoch])
    }
  }

  private struct Vector {
    var moments: CurvatureMoments
    var epoch: Int
    var weights: WeightVector
  }

  /// The weights of the moments asked for, those of one epoch once.
  private func vectors(of record: TrialRecord) throws -> [Vector] {
    let last = record.trace.count - 1
    var kept: [(moment: CurvatureMoments, epoch: Int, weights: WeightVector)] = [
      (.start, 0, record.weights.initial), (.best, record.bestEpoch ?? 0, record.weights.best),
      (.final, last, record.weights.final),
    ]
    // What the run ended with is kept as well where its last epoch is its best one.
    if record.weights.final.isEmpty, record.bestEpoch == last, record.outcome.isRankable {
      kept[2].weights = record.weights.best
    }
    let missing = kept.filter { specification.moments.contains($0.moment) && $0.weights.isEmpty }
    kept.removeAll { $0.weights.isEmpty }
    guard !kept.isEmpty, !namesMoments || missing.isEmpty else {
      let names = missing.flatMap(\.moment.names).joined(separator: " and ")
      let accepted = kept.flatMap(\.moment.names).joined(separator: ", ")
      throw ProbeRefusal(
        reason: "run \(record.identity.short) kept no weights"
          + (namesMoments ? " of \(names); accepted: \(accepted.isEmpty ? "none" : accepted)." : ".")
          + " sweep run --weights all keeps those of the start, the best and the final epoch")
    }
    var vectors: [Vector] = []
    for (moment, epoch, weights) in kept where specification.moments.contains(moment) {
      // The final weights of a run that diverged are those of the step that failed, no epoch's.
      let isOfEpoch = moment != .final || record.outcome.isRankable
      if isOfEpoch, let same = vectors.firstIndex(where: { $0.epoch == epoch }) {
        vectors[same].moments.insert(moment)
      } else {
        vectors.append(Vector(moments: moment, epoch: epoch, weights: weights))
      }
    }
    return vectors
  }
}

/// Why stored runs cannot be probed.
public struct ProbeRefusal: Error, CustomStringConvertible {
  public var reason: String
  public var description: String { reason }
}

extension SampleLibrary {
  /// The curvature at given weights of a trial whose data the library holds.
  func curvature(
    _ run: TrialRun, _ specification: CurvatureSpecification, at weights: WeightVector, epoch: Int,
    moments: CurvatureMoments, learningRate: Double
  ) -> CurvatureMeasurement {
    func measure<S: Scalar>(_ samples: SplitSamples<S>) -> CurvatureMeasurement {
      let meter =
        problem(of: run.trial).map { CurvatureMeter(specification, $0.function, samples) }
        ?? CurvatureMeter(specification, run.engine(for: samples), samples)
      return run.ofOptimizer(meter).measure(
        at: AlignedBuffer(weights), epoch: epoch, moments: moments, learningRate: learningRate)
    }
    return switch run.trial.precision {
    case .float: measure(samples(float, run.trial))
    case .double: measure(samples(double, run.trial))
    }
  }
}
