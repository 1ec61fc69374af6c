import Kernels

/// Feature rows and their targets, prepared for training: immutable, contiguous, shared between workers.
public struct Samples<S: Scalar>: Sendable {
  public let count: Int
  public let featureCount: Int
  /// `count` × `featureCount`, row-major.
  public let features: AlignedBuffer<S>
  public let targets: Targets

  public enum Targets: Sendable {
    /// Class of each sample, in 0..<classes.
    case classes([Int32], classes: Int)
    /// `count` × `columns` values, row-major.
    case values(AlignedBuffer<S>, columns: Int)
  }

  public init(count: Int, featureCount: Int, features: AlignedBuffer<S>, targets: Targets) {
    precondition(features.count == count * featureCount)
    switch targets {
    case .classes(let labels, let classes):
      precondition(labels.count == count && labels.allSatisfy { $0 >= 0 && $0 < classes })
    case .values(let values, let columns): precondition(values.count == count * columns)
    }
    self.count = count
    self.featureCount = featureCount
    self.features = features
    self.targets = targets
  }

  /// Outputs a network for these targets has.
  public var outputCount: Int {
    switch targets {
    case .classes(_, let classes): classes
    case .values(_, let columns): columns
    }
  }
}

/// The three shares of a data set.
public struct SplitSamples<S: Scalar>: Sendable {
  public let train: Samples<S>
  public let validation: Samples<S>
  public let test: Samples<S>

  public init(train: Samples<S>, validation: Samples<S>, test: Samples<S>) {
    self.train = train
    self.validation = validation
    self.test = test
  }
}
