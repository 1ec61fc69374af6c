import Datasets
import Experiments
import Kernels
import Learning

/// The data of an experiment, split, scaled and laid out once for all of its trials: immutable, shared by the workers.
public struct SampleLibrary: Sendable {
  /// A hash of every source's content, in the order in which trials name them: 32 hexadecimal digits for one source.
  public let contentHash: String
  /// What reading and preparing the data took at the most, in bytes, as `--memory` counts it: with so much they are read.
  public private(set) var readingBytes = 0
  var float: [Source: SplitSamples<Float>] = [:]
  var double: [Source: SplitSamples<Double>] = [:]
  private var problems: [ProblemSpecification: PreparedProblem] = [:]
  private var shapes: [Source: [Int]] = [:]
  private let engines = EnginePool()

  enum Source: Hashable {
    case data(DataSpecification)
    case problem(ProblemSpecification)

    init(_ trial: Trial) { self = trial.problem.map { .problem($0) } ?? .data(trial.data) }
  }

  /// Loads and prepares whatever the trials train on.
  ///
  /// - Parameters:
  ///   - directory: Where relative paths of data files start.
  ///   - memory: What reading a data file may take.
  /// - Throws: `DatasetError`.
  public init(for trials: TrialList, directory: String = ".", within memory: MemoryLimit = .halfOfMachine) throws {
    var sources: [DataSource: RawDataset] = [:]
    var hashes: [String] = []
    let layouts = Self.layouts(of: trials)
    for (trial, _) in trials.configurations {
      let data = trial.data
      let key = Source(trial)
      guard trial.precision == .float ? float[key] == nil : double[key] == nil else { continue }
      if let specification = trial.problem {
        let problem = problems[specification] ?? PreparedProblem(specification)
        problems[specification] = problem
        // All that a problem is stands in its trials' identities.
        hashes = [TrialIdentity(hashing: "problem").description]
        switch trial.precision {
        case .float: float[key] = problem.samples(as: Float.self)
        case .double: double[key] = problem.samples(as: Double.self)
        }
        continue
      }
      let raw: RawDataset
      if let known = sources[data.source] {
        raw = known
      } else {
        var limit = memory
        limit.preparedBytes = layouts[data.source, default: []].reduce(0) { $0 + $1.bytesPerNumber }
        limit.taken = readingBytes
        raw = try DataLoader.load(data.source.resolvingPaths(in: directory), within: limit)
        readingBytes += raw.readingBytes(preparedBytes: limit.preparedBytes)
        sources[data.source] = raw
        hashes.append(raw.contentHash)
      }
      shapes[key] = raw.featureShape
      if trial.loss.lossPart.targets == .shares { try raw.requireShares() }
      switch trial.precision {
      case .float: float[key] = try raw.prepare(data, as: Float.self)
      case .double: double[key] = try raw.prepare(data, as: Double.self)
      }
    }
    contentHash = hashes.joined(separator: " ")
  }

  private struct Layout: Hashable {
    var source: Source
    var precision: Precision

    var bytesPerNumber: Int { precision == .float ? 4 : 8 }
  }

  /// How each source is prepared: by split, scaling and precision.
  private static func layouts(of trials: TrialList) -> [DataSource: Set<Layout>] {
    var layouts: [DataSource: Set<Layout>] = [:]
    for (trial, _) in trials.configurations where trial.problem == nil {
      layouts[trial.data.source, default: []].insert(Layout(source: Source(trial), precision: trial.precision))
    }
    return layouts
  }

  /// What the data take while trials train, the test share included, in bytes: each layout by itself.
  public var bytes: Double {
    float.values.reduce(0) { $0 + $1.bytes } + double.values.reduce(0) { $0 + $1.bytes }
  }

  /// The shape of a sample as the data file has it, such as `[28, 28]`; empty for a problem.
  public func shape(for trial: Trial) -> [Int] { shapes[Source(trial)] ?? [] }

  /// Samples and features of what a trial trains on.
  public func size(for trial: Trial) -> DataSize {
    switch trial.precision {
    case .float: DataSize(samples(float, trial))
    case .double: DataSize(samples(double, trial))
    }
  }

  /// Runs a trial whose data the library holds.
  public func run(_ run: TrialRun, shouldStop: () -> Bool) -> TrialRecord? {
    switch run.trial.precision {
    case .float: train(run, samples(float, run.trial), shouldStop)
    case .double: train(run, samples(double, run.trial), shouldStop)
    }
  }

  /// Gives up the engines that wait for further trials.
  func releaseEngines() { engines.release() }

  private func train<S: Scalar>(
    _ run: TrialRun, _ samples: SplitSamples<S>, _ shouldStop: () -> Bool
  ) -> TrialRecord? {
    run.run(on: samples, problem: problem(of: run.trial), engines: engines, shouldStop: shouldStop)
  }

  /// Looks at the test share: for the winner only.
  ///
  /// - Parameter stored: The weights that the run left.
  public func testEvaluation(_ run: TrialRun, stored: Weights) -> TestEvaluation.Run {
    let evaluation =
      switch run.trial.precision {
      case .float: run.testEvaluation(on: samples(float, run.trial), stored: stored)
      case .double: run.testEvaluation(on: samples(double, run.trial), stored: stored)
      }
    var result = TestEvaluation.Run(
      identity: run.trial.identity.description, loss: evaluation.loss,
      accuracy: evaluation.accuracy.isFinite ? evaluation.accuracy : nil)
    result.samples = size(for: run.trial).test
    result.lossVariance = evaluation.lossVariance
    return result
  }

  func problem(of trial: Trial) -> PreparedProblem? { trial.problem.flatMap { problems[$0] } }

  func samples<S>(_ table: [Source: SplitSamples<S>], _ trial: Trial) -> SplitSamples<S> {
    guard let samples = table[Source(trial)] else { preconditionFailure("the library was not made for this trial") }
    return samples
  }
}

/// How large a prepared data set is.
public struct DataSize: Hashable, Sendable {
  public var train: Int
  public var validation: Int
  public var test: Int
  public var features: Int
  public var outputs: Int

  init<S: Scalar>(_ samples: SplitSamples<S>) {
    train = samples.train.count
    validation = samples.validation.count
    test = samples.test.count
    features = samples.train.featureCount
    outputs = samples.train.outputCount
  }
}

extension SplitSamples {
  /// Of features and targets in all shares.
  fileprivate var bytes: Double {
    [train, validation, test].reduce(0) { sum, share in
      let targets =
        switch share.targets {
        case .classes(let labels, _): labels.count * MemoryLayout<Int32>.stride
        case .values(let values, _): values.count * MemoryLayout<S>.stride
        }
      return sum + Double(share.features.count * MemoryLayout<S>.stride + targets)
    }
  }
}
