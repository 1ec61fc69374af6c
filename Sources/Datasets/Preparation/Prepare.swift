import Experiments
import Kernels
import Learning

extension RawDataset {
  /// Splits the samples, scales the features by the training share, and lays each share out for training.
  ///
  /// Samples keep the source's order within each share. Regression targets are not scaled. Where the source has a test
  /// set of its own, that is `test`.
  /// - Throws: ``DatasetError`` for a split that cannot be cut and for values that are too large for `S`.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func prepare<S: Scalar>(_ specification: DataSpecification, as: S.Type) throws -> SplitSamples<S> {
    let indices = try split(specification.split)
    let scaling = try scaling(specification.standardization, train: indices.train)
    let testRows = test.map { Array(0..<Int32($0.rows)) }
    return SplitSamples(
      train: try share(samples, indices.train, scaling, name: "train"),
      validation: try share(samples, indices.validation, scaling, name: "validation"),
      test: try share(test ?? samples, testRows ?? indices.test, scaling, name: "test"))
  }

  @inline(__always)
  private func share<S: Scalar>(
    _ source: RawSamples, _ rows: [Int32], _ scaling: FeatureScaling, name: String
  ) throws -> Samples<S> {
    let features = AlignedBuffer<S>(count: rows.count * columns)
    let isFinite =
      switch source.features {
      case .bytes(let values): scale(values, rows, scaling, into: features.pointer)
      case .doubles(let values): scale(values, rows, scaling, into: features.pointer)
      }
    guard isFinite else { throw overflow(in: features, of: source, rows, name: name) }
    return Samples(
      count: rows.count, featureCount: columns, features: features, targets: try selected(source, rows))
  }

  /// Names the first number that scaling made too large.
  private func overflow<S: Scalar>(
    in features: AlignedBuffer<S>, of source: RawSamples, _ rows: [Int32], name: String
  ) -> DatasetError {
    let index = (0..<features.count).first { !features[$0].isFinite } ?? 0
    return DatasetError(
      .badValue, path: source.origin.path,
      "\(source.origin.name(ofFeature: index % columns)) of sample \(rows[index / columns] + 1), in the \(name) share, is"
        + " too large for \(S.self) once it is scaled")
  }

  @inline(__always)
  private func selected<S: Scalar>(_ source: RawSamples, _ rows: [Int32]) throws -> Samples<S>.Targets {
    switch source.targets {
    case .classes(let labels, let names):
      return .classes(rows.map { labels[Int($0)] }, classes: names.count)
    case .values(let values, let columns):
      let selected = AlignedBuffer<S>(count: rows.count * columns)
      for (position, row) in rows.enumerated() {
        for column in 0..<columns {
          let index = Int(row) * columns + column
          let value = S(values[index])
          guard value.isFinite else {
            throw source.error(ofTarget: index, "is \(values[index]), which is too large for \(S.self)")
          }
          selected.pointer[position * columns + column] = value
        }
      }
      return .values(selected, columns: columns)
    }
  }
}

/// Scales the given rows into `output`, row after row; false where a result is not finite in `S`.
@inline(__always)
private func scale<Value: ScalableValue, S: Scalar>(
  _ values: [Value], _ rows: [Int32], _ scaling: FeatureScaling, into output: UnsafeMutablePointer<S>
) -> Bool {
  let columns = scaling.offset.count
  var isFinite = true
  values.withUnsafeBufferPointer { values in
    scaling.offset.withUnsafeBufferPointer { offset in
      scaling.scale.withUnsafeBufferPointer { scale in
        for (position, row) in rows.enumerated() {
          let source = values.baseAddress! + Int(row) * columns
          let target = output + position * columns
          for column in 0..<columns {
            let scaled = (source[column].asDouble - offset[column]) / scale[column]
            target[column] = scale[column] == 0 ? 0 : S(scaled)
          }
          if Value.mayOverflow { isFinite = isFinite && (0..<columns).allSatisfy { target[$0].isFinite } }
        }
      }
    }
  }
  return isFinite
}

/// What features are stored as.
private protocol ScalableValue {
  var asDouble: Double { get }
  /// Whether a value may not be finite once it is scaled and converted.
  static var mayOverflow: Bool { get }
}

extension UInt8: ScalableValue {
  fileprivate var asDouble: Double { Double(self) }
  fileprivate static var mayOverflow: Bool { false }
}

extension Double: ScalableValue {
  fileprivate var asDouble: Double { self }
  fileprivate static var mayOverflow: Bool { true }
}
