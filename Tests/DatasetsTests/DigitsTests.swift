import Experiments
import Testing

@testable import Datasets

struct DigitsTests {
  @Test func areThoseOfScikitLearn() throws {
    let expected = try Expected.load().digits
    let digits = try DataLoader.load(.digits)
    #expect(digits.samples.rows == 1797)
    #expect(digits.featureShape == [8, 8])
    #expect(digits.test == nil)
    #expect(digits.samples.classNames == (0...9).map(String.init))
    #expect(digits.samples.classCounts == expected.classCounts)
    #expect(digits.samples.bytes.reduce(0) { $0 + Int($1) } == expected.pixelSum)
    #expect(checksum(digits.samples.bytes) == expected.pixelCrc32)
    #expect(checksum(digits.samples.labels.map(UInt8.init)) == expected.labelCrc32)
  }

  @Test func splitAndScaledAsScikitLearnDoes() throws {
    let expected = try Expected.load().digits
    let digits = try DataLoader.load(.digits)
    let specification = DataSpecification(source: .digits, split: SplitSpecification(seed: 7))
    let indices = try digits.split(specification.split)
    // Compared outside of the macro, which would print a thousand indices.
    let agree = [
      indices.train == expected.train, indices.validation == expected.validation, indices.test == expected.test,
    ]
    #expect(agree == [true, true, true])

    let scaling = try digits.scaling(.standardize, train: indices.train)
    #expect(largestError(scaling.offset, expected.mean) < 1e-15)
    #expect(largestError(scaling.scale, expected.deviation) < 1e-15)

    let shares = try digits.prepare(specification, as: Double.self)
    let rows = [0, 100, 359].map { row in (0..<64).map { shares.validation.features[row * 64 + $0] } }
    for (row, expectedRow) in zip(rows, expected.scaledValidationRows) {
      #expect(largestError(row, expectedRow) < 1e-13)
    }
  }
}
