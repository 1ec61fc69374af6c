import Experiments
import Foundation
import Testing

@testable import Datasets

/// Twelve 2×3 images of three classes.
struct IDXFixture {
  let directory = try! TemporaryDirectory()
  let pixels = (0..<72).map { UInt8($0 * 3) }
  let labels: [UInt8] = [4, 7, 4, 9, 7, 4, 9, 7, 4, 9, 7, 9]

  var images: [UInt8] { idx([12, 2, 3], pixels) }
  var labelFile: [UInt8] { idx([12], labels) }

  func load(images: [UInt8]? = nil, labels: [UInt8]? = nil) throws -> RawDataset {
    try DataLoader.load(
      .idx(
        images: directory.write(images ?? self.images, to: "images"),
        labels: directory.write(labels ?? labelFile, to: "labels"), testImages: nil, testLabels: nil))
  }
}

struct IDXTests {
  let fixture = IDXFixture()

  @Test func readsImagesAndLabels() throws {
    let dataset = try fixture.load()
    #expect(dataset.samples.bytes == fixture.pixels)
    #expect(dataset.featureShape == [2, 3])
    #expect(dataset.samples.classNames == ["4", "7", "9"])
    #expect(dataset.samples.labels == [0, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 2])
  }

  @Test func compressionDoesNotShow() throws {
    let plain = try fixture.load()
    let packed = try fixture.load(images: gzipped(fixture.images), labels: gzipped(fixture.labelFile))
    let members = try gzipped(Array(fixture.images[..<40])) + gzipped(Array(fixture.images[40...]))
    #expect(packed.contentHash == plain.contentHash)
    #expect(try fixture.load(images: members).contentHash == plain.contentHash)
  }

  @Test func contentHashSeesEveryPart() throws {
    var pixels = fixture.pixels
    pixels[71] ^= 1
    var labels = fixture.labels
    labels[11] = 7
    let hashes = [
      try fixture.load().contentHash,
      try fixture.load(images: idx([12, 2, 3], pixels)).contentHash,
      try fixture.load(images: idx([12, 3, 2], fixture.pixels)).contentHash,
      try fixture.load(labels: idx([12], labels)).contentHash,
      try fixture.load(labels: idx([12], fixture.labels.map { $0 + 1 })).contentHash,
    ]
    #expect(Set(hashes).count == hashes.count)
    #expect(hashes.allSatisfy { $0.utf8.count == 32 })
  }

  struct Elements: Sendable {
    var type: UInt8
    var bytes: [UInt8]
    var values: [Double]
  }

  /// Two numbers as each type holds them, written out by hand.
  static let elements: [Elements] = [
    .init(type: 0x09, bytes: [0xfd, 0x02], values: [-3, 2]),
    .init(type: 0x0b, bytes: [0xff, 0xfd, 0x01, 0x02], values: [-3, 258]),
    .init(type: 0x0c, bytes: [0xff, 0xff, 0xff, 0xfd, 0, 0, 1, 2], values: [-3, 258]),
    .init(type: 0x0d, bytes: [0xc0, 0x40, 0, 0, 0x43, 0x81, 0, 0], values: [-3, 258]),
    .init(type: 0x0e, bytes: [0xc0, 8, 0, 0, 0, 0, 0, 0, 0x40, 0x70, 0x20, 0, 0, 0, 0, 0], values: [-3, 258]),
  ]

  @Test(arguments: elements)
  func readsOtherElementTypes(_ elements: Elements) throws {
    let dataset = try fixture.load(
      images: idx([2, 1], elements.bytes, type: elements.type), labels: idx([2], [0, 1]))
    #expect(dataset.samples.doubles == elements.values)
  }

  @Test func refusesNumbersThatAreNotFinite() {
    let nan = idx([2, 1], [0, 0, 0, 0, 0x7f, 0xc0, 0, 0], type: 0x0d)
    let error = failure { try fixture.load(images: nan, labels: idx([2], [0, 1])) }
    #expect(error?.code == .badValue)
    #expect(error?.place == .byte(16))
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    var images: [UInt8]?
    var labels: [UInt8]?
    var code: DatasetError.Code
    var place: DatasetError.Place?
    var says: String

    var testDescription: String { says }
  }

  static let faults: [Fault] = {
    let whole = IDXFixture()
    return [
      .init(images: [], code: .truncated, place: .byte(0), says: "magic number"),
      .init(images: [0, 0, 8], code: .truncated, place: .byte(3), says: "magic number"),
      .init(images: Array("P5 2 3 255".utf8), code: .badHeader, place: .byte(0), says: "starts with 50 35 20 32"),
      .init(images: idx([12, 2, 3], whole.pixels, type: 0x0a), code: .badHeader, place: .byte(0), says: "00 00 0a 03"),
      .init(images: [0, 0, 8, 3, 0, 0, 0, 12, 0], code: .truncated, place: .byte(9), says: "the dimensions"),
      .init(images: idx([], []), code: .badHeader, place: .byte(3), says: "0 dimensions"),
      .init(images: idx([1, 1, 1, 1, 1], [0]), code: .badHeader, place: .byte(3), says: "5 dimensions"),
      .init(images: idx([0, 2, 3], []), code: .badSize, place: .byte(4), says: "dimension 0 is 0"),
      .init(images: idx([12, 0, 3], []), code: .badSize, place: .byte(8), says: "dimension 1 is 0"),
      .init(images: whole.labelFile, code: .mislabelled, place: .byte(3), says: "labels file given as images"),
      .init(labels: whole.images, code: .mislabelled, place: .byte(3), says: "images file given as labels"),
      .init(images: whole.images.dropLast(), code: .truncated, place: .byte(4), says: "12×2×3 elements, 72 bytes"),
      .init(images: whole.images + [0], code: .trailingBytes, place: .byte(88), says: "bytes after the content"),
      .init(
        labels: idx([11], Array(whole.labels.dropLast())), code: .mismatch, place: .byte(4), says: "11 labels, but"),
      .init(labels: idx([12], [UInt8](repeating: 3, count: 12)), code: .mislabelled, says: "1 distinct values"),
      .init(labels: idx([12], Array(0..<12)), code: .mislabelled, says: "12 distinct values"),
      .init(
        labels: idx([12], [UInt8](repeating: 0x3f, count: 48), type: 0x0d), code: .mislabelled, place: .byte(8),
        says: "is not an integer"),
      .init(
        images: idx([0xffff_ffff, 0xffff, 0xffff], []), code: .truncated, place: .byte(4), says: "the file holds 0"),
    ]
  }()

  @Test(arguments: faults)
  func saysWhatIsWrongAndWhere(_ fault: Fault) throws {
    let error = try #require(failure { try fixture.load(images: fault.images, labels: fault.labels) })
    #expect(error.code == fault.code, "\(error)")
    #expect(error.place == fault.place, "\(error)")
    #expect(error.message.contains(fault.says), "\(error)")
    #expect(error.path?.hasSuffix(fault.labels == nil ? "images" : "labels") == true)
  }

  @Test func aHeaderIsNotBelievedBeforeTheFileCouldHoldIt() throws {
    let bomb = try gzipped(idx([0x7fff_ffff, 0xff, 0xff], [0]))
    let error = try #require(failure { try fixture.load(images: bomb) })
    #expect(error.code == .truncated)
    #expect(error.message.contains("at most"))
  }

  @Test func aStreamThatGoesOnIsNotExpanded() throws {
    // 16 MiB of zeros in 16 KiB, behind a header that promises 72 bytes.
    let bomb = try gzipped(fixture.images + [UInt8](repeating: 0, count: 1 << 24))
    let error = try #require(failure { try fixture.load(images: bomb) })
    #expect(error.code == .trailingBytes)
    #expect(error.place == .decompressedByte(88))
  }

  @Test func gzipFaults() throws {
    let packed = try gzipped(fixture.images)
    var badChecksum = packed
    badChecksum[packed.count - 8] ^= 1
    var badLength = packed
    badLength[packed.count - 1] ^= 1
    let cases: [([UInt8], DatasetError.Code, String)] = [
      (badChecksum, .corruptCompression, "incorrect data check"),
      (badLength, .corruptCompression, "incorrect length check"),
      (packed + [0x00], .trailingBytes, "after the end of the gzip stream"),
      (Array(packed.dropLast()), .truncated, "truncated"),
    ]
    for (bytes, code, says) in cases {
      let error = try #require(failure { try fixture.load(images: bytes) })
      #expect(error.code == code, "\(error)")
      #expect(error.message.contains(says), "\(error)")
    }
  }

  @Test func filesThatCannotBeRead() throws {
    let directory = try TemporaryDirectory()
    for path in [directory.path("missing"), directory.url.path, "/dev/zero"] {
      let error = failure {
        try DataLoader.load(.idx(images: path, labels: path, testImages: nil, testLabels: nil))
      }
      #expect(error?.code == .unreadable)
      #expect(error?.path == path)
    }
  }

  @Test func cutAnywhereIsAnError() throws {
    for whole in [fixture.images, try gzipped(fixture.images)] {
      for length in 0..<whole.count {
        #expect(failure { try fixture.load(images: Array(whole[..<length])) } != nil, "cut to \(length) bytes")
      }
    }
  }

  @Test func anyFlippedBitIsAnErrorOrHarmless() throws {
    let packed = try gzipped(fixture.images)
    let hash = try fixture.load().contentHash
    for position in packed.indices {
      for bit in 0..<8 {
        var flipped = packed
        flipped[position] ^= 1 << bit
        do {
          let dataset = try fixture.load(images: flipped)
          #expect(dataset.contentHash == hash, "byte \(position), bit \(bit)")
        } catch { #expect(error is DatasetError) }
      }
    }
    // Without compression nothing guards the pixels; the header's bytes guard each other, the element type aside.
    for position in 0..<16 where position != 2 {
      for bit in 0..<8 {
        var flipped = fixture.images
        flipped[position] ^= 1 << bit
        #expect(failure { try fixture.load(images: flipped) } != nil, "byte \(position), bit \(bit)")
      }
    }
  }

  @Test func testFilesMustFit() throws {
    let directory = fixture.directory
    let images = try directory.write(fixture.images, to: "images")
    let labels = try directory.write(fixture.labelFile, to: "labels")
    let load = { (testImages: [UInt8], testLabels: [UInt8]?) in
      try DataLoader.load(
        .idx(
          images: images, labels: labels, testImages: directory.write(testImages, to: "test-images"),
          testLabels: testLabels.map { try directory.write($0, to: "test-labels") }))
    }
    let good = try load(idx([2, 2, 3], [UInt8](0..<12)), idx([2], [9, 4]))
    #expect(good.test?.labels == [2, 0])
    #expect(good.test?.bytes == [UInt8](0..<12))

    // 0.5 for white in one file is nearly black beside 255 in the other.
    let floats = [UInt8](repeating: 0, count: 48)
    let otherScale = failure { try load(idx([2, 2, 3], floats, type: 0x0d), idx([2], [9, 4])) }
    #expect(otherScale?.code == .mismatch && otherScale?.place == .byte(2))
    #expect(otherScale?.message.hasPrefix("floating-point numbers, but ") == true)
    let shorts = try load(idx([2, 2, 3], [UInt8](repeating: 0, count: 24), type: 0x0b), idx([2], [9, 4]))
    #expect(shorts.test?.rows == 2)

    // White is 1 in one file and 255 in the other, both of bytes.
    let white = try directory.write(idx([2, 2, 3], [0, 255, 17, 0, 255, 17, 0, 255, 17, 0, 255, 17]), to: "white")
    let shares = failure {
      try DataLoader.load(
        .idx(
          images: white, labels: directory.write(idx([2], [9, 4]), to: "two"),
          testImages: directory.write(idx([2, 2, 3], [0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1]), to: "dark"),
          testLabels: directory.write(idx([2], [9, 4]), to: "test-labels")))
    }
    #expect(shares?.code == .mismatch)
    #expect(
      shares?.message.hasPrefix("pixels lie in 0 to 1, those of \(white) in 0 to 255") == true,
      "\(String(describing: shares))")

    let otherShape = failure { try load(idx([2, 3, 2], [UInt8](0..<12)), idx([2], [9, 4])) }
    #expect(otherShape?.code == .mismatch)
    let otherLabel = failure { try load(idx([2, 2, 3], [UInt8](0..<12)), idx([2], [9, 5])) }
    #expect(otherLabel?.code == .badValue)
    #expect(otherLabel?.place == .byte(9))
    #expect(failure { try load(idx([2, 2, 3], [UInt8](0..<12)), nil) }?.code == .badSetting)
  }
}
