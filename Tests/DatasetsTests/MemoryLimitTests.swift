import Experiments
import Foundation
import Testing

@testable import Datasets

/// Files that promise more numbers than memory is allowed for end before the numbers are read.
struct MemoryLimitTests {
  private let directory = try! TemporaryDirectory()

  private func expectRefusal(_ source: DataSource, _ limit: Int, _ text: String) throws {
    let error = #expect(throws: DatasetError.self) {
      try DataLoader.load(source, within: MemoryLimit(bytes: limit))
    }
    let description = try #require(error).description
    #expect(description.contains(text), "\(description)")
  }

  @Test func sizesAreTextsWithUnits() {
    let sizes = ["1": 1, "512": 512, "3K": 3 << 10, "4G": 4 << 30, "2t": 2 << 40, "7M": 7 << 20]
    for (text, bytes) in sizes { #expect(MemoryLimit(text)?.bytes == bytes) }
    for text in ["", "G", "0", "-1", "4GB", "1.5G", "9223372036854775807T"] {
      let limit: MemoryLimit? = MemoryLimit(text)
      #expect(limit == nil, "\(text)")
    }
  }

  @Test func aGibibyteOfSignedBytesInASmallFileIsRefusedBeforeItIsRead() throws {
    // One image of 2³⁰ signed bytes: gzip makes 1 MiB of a header and nothing but zeros. They would be 8 GiB as numbers.
    let images = directory.path("images.gz")
    let tool = Process()
    tool.executableURL = URL(fileURLWithPath: "/bin/sh")
    let header = #"printf '\000\000\011\003\000\000\000\001\000\001\000\000\000\000\100\000'"#
    tool.arguments = ["-c", "{ \(header); head -c 1073741824 /dev/zero; } | gzip -1 > \"$0\"", images]
    try tool.run()
    tool.waitUntilExit()
    let labels = try directory.write(idx([1], [0]), to: "labels")
    try expectRefusal(
      .idx(images: images, labels: labels, testImages: nil, testLabels: nil), 1 << 30,
      "1073741824 numbers would take 17179869184 bytes of memory; 1073741824 are accepted")
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #expect(usage.ru_maxrss << 10 < 4 << 30, "the numbers were read")
  }

  @Test func bytesCountAsBytes() throws {
    // 72 bytes and 12 labels: 72 × 9 bytes of memory for the larger of the two.
    let fixture = IDXFixture()
    let source = DataSource.idx(
      images: try directory.write(fixture.images, to: "images"),
      labels: try directory.write(fixture.labelFile, to: "labels"), testImages: nil, testLabels: nil)
    #expect(try DataLoader.load(source, within: MemoryLimit(bytes: 648)).samples.rows == 12)
    try expectRefusal(source, 647, "72 numbers would take 648 bytes of memory; 647 are accepted")
  }

  @Test func tablesAreRefusedAtTheLineThatIsTooMuch() throws {
    let path = try directory.write("a,b,y\n" + String(repeating: "1,2,3\n", count: 10))
    let source = DataSource.csv(path: path, target: "y", header: true, task: .regression)
    #expect(try DataLoader.load(source, within: MemoryLimit(bytes: 20 * 16)).samples.rows == 10)
    try expectRefusal(source, 19 * 16, "\(path):11:1: 20 numbers would take 320 bytes")
  }

  @Test func hdf5IsRefusedByItsExtents() throws {
    let source = DataSource.hdf5(
      path: fixture("small.h5").path, features: "images", targets: "labels", task: .classification)
    #expect(try DataLoader.load(source, within: MemoryLimit(bytes: 72 * 16)).samples.rows == 12)
    try expectRefusal(source, 71 * 16, "takes 576 bytes in memory, 568 are accepted")
  }
}
