import Experiments
import Learning
import Testing

@testable import Datasets

/// All 70,000 images of Fashion-MNIST, from the package dataset-fashion-mnist.
struct FashionMNISTTests {
  static let directory = "/usr/share/datasets/fashion-mnist/"

  static let source = DataSource.idx(
    images: directory + "train-images-idx3-ubyte.gz", labels: directory + "train-labels-idx1-ubyte.gz",
    testImages: directory + "t10k-images-idx3-ubyte.gz", testLabels: directory + "t10k-labels-idx1-ubyte.gz")

  @Test func isWhatNumPyReads() throws {
    let expected = try Expected.load().fashion
    let fashion = try DataLoader.load(Self.source)
    let test = try #require(fashion.test)
    #expect(fashion.featureShape == [28, 28])
    #expect(fashion.samples.rows == 60_000)
    #expect(test.rows == 10_000)
    for (samples, share) in [(fashion.samples, expected.train), (test, expected.test)] {
      #expect(samples.classCounts == share.classCounts)
      #expect(samples.classCounts == [Int](repeating: samples.rows / 10, count: 10))
      #expect(checksum(samples.bytes) == share.pixelCrc32)
      #expect(checksum(samples.labels.map(UInt8.init)) == share.labelCrc32)
      #expect(samples.bytes.reduce(0) { $0 + Int($1) } == share.pixelSum)
      let sums = share.images.map { samples.bytes[$0 * 784..<($0 + 1) * 784].reduce(0) { $0 + Int($1) } }
      #expect(sums == share.imageSums)
    }
  }

  @Test func keepsItsTestSetAndSharesTheRest() throws {
    let fashion = try DataLoader.load(Self.source)
    let specification = DataSpecification(
      source: Self.source, standardization: .unit, split: SplitSpecification(train: 0.6, validation: 0.2, test: 0.2))
    let shares = try fashion.prepare(specification, as: Float.self)
    #expect(shares.train.count == 45_000)
    #expect(shares.validation.count == 15_000)
    #expect(shares.test.count == 10_000)
    #expect(try fashion.split(specification.split).test.isEmpty)
    let test = try #require(fashion.test)
    let agrees = test.bytes.indices.allSatisfy { shares.test.features[$0] == Float(test.bytes[$0]) / 255 }
    #expect(agrees)
    for (share, each) in [(shares.train, 4500), (shares.validation, 1500), (shares.test, 1000)] {
      guard case .classes(let labels, classes: 10) = share.targets else {
        Issue.record("targets are not 10 classes")
        continue
      }
      #expect((0..<10).allSatisfy { label in labels.count { $0 == label } == each })
    }
  }
}
