/// Pairs of IDX files: images and their labels.
enum IDXSource {
  /// - Throws: ``DatasetError`` for damaged, mislabelled or mismatched files.
  static func load(
    images: String, labels: String, testImages: String?, testLabels: String?,
    within memory: MemoryLimit = .halfOfMachine
  ) throws -> RawDataset {
    guard (testImages == nil) == (testLabels == nil) else {
      throw DatasetError(.badSetting, "idx: test_images and test_labels go together; only one of them is given")
    }
    let trainImages = try IDXFile(path: images, as: .images, within: memory)
    let trainLabels = try readLabels(labels, for: trainImages, within: memory)
    let classes = try IntegerClasses(of: trainLabels.values, path: labels, what: "labels")
    let train = try samples(trainImages, trainLabels, classes: classes)
    let shape = Array(trainImages.dimensions.dropFirst())
    guard let testImages, let testLabels else { return try RawDataset(samples: train, featureShape: shape) }
    let rest = memory.after(trainImages.elements.count, of: trainImages.elements.bytesPerNumber)
    let images = try IDXFile(path: testImages, as: .images, within: rest)
    guard Array(images.dimensions.dropFirst()) == shape else {
      throw DatasetError(
        .mismatch, path: testImages, at: images.isCompressed ? .decompressedByte(8) : .byte(8),
        "images of shape \(Array(images.dimensions.dropFirst())), but those of \(trainImages.path) have \(shape)")
    }
    guard images.type.isFloatingPoint == trainImages.type.isFloatingPoint else {
      throw DatasetError(
        .mismatch, path: testImages, at: images.isCompressed ? .decompressedByte(2) : .byte(2),
        "\(images.type.isFloatingPoint ? "floating-point numbers" : "integers"), but \(trainImages.path) holds "
          + "\(trainImages.type.isFloatingPoint ? "floating-point numbers" : "integers"): what is white in one is not in "
          + "the other; both files are accepted in one of the two")
    }
    if let (ours, theirs) = PixelRange.mismatch(images.elements, trainImages.elements) {
      throw DatasetError(
        .mismatch, path: testImages,
        "pixels lie in \(ours), those of \(trainImages.path) in \(theirs): what is white in one is not in the other; both files are"
          + " accepted on one scale")
    }
    let test = try samples(images, readLabels(testLabels, for: images, within: memory), classes: classes)
    return try RawDataset(samples: train, test: test, featureShape: shape)
  }

  private struct Labels {
    var file: IDXFile
    var values: [Int]
  }

  private static func readLabels(
    _ path: String, for images: IDXFile, within memory: MemoryLimit
  ) throws -> Labels {
    let file = try IDXFile(path: path, as: .labels, within: memory)
    guard file.dimensions[0] == images.dimensions[0] else {
      throw DatasetError(
        .mismatch, path: path, at: file.isCompressed ? .decompressedByte(4) : .byte(4),
        "\(file.dimensions[0]) labels, but \(images.path) holds \(images.dimensions[0]) images")
    }
    let values: [Int] =
      switch file.elements {
      case .bytes(let bytes): bytes.map(Int.init)
      case .doubles(let numbers):
        try numbers.enumerated().map { index, value in
          guard value.magnitude < IntegerClasses.limit else {
            throw DatasetError(
              .mislabelled, path: path, at: file.place(ofElement: index),
              "label \(value): \(IntegerClasses.beyondLimit)")
          }
          guard let label = Int(exactly: value) else {
            throw DatasetError(
              .mislabelled, path: path, at: file.place(ofElement: index), "label \(value) is not an integer")
          }
          return label
        }
      }
    return Labels(file: file, values: values)
  }

  private static func samples(_ images: IDXFile, _ labels: Labels, classes: IntegerClasses) throws -> RawSamples {
    let targets = try labels.values.enumerated().map { position, label in
      guard let target = classes[label] else {
        throw DatasetError(
          .badValue, path: labels.file.path, at: labels.file.place(ofElement: position),
          "label \(label) does not occur among the training labels (\(classes.names.joined(separator: ", ")))")
      }
      return target
    }
    return RawSamples(
      rows: images.dimensions[0], features: images.elements, targets: .classes(targets, names: classes.names),
      origin: SampleOrigin(path: images.path, featureSet: "the images"))
  }
}

/// Between which numbers pixels lie.
private struct PixelRange: CustomStringConvertible {
  let smallest: Double
  let largest: Double

  private init?(_ elements: RawFeatures) {
    let ends: (Double?, Double?) =
      switch elements {
      case .bytes(let bytes): (bytes.min().map { Double($0) }, bytes.max().map { Double($0) })
      case .doubles(let numbers): (numbers.min(), numbers.max())
      }
    guard let smallest = ends.0, let largest = ends.1 else { return nil }
    (self.smallest, self.largest) = (smallest, largest)
  }

  private var size: Double { max(smallest.magnitude, largest.magnitude) }

  var description: String {
    [smallest, largest].map { $0 == $0.rounded() && $0.magnitude < 1e15 ? "\(Int($0))" : "\($0)" }.joined(
      separator: " to ")
  }

  /// Both where they are of different scales for certain: one has numbers below 0, or is more than 64 times as large; few images may
  /// well be dark.
  static func mismatch(_ first: RawFeatures, _ second: RawFeatures) -> (PixelRange, PixelRange)? {
    guard let first = PixelRange(first), let second = PixelRange(second), first.size > 0, second.size > 0 else {
      return nil
    }
    let isOther =
      (first.smallest < 0) != (second.smallest < 0) || max(first.size, second.size) > 64 * min(first.size, second.size)
    return isOther ? (first, second) : nil
  }
}
