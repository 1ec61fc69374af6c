import Experiments

/// A data set as it was read or generated: not yet split, scaled or converted.
public struct RawDataset: Sendable {
  /// The samples to split: all of them, or the training file where the source has a test set of its own.
  public let samples: RawSamples
  /// The source's own test set.
  public let test: RawSamples?
  /// Shape of one sample, such as `[28, 28]`; its product is the number of columns.
  public let featureShape: [Int]
  /// 32 hexadecimal digits: FNV-1a of shapes, features, targets and class names, the test set included.
  ///
  /// It is a function of the content: compression and file names do not change it.
  public let contentHash: String

  /// - Throws: ``DatasetError`` if shapes, targets and the test set do not fit each other.
  init(samples: RawSamples, test: RawSamples? = nil, featureShape: [Int]) throws {
    try samples.validate(shape: featureShape)
    try test?.validate(shape: featureShape)
    if let test, !test.targets.isCompatible(with: samples.targets) {
      throw DatasetError(.mismatch, "the test set's targets are not of the training set's kind")
    }
    self.samples = samples
    self.test = test
    self.featureShape = featureShape
    contentHash = ContentHash.of(samples, test, featureShape)
  }

  public var columns: Int { featureShape.reduce(1, *) }

  /// What reading and preparing it takes at the most, as ``MemoryLimit`` counts it, in bytes: with this limit it is read.
  ///
  /// - Parameter preparedBytes: Bytes of a number in all layouts that it is prepared in.
  public func readingBytes(preparedBytes: Int) -> Int {
    [samples, test].compactMap { $0 }.reduce(0) { $0 + $1.readingBytes(preparedBytes: preparedBytes) }
  }

  /// Checks that regression targets are shares, as the binary cross-entropy needs: it has no lower bound otherwise.
  ///
  /// - Throws: ``DatasetError`` with the file, the column or data set, the sample and the target, and in text with its line
  ///   and column.
  public func requireShares() throws {
    for part in [samples, test].compactMap({ $0 }) {
      guard case .values(let values, _) = part.targets,
        let index = values.firstIndex(where: { !(0...1).contains($0) })
      else { continue }
      throw part.error(
        ofTarget: index,
        "is \(values[index]), and binary_cross_entropy needs targets from 0 to 1; accepted: such targets, or"
          + " loss: squared_error")
    }
  }
}

/// Feature rows and targets in compact storage.
public struct RawSamples: Sendable {
  public let rows: Int
  public let features: RawFeatures
  public let targets: RawTargets
  /// Where in a text each sample's target stands; empty for other sources, and for classes.
  var targetPlaces: [TextPlace] = []
  /// Bytes a feature that the list of them took at the most while it grew; 0 where its length was known before.
  var growthBytes = 0
  var origin = SampleOrigin()
}

/// What samples are called where they come from, for messages about them.
struct SampleOrigin: Sendable {
  /// The file; nil for one that needs none.
  var path: String?
  /// The features one by one, such as `column 2, "height"`; empty where they have no names of their own.
  var features: [String] = []
  /// What the features stand in together, such as an HDF5 data set; nil where they have names or none are known.
  var featureSet: String?
  /// What the targets stand in, such as `column 3, "price"`.
  var targets: String?

  /// A feature as a message names it.
  func name(ofFeature index: Int) -> String {
    if features.indices.contains(index) { return features[index] }
    return "feature \(index)" + (featureSet.map { " of \($0)" } ?? "")
  }
}

extension RawSamples {
  /// An error about one number of the regression targets, by its position among them.
  func error(ofTarget index: Int, _ message: String) -> DatasetError {
    guard case .values(_, let columns) = targets else { preconditionFailure("classes are no numbers") }
    let output = columns > 1 ? ", output \(index % columns + 1)" : ""
    let name = origin.targets.map { " in \($0)" } ?? ""
    return DatasetError(
      .badValue, path: origin.path, at: targetPlaces.isEmpty ? nil : targetPlaces[index / columns].place,
      "the target of sample \(index / columns + 1)\(output)\(name) \(message)")
  }
}

/// Line and column of a text, both from 1, in little memory: there is one a sample.
struct TextPlace: Sendable {
  private let line: UInt32
  private let column: UInt32

  init(line: Int, column: Int) {
    self.line = UInt32(clamping: line)
    self.column = UInt32(clamping: column)
  }

  var place: DatasetError.Place { .text(line: Int(line), column: Int(column)) }
}

/// `rows` × columns values, row-major.
public enum RawFeatures: Sendable {
  case bytes([UInt8])
  case doubles([Double])

  public var count: Int {
    switch self {
    case .bytes(let values): values.count
    case .doubles(let values): values.count
    }
  }

  /// As they were read.
  var bytesPerNumber: Int {
    switch self {
    case .bytes: 1
    case .doubles: 8
    }
  }
}

extension RawSamples {
  fileprivate func readingBytes(preparedBytes: Int) -> Int {
    features.count * max(features.bytesPerNumber + preparedBytes, growthBytes) + targetBytes(preparedBytes)
  }

  /// Classes take four bytes in either form, as they are read they are integers of eight; values take as much as features.
  private func targetBytes(_ preparedBytes: Int) -> Int {
    switch targets {
    case .classes(let labels, _): labels.count * max(16, 4 + preparedBytes)
    case .values(let values, _): values.count * (8 + preparedBytes) + targetPlaces.count * 8
    }
  }
}

public enum RawTargets: Sendable, Equatable {
  /// Class of each sample, an index into `names`.
  case classes([Int32], names: [String])
  /// `rows` × `columns` values, row-major.
  case values([Double], columns: Int)

  func isCompatible(with other: RawTargets) -> Bool {
    switch (self, other) {
    case (.classes(_, let names), .classes(_, let otherNames)): names == otherNames
    case (.values(_, let columns), .values(_, let otherColumns)): columns == otherColumns
    default: false
    }
  }
}

extension RawSamples {
  fileprivate func validate(shape: [Int]) throws {
    guard rows > 0, shape.allSatisfy({ $0 > 0 }), !shape.isEmpty else {
      throw DatasetError(.badSize, "the data set is empty: \(rows) samples of shape \(shape)")
    }
    let targetRows =
      switch targets {
      case .classes(let labels, _): labels.count
      case .values(let values, let columns): columns > 0 ? values.count / columns : 0
      }
    guard features.count == rows * shape.reduce(1, *), targetRows == rows else {
      throw DatasetError(
        .mismatch, "\(rows) samples of shape \(shape), but \(features.count) feature values and \(targetRows) targets")
    }
  }
}

enum ContentHash {
  static func of(_ samples: RawSamples, _ test: RawSamples?, _ shape: [Int]) -> String {
    var hash = FNV1a()
    hash.update("shape=\(shape)\n".utf8)
    add(samples, to: &hash)
    if let test {
      hash.update("test\n".utf8)
      add(test, to: &hash)
    }
    return TrialIdentity(high: hash.high, low: hash.low).description
  }

  /// Numbers enter as their little-endian bytes, lists after their length.
  private static func add(_ samples: RawSamples, to hash: inout FNV1a) {
    switch samples.features {
    case .bytes(let values):
      hash.update("bytes=\(values.count)\n".utf8)
      hash.update(values)
    case .doubles(let values):
      hash.update("doubles=\(values.count)\n".utf8)
      add(values, to: &hash)
    }
    switch samples.targets {
    case .classes(let labels, let names):
      hash.update("classes=\(labels.count) names=\(names.count)\n".utf8)
      labels.withUnsafeBytes { hash.update($0) }
      for name in names { hash.update("\(name.utf8.count):\(name)\n".utf8) }
    case .values(let values, let columns):
      hash.update("values=\(values.count) columns=\(columns)\n".utf8)
      add(values, to: &hash)
    }
  }

  private static func add(_ values: [Double], to hash: inout FNV1a) {
    values.withUnsafeBytes { hash.update($0) }
  }
}
