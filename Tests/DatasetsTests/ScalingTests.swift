import Experiments
import Kernels
import Learning
import Testing

@testable import Datasets

struct ScalingTests {
  @Test func standardizesAsScikitLearnDoes() throws {
    let expected = try Expected.load().scaling
    let dataset = try Self.regression(expected.values, columns: expected.columns)
    let scaling = try dataset.scaling(.standardize, train: Array(0..<37))
    #expect(largestError(scaling.offset, expected.mean) < 1e-15)
    // The second column lies 3 from 0 with a deviation of 1e-6: the mean's rounding shows.
    for (found, truth) in zip(scaling.scale, expected.deviation) { #expect((found - truth).magnitude <= 1e-13 * truth) }
    let scaled = zip(expected.values.indices, expected.values).map { index, value in
      let column = index % 5
      return scaling.scale[column] == 0 ? 0 : (value - scaling.offset[column]) / scaling.scale[column]
    }
    #expect(largestError(scaled, expected.scaled) < 1e-9)
    #expect(scaling.scale[4] == 0)
  }

  @Test(arguments: [false, true])
  func theTrainingShareHasMeanZeroAndDeviationOne(asBytes: Bool) throws {
    let dataset = try Self.noise(rows: 500, columns: 7, asBytes: asBytes)
    let train = try dataset.prepare(Self.specification(.standardize), as: Double.self).train
    for column in 0..<7 {
      let values = (0..<train.count).map { train.features[$0 * 7 + column] }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - mean * mean
      #expect(mean.magnitude < 1e-13)
      #expect((variance - 1).magnitude < 1e-13)
    }
  }

  /// More rows than one block of 32-bit sums holds, and sums of squares over 2³².
  @Test func byteMomentsAreExact() throws {
    let rows = 140_000
    let bytes = (0..<rows).flatMap { row -> [UInt8] in [row % 2 == 0 ? 255 : 254, 255] }
    let dataset = try RawDataset(
      samples: RawSamples(
        rows: rows, features: .bytes(bytes), targets: .values([Double](repeating: 0, count: rows), columns: 1)),
      featureShape: [2])
    let scaling = try dataset.scaling(.standardize, train: Array(0..<Int32(rows)))
    #expect(scaling.offset == [254.5, 255])
    #expect(scaling.scale == [0.5, 0])
  }

  @Test func otherSharesUseTheTrainingMoments() throws {
    let dataset = try Self.noise(rows: 100, columns: 3, asBytes: false)
    let specification = Self.specification(.standardize)
    let indices = try dataset.split(specification.split)
    let shares = try dataset.prepare(specification, as: Double.self)
    let raw = dataset.samples.doubles
    for column in 0..<3 {
      let train = indices.train.map { raw[Int($0) * 3 + column] }
      let mean = train.reduce(0, +) / Double(train.count)
      let deviation = (train.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(train.count)).squareRoot()
      for (share, rows) in [(shares.validation, indices.validation), (shares.test, indices.test)] {
        for (position, row) in rows.enumerated() {
          let expected = (raw[Int(row) * 3 + column] - mean) / deviation
          #expect((share.features[position * 3 + column] - expected).magnitude < 1e-12)
        }
      }
    }
  }

  /// Whatever stands in validation and test: not one bit of the training share changes.
  @Test(arguments: Standardization.allCases, [false, true])
  func nothingLeaksIntoTraining(_ standardization: Standardization, asBytes: Bool) throws {
    let dataset = try Self.noise(rows: 200, columns: 4, asBytes: asBytes)
    let specification = Self.specification(standardization)
    let held = try dataset.split(specification.split)
    var bytes = dataset.samples.bytes
    var doubles = dataset.samples.doubles
    for row in held.validation + held.test {
      for column in 0..<4 {
        let index = Int(row) * 4 + column
        if asBytes { bytes[index] = 255 } else { doubles[index] = 1e9 }
      }
    }
    let changed = try RawDataset(
      samples: RawSamples(
        rows: 200, features: asBytes ? .bytes(bytes) : .doubles(doubles), targets: dataset.samples.targets),
      featureShape: [4])
    let before = try dataset.prepare(specification, as: Float.self)
    let after = try changed.prepare(specification, as: Float.self)
    #expect(before.train.features.array == after.train.features.array)
    #expect(before.validation.features.array != after.validation.features.array)
  }

  @Test func constantFeaturesBecomeZeroEverywhere() throws {
    // Column 0 is constant in the training share alone.
    let specification = Self.specification(.standardize)
    let indices = try Self.regression([Double](repeating: 0, count: 20), columns: 1).split(specification.split)
    var values = (0..<20).flatMap { [0.1, Double($0)] }
    for row in indices.validation { values[Int(row) * 2] = 0.7 }
    let shares = try Self.regression(values, columns: 2).prepare(specification, as: Double.self)
    for share in [shares.train, shares.validation, shares.test] {
      #expect((0..<share.count).allSatisfy { share.features[$0 * 2] == 0 })
      #expect((0..<share.count).contains { share.features[$0 * 2 + 1] != 0 })
    }
  }

  @Test func unitIsOneFactorFromTraining() throws {
    let specification = Self.specification(.unit)
    let dataset = try Self.regression((0..<40).map { Double($0) - 25 }, columns: 2)
    let indices = try dataset.split(specification.split)
    let raw = dataset.samples.doubles
    let largest = indices.train.flatMap { [raw[Int($0) * 2].magnitude, raw[Int($0) * 2 + 1].magnitude] }.max()!
    let shares = try dataset.prepare(specification, as: Double.self)
    #expect(shares.train.features.array.map(\.magnitude).max() == 1)
    let expected = indices.validation.flatMap { [raw[Int($0) * 2] / largest, raw[Int($0) * 2 + 1] / largest] }
    #expect(shares.validation.features.array == expected)
    let zeros = try Self.regression([Double](repeating: 0, count: 40), columns: 2).prepare(
      specification, as: Float.self)
    #expect(zeros.train.features.array.allSatisfy { $0 == 0 })
  }

  @Test func floatIsDoubleRounded() throws {
    let digits = try DataLoader.load(.digits)
    for standardization in Standardization.allCases {
      let specification = Self.specification(standardization)
      let single = try digits.prepare(specification, as: Float.self)
      let double = try digits.prepare(specification, as: Double.self)
      #expect(single.test.features.array == double.test.features.array.map(Float.init))
    }
  }

  @Test func sharesCarryTheirOwnSamplesAndTargets() throws {
    let count = 60
    let values = (0..<count).flatMap { [Double($0), Double($0) + 0.5] }
    let dataset = try Self.regression(values, columns: 2)
    let specification = Self.specification(.none)
    let indices = try dataset.split(specification.split)
    let shares = try dataset.prepare(specification, as: Double.self)
    for (share, rows) in [
      (shares.train, indices.train), (shares.validation, indices.validation), (shares.test, indices.test),
    ] {
      #expect(share.features.array == rows.flatMap { [Double($0), Double($0) + 0.5] })
      guard case .values(let targets, columns: 1) = share.targets else {
        Issue.record("targets are not values")
        continue
      }
      #expect(targets.array == rows.map { -Double($0) })
    }
  }

  @Test func valuesBeyondTheScalarAreErrors() throws {
    let values = (0..<20).map { $0 == 3 ? 1e39 : Double($0) }
    let dataset = try Self.regression(values, columns: 1)
    #expect(failure { try dataset.prepare(Self.specification(.none), as: Float.self) }?.code == .badValue)
    #expect(failure { try dataset.prepare(Self.specification(.none), as: Double.self) } == nil)
    let huge = try Self.regression((0..<20).map { Double($0) * 1e307 }, columns: 1)
    #expect(failure { try huge.prepare(Self.specification(.standardize), as: Double.self) }?.code == .badValue)
  }

  /// Rows of features; the target of sample i is −i.
  static func regression(_ values: [Double], columns: Int) throws -> RawDataset {
    let rows = values.count / columns
    return try RawDataset(
      samples: RawSamples(
        rows: rows, features: .doubles(values), targets: .values((0..<rows).map { -Double($0) }, columns: 1)),
      featureShape: [columns])
  }

  static func noise(rows: Int, columns: Int, asBytes: Bool) throws -> RawDataset {
    var random = RandomStream(RandomKey(seed: 1, purpose: .generation))
    let bytes = (0..<rows * columns).map { _ in UInt8(random.nextIndex(below: 200)) }
    let features = asBytes ? RawFeatures.bytes(bytes) : .doubles(bytes.map { Double($0) * 0.37 - 11 })
    return try RawDataset(
      samples: RawSamples(
        rows: rows, features: features, targets: .classes((0..<rows).map { Int32($0 % 2) }, names: ["a", "b"])),
      featureShape: [columns])
  }

  static func specification(_ standardization: Standardization) -> DataSpecification {
    DataSpecification(source: .digits, standardization: standardization, split: SplitSpecification(seed: 2))
  }
}
