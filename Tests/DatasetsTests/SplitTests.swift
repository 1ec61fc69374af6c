import Experiments
import Testing

@testable import Datasets

struct SplitTests {
  /// `count` samples of one feature, the sample's own number, with the given labels.
  static func dataset(labels: [Int32], classes: Int, test: RawSamples? = nil) throws -> RawDataset {
    try RawDataset(
      samples: RawSamples(
        rows: labels.count, features: .doubles(labels.indices.map(Double.init)),
        targets: .classes(labels, names: (0..<classes).map(String.init))),
      test: test, featureShape: [1])
  }

  static func regression(_ count: Int) throws -> RawDataset {
    try RawDataset(
      samples: RawSamples(
        rows: count, features: .doubles((0..<count).map(Double.init)),
        targets: .values([Double](repeating: 0, count: count), columns: 1)),
      featureShape: [1])
  }

  static let splits: [SplitSpecification] = [
    .init(), .init(train: 0.8, validation: 0.1, test: 0.1, seed: 3),
    .init(train: 0.5, validation: 0.5, test: 0, seed: 4),
    .init(train: 0.7, validation: 0.2, test: 0.1, seed: 5, stratified: false),
    .init(train: 1 / 3, validation: 1 / 3, test: 1 / 3, seed: .max),
  ]

  @Test(arguments: splits)
  func sharesAreDisjointCompleteAndOfTheRightSize(_ split: SplitSpecification) throws {
    let digits = try DataLoader.load(.digits)
    for dataset in [digits, try Self.regression(1001)] {
      let shares = try dataset.split(split)
      let count = dataset.samples.rows
      #expect((shares.train + shares.validation + shares.test).sorted() == Array(0..<Int32(count)))
      for (share, fraction) in [
        (shares.train, split.train), (shares.validation, split.validation), (shares.test, split.test),
      ] {
        #expect((Double(share.count) - fraction * Double(count)).magnitude < 1)
        #expect(share == share.sorted())
      }
    }
  }

  @Test(arguments: splits.filter(\.stratified))
  func everyClassIsCutInTheSameProportion(_ split: SplitSpecification) throws {
    let labels = (0..<997).map { Int32($0 % 7 == 0 ? 0 : $0 % 3 == 0 ? 1 : 2) }
    let shares = try Self.dataset(labels: labels, classes: 3).split(split)
    for label in 0..<3 as Range<Int32> {
      let size = labels.count { $0 == label }
      let counts = [shares.train, shares.validation, shares.test].map { share in
        share.count { labels[Int($0)] == label }
      }
      let quotas = [split.train, split.validation, split.test].map { $0 * Double(size) }
      #expect(counts.reduce(0, +) == size)
      #expect(zip(counts, quotas).allSatisfy { (Double($0) - $1).magnitude < 2 })
    }
  }

  @Test func theSeedAloneDecides() throws {
    let digits = try DataLoader.load(.digits)
    let splits = try (0..<20).map { try digits.split(SplitSpecification(seed: $0)) }
    #expect(try splits[3] == digits.split(SplitSpecification(seed: 3)))
    #expect(Set(splits).count == 20)
    #expect(splits[0] != (try digits.split(SplitSpecification(seed: 0, stratified: false))))
  }

  /// Over many seeds each sample is as often in the validation share as its size says: five standard errors.
  @Test func samplesAreDrawnAlike() throws {
    let dataset = try Self.regression(50)
    var counts = [Int](repeating: 0, count: 50)
    let seeds = 2000
    for seed in 0..<seeds {
      for index in try dataset.split(SplitSpecification(seed: UInt64(seed))).validation { counts[Int(index)] += 1 }
    }
    let expected = 0.2 * Double(seeds)
    let tolerance = 5 * (Double(seeds) * 0.2 * 0.8).squareRoot()
    #expect(counts.allSatisfy { (Double($0) - expected).magnitude < tolerance })
  }

  @Test func rareClassesStayWithinTheirNumber() throws {
    let labels = [Int32](repeating: 0, count: 20) + Array(1...10)
    let shares = try Self.dataset(labels: labels, classes: 11).split(SplitSpecification())
    #expect((shares.train.count, shares.validation.count, shares.test.count) == (18, 6, 6))
    #expect((shares.train + shares.validation + shares.test).sorted() == Array(0..<30))
  }

  @Test func largestRemaindersByHand() {
    #expect(largestRemainder(10, in: [0.6, 0.2, 0.2]) == [6, 2, 2])
    #expect(largestRemainder(1797, in: [0.6, 0.2, 0.2]) == [1078, 360, 359])
    #expect(largestRemainder(4, in: [0.5, 0.25, 0.25]) == [2, 1, 1])
    #expect(largestRemainder(5, in: [0.5, 0.25, 0.25]) == [3, 1, 1])
    #expect(largestRemainder(100, in: [0.29, 0.71]) == [29, 71])
    #expect(largestRemainder(7, in: [0.75, 0.25, 0]) == [5, 2, 0])
    #expect(proportional(3, of: [1, 1, 1, 7]) == [1, 0, 0, 2])
    #expect(proportional(0, of: [4, 5]) == [0, 0])
  }

  @Test func aTestSetOfItsOwnLeavesAllSamplesToTheOthers() throws {
    let labels = (0..<80).map { Int32($0 % 2) }
    let test = RawSamples(rows: 2, features: .doubles([5, 6]), targets: .classes([0, 1], names: ["0", "1"]))
    let dataset = try Self.dataset(labels: labels, classes: 2, test: test)
    let shares = try dataset.split(SplitSpecification(train: 0.6, validation: 0.2, test: 0.2))
    #expect((shares.train.count, shares.validation.count, shares.test.count) == (60, 20, 0))
  }

  static let badSplits: [(SplitSpecification, String)] = [
    (SplitSpecification(train: 0.8, validation: 0, test: 0.2), "nothing to select on"),
    (SplitSpecification(train: 0, validation: 0.5, test: 0.5), "nothing to train on"),
    (SplitSpecification(train: 0.5, validation: 0.2, test: 0.2), "sum to 0.8999999999999999, not 1"),
    (SplitSpecification(train: 1.2, validation: -0.1, test: -0.1), "train is 1.2"),
    (SplitSpecification(train: 1.1, validation: -0.1, test: 0), "train is 1.1"),
    (SplitSpecification(train: 0.5, validation: .nan, test: 0.5), "validation is nan"),
    (SplitSpecification(train: 0.98, validation: 0.01, test: 0.01), "validation 0.01 of 10 samples is none"),
  ]

  @Test(arguments: badSplits)
  func fractionsThatAreNoSharesAreErrors(_ split: SplitSpecification, _ says: String) throws {
    let error = try #require(failure { try Self.regression(10).split(split) })
    #expect(error.code == .badSplit)
    #expect(error.message.contains(says), "\(error)")
  }
}
