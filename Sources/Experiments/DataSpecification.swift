/// Where samples come from and how they are split and scaled.
public struct DataSpecification: Hashable, Sendable {
  public var source: DataSource
  public var standardization: Standardization
  public var split: SplitSpecification

  public init(
    source: DataSource, standardization: Standardization = .standardize, split: SplitSpecification = .init()
  ) {
    self.source = source
    self.standardization = standardization
    self.split = split
  }
}

public enum DataSource: Hashable, Sendable {
  /// The 1,797 8×8 handwritten digits of the UCI optical recognition set, embedded.
  case digits
  /// IDX files, gzipped or not. A separate test set is optional: without it the test share is split off.
  case idx(images: String, labels: String, testImages: String?, testLabels: String?)
  /// A CSV file. `target` is a column's name, or its index from 0 where there is no header; classes may be text.
  case csv(path: String, target: String, header: Bool, task: Task)
  /// Two HDF5 data sets in one file: features (samples × …) and targets (samples, or samples × outputs).
  case hdf5(path: String, features: String, targets: String, task: Task)
  /// Two Gaussian classes in the plane, means ±(0.4, 0.8) by default ("Efficient BackProp", section 5).
  case twoGaussians(samples: Int, mean: [Double], deviation: Double, seed: UInt64)
  /// Interleaved spirals in the plane, one a class.
  case spirals(samples: Int, classes: Int, turns: Double, noise: Double, seed: UInt64)
  /// Targets of a random network on Gaussian inputs.
  case teacher(samples: Int, features: Int, hidden: [Int], outputs: Int, noise: Double, seed: UInt64)
  /// y = Xw + noise where XᵀX/N has exactly the given condition number.
  case linearRegression(samples: Int, features: Int, conditionNumber: Double, noise: Double, seed: UInt64)

  /// What targets mean.
  public enum Task: String, Hashable, Sendable, CaseIterable, Codable {
    case classification
    case regression
  }
}

public enum Standardization: String, Hashable, Sendable, CaseIterable, Codable {
  case none
  /// Each feature to mean 0 and standard deviation 1 by the training data; a constant feature becomes 0.
  case standardize
  /// Every feature by one factor, so that the largest magnitude in the training data is 1 (pixels: x/255).
  case unit
}

/// Shares of the samples, and the seed that says which. Given in full so that no share is implied.
public struct SplitSpecification: Hashable, Sendable {
  public var train: Double
  public var validation: Double
  public var test: Double
  public var seed: UInt64
  /// Whether each class is split in the same shares (classification only).
  public var stratified: Bool

  public init(
    train: Double = 0.6, validation: Double = 0.2, test: Double = 0.2, seed: UInt64 = 0, stratified: Bool = true
  ) {
    self.train = train
    self.validation = validation
    self.test = test
    self.seed = seed
    self.stratified = stratified
  }
}

extension DataSource {
  /// What the targets mean, which is known without the data.
  public var task: Task {
    switch self {
    case .digits, .idx, .twoGaussians, .spirals: .classification
    case .csv(_, _, _, let task), .hdf5(_, _, _, let task): task
    case .teacher, .linearRegression: .regression
    }
  }

  /// Whether targets are numbers without bounds, which is known without the data.
  var hasUnboundedTargets: Bool {
    switch self {
    case .teacher, .linearRegression: true
    default: false
    }
  }

  /// Whether the source brings a test set of its own, so that none is split off.
  public var hasTestSet: Bool {
    if case .idx(_, _, _?, _?) = self { return true }
    return false
  }

  /// The source with each relative path taken from `directory`, for opening. Trials keep the paths as written, so that
  /// their identity does not depend on where the experiment lies.
  public func resolvingPaths(in directory: String) -> DataSource {
    func resolve(_ path: String) -> String {
      path.hasPrefix("/") || directory.isEmpty || directory == "." ? path : "\(directory)/\(path)"
    }
    switch self {
    case .idx(let images, let labels, let testImages, let testLabels):
      return .idx(
        images: resolve(images), labels: resolve(labels), testImages: testImages.map(resolve),
        testLabels: testLabels.map(resolve))
    case .csv(let path, let target, let header, let task):
      return .csv(path: resolve(path), target: target, header: header, task: task)
    case .hdf5(let path, let features, let targets, let task):
      return .hdf5(path: resolve(path), features: features, targets: targets, task: task)
    case .digits, .twoGaussians, .spirals, .teacher, .linearRegression: return self
    }
  }
}
