import Experiments

/// x′ = (x − offset)/scale, feature by feature, from the training share alone. A scale of 0 stands for x′ = 0.
public struct FeatureScaling: Hashable, Sendable {
  public var offset: [Double]
  public var scale: [Double]
}

extension RawDataset {
  /// What scales each feature, from the samples with indices `train`.
  ///
  /// - `standardize`: offset the mean, scale the standard deviation (divisor N), in Double, summed in the samples' order.
  ///   Bytes are summed as integers, without rounding; other numbers in two passes, the variance with Chan's correction
  ///   (Chan, Golub, LeVeque, 1983, eq. 1.7). A constant feature has scale 0.
  /// - `unit`: scale the largest magnitude of all features; 1 if that is 0.
  /// - Throws: ``DatasetError``, which names the feature, where features are so large that a moment is not finite.
  public func scaling(_ standardization: Standardization, train: [Int32]) throws -> FeatureScaling {
    let zeros = [Double](repeating: 0, count: columns)
    switch standardization {
    case .none:
      return FeatureScaling(offset: zeros, scale: [Double](repeating: 1, count: columns))
    case .unit:
      let magnitude = largestMagnitude(train)
      return FeatureScaling(offset: zeros, scale: [Double](repeating: magnitude > 0 ? magnitude : 1, count: columns))
    case .standardize:
      let scaling =
        switch samples.features {
        case .bytes(let values): momentsOfBytes(values, rows: train, columns: columns)
        case .doubles(let values): momentsOfDoubles(values, rows: train, columns: columns)
        }
      if let column = (0..<columns).first(where: { !scaling.offset[$0].isFinite || !scaling.scale[$0].isFinite }) {
        throw DatasetError(
          .badValue, path: samples.origin.path,
          "\(samples.origin.name(ofFeature: column)) has values too large to standardise: their squares are not finite")
      }
      return scaling
    }
  }

  private func largestMagnitude(_ train: [Int32]) -> Double {
    switch samples.features {
    case .bytes(let values):
      var largest: UInt8 = 0
      forEachRow(values, train) { row in
        for value in row { largest = max(largest, value) }
      }
      return Double(largest)
    case .doubles(let values):
      var largest = 0.0
      forEachRow(values, train) { row in
        for value in row { largest = max(largest, value.magnitude) }
      }
      return largest
    }
  }

  @inline(__always)
  private func forEachRow<Value>(_ values: [Value], _ rows: [Int32], _ body: (UnsafeBufferPointer<Value>) -> Void) {
    values.withUnsafeBufferPointer { values in
      for row in rows { body(UnsafeBufferPointer(rebasing: values[Int(row) * columns..<(Int(row) + 1) * columns])) }
    }
  }
}

/// Mean and deviation from exact integer sums: variance = (N·Σx² − (Σx)²)/N².
private func momentsOfBytes(_ values: [UInt8], rows: [Int32], columns: Int) -> FeatureScaling {
  // A block of rows fits 32-bit sums: 2¹⁵·255² < 2³². Blocks are then added in 64 bits.
  let block = 1 << 15
  var sums = [UInt64](repeating: 0, count: columns)
  var squares = sums
  for start in stride(from: 0, to: rows.count, by: block) {
    var blockSums = [UInt32](repeating: 0, count: columns)
    var blockSquares = blockSums
    for row in rows[start..<min(start + block, rows.count)] {
      let base = Int(row) * columns
      values.withUnsafeBufferPointer { values in
        for column in 0..<columns {
          let value = UInt32(values[base + column])
          blockSums[column] &+= value
          blockSquares[column] &+= value &* value
        }
      }
    }
    for column in 0..<columns {
      sums[column] += UInt64(blockSums[column])
      squares[column] += UInt64(blockSquares[column])
    }
  }
  let count = UInt64(rows.count)
  return FeatureScaling(
    offset: sums.map { Double($0) / Double(count) },
    scale: zip(sums, squares).map { sum, square in
      // At most 2³¹ rows: N·Σx² < 2⁷⁸.
      let numerator = UInt128(count) * UInt128(square) - UInt128(sum) * UInt128(sum)
      return Double(numerator).squareRoot() / Double(count)
    })
}

private func momentsOfDoubles(_ values: [Double], rows: [Int32], columns: Int) -> FeatureScaling {
  let count = Double(rows.count)
  let first = Int(rows[0]) * columns
  var mean = [Double](repeating: 0, count: columns)
  var isConstant = [Bool](repeating: true, count: columns)
  for row in rows {
    let base = Int(row) * columns
    for column in 0..<columns {
      mean[column] += values[base + column]
      if values[base + column] != values[first + column] { isConstant[column] = false }
    }
  }
  for column in 0..<columns { mean[column] /= count }

  var squares = [Double](repeating: 0, count: columns)
  var residuals = squares
  for row in rows {
    let base = Int(row) * columns
    for column in 0..<columns {
      let difference = values[base + column] - mean[column]
      squares[column] += difference * difference
      residuals[column] += difference
    }
  }
  let scale = (0..<columns).map { column in
    isConstant[column]
      ? 0 : max(0, (squares[column] - residuals[column] * residuals[column] / count) / count).squareRoot()
  }
  return FeatureScaling(offset: mean, scale: scale)
}
